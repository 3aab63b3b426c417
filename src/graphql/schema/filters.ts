import { Field, InputType } from 'type-graphql';
import type { DirectionWord } from './enums.ts';
import { optional } from './inputs.ts';
import { DateTime } from './scalars.ts';

@InputType({ description: 'Text comparison, case-insensitive.' })
export class StringFilter {
  @Field(() => String, optional('Equal.')) eq?: string | null;
  @Field(() => [String], optional('One of.')) in?: string[] | null;
  @Field(() => String, optional('Contains.')) contains?: string | null;
  @Field(() => String, optional('Starts with.')) startsWith?: string | null;
  @Field(() => String, optional('Not equal.')) ne?: string | null;
}

@InputType({ description: 'Time comparison.' })
export class DateTimeFilter {
  @Field(() => DateTime, optional('From.')) gte?: Date | null;
  @Field(() => DateTime, optional('Before.')) lt?: Date | null;
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
