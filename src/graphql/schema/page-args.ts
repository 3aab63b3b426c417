import { ArgsType, Field, Int } from 'type-graphql';
import type { PageRequest } from '../../directory/index.ts';
import { optional } from './inputs.ts';

/** The first entries after a cursor. */
@ArgsType()
export class ForwardArgs {
  @Field(() => Int, {
    nullable: true,
    defaultValue: 50,
    description: 'How many from the start, 0 to 500.',
  })
  first?: number | null;
  @Field(() => String, optional('Only those after this cursor.')) after?: string | null;
}

/** Either the first entries after a cursor, or the last ones before one. */
@ArgsType()
export class BothWaysArgs extends ForwardArgs {
  @Field(() => Int, optional('How many from the end, 0 to 500; then `first` does not count.'))
  last?: number | null;
  @Field(() => String, optional('Only those before this cursor.')) before?: string | null;
}

/** `first` always has a value, its default; with `last` it is ignored. */
export function pageRequest({ first, after, last, before }: BothWaysArgs): PageRequest {
  return last == null ? { first, after, before } : { last, after, before };
}
