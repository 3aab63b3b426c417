import { Field, InputType } from 'type-graphql';
import type { DirectionWord } from './enums.ts';
import { optional } from './inputs.ts';
import { DateTime } from './scalars.ts';

@InputType({ description: 'How a text compares, whatever its case. All that are given must hold.' })
export class StringFilter {
  @Field(() => String, optional('The whole text is this.')) eq?: string | null;
  @Field(() => [String], optional('The whole text is one of these.')) in?: string[] | null;
  @Field(() => String, optional('The text contains this.')) contains?: string | null;
  @Field(() => String, optional('The text starts with this.')) startsWith?: string | null;
  @Field(() => String, optional('The text is not this, or there is none.')) ne?: string | null;
}

@InputType({ description: 'A span of time; an end that is left out is open.' })
export class DateTimeFilter {
  @Field(() => DateTime, optional('From this instant on, the instant included.')) gte?: Date | null;
  @Field(() => DateTime, optional('Before this instant, the instant excluded.')) lt?: Date | null;
}

type TextCondition<Field> = {
  field: Field;
  op: 'eq' | 'in' | 'contains' | 'startsWith' | 'ne';
  value: string | string[];
};

/** The conditions of a text filter on one field; a comparison that is null asks for nothing. */
export function textConditions<Field extends string>(
  filter: StringFilter | null | undefined,
  field: Field,
): TextCondition<Field>[] {
  if (filter == null) return [];
  return (['eq', 'in', 'contains', 'startsWith', 'ne'] as const).flatMap(op =>
    filter[op] == null ? [] : [{ field, op, value: filter[op] }],
  );
}

export function inConditions<Field extends string>(
  values: readonly string[] | null | undefined,
  field: Field,
): { field: Field; op: 'in'; value: readonly string[] }[] {
  return values == null ? [] : [{ field, op: 'in', value: values }];
}

export const sortDirection = (direction: DirectionWord) => (direction === 'DESC' ? 'desc' : 'asc');
