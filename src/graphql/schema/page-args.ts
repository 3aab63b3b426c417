import { ArgsType, Field, ID, Int } from 'type-graphql';
import type { PageRequest } from '../../directory/index.ts';
import {
  AuditFilter,
  MemberFilter,
  MemberOrder,
  ScimRequestFilter,
  TeamFilter,
  TeamOrder,
} from './filters.ts';

const optional = (description: string) => ({ nullable: true, description });

/** The first ones after a cursor. */
@ArgsType()
export class ForwardArgs {
  @Field(() => Int, {
    nullable: true,
    defaultValue: 50,
    description: 'How many from the start, at most 500.',
  })
  first?: number | null;
  @Field(() => String, optional('Only those after this cursor.')) after?: string | null;
}

/** Either the first ones after a cursor, or the last ones before one. */
@ArgsType()
export class BothWaysArgs extends ForwardArgs {
  @Field(() => Int, optional('How many from the end, at most 500; then `first` does not count.'))
  last?: number | null;
  @Field(() => String, optional('Only those before this cursor.')) before?: string | null;
}

@ArgsType()
export class MembersArgs extends BothWaysArgs {
  @Field(() => MemberFilter, optional('Only those that meet this.')) filter?: MemberFilter | null;
  @Field(
    () => [MemberOrder],
    optional('Sorted by these, the first one first; otherwise in the order of creation.'),
  )
  orderBy?: MemberOrder[] | null;
}

@ArgsType()
export class TeamsArgs extends BothWaysArgs {
  @Field(() => TeamFilter, optional('Only those that meet this.')) filter?: TeamFilter | null;
  @Field(
    () => [TeamOrder],
    optional('Sorted by these, the first one first; otherwise in the order of creation.'),
  )
  orderBy?: TeamOrder[] | null;
}

@ArgsType()
export class TeamsOfMemberArgs extends ForwardArgs {
  @Field(() => TeamFilter, optional('Only teams that meet this.')) filter?: TeamFilter | null;
}

@ArgsType()
export class MembersOfTeamArgs extends ForwardArgs {
  @Field(() => MemberFilter, optional('Only members that meet this.')) filter?: MemberFilter | null;
}

@ArgsType()
export class JoinableArgs extends ForwardArgs {
  @Field(() => ID, optional('Omit for a person about to be invited.')) memberId?: string | null;
  @Field(() => String, optional('Free text over the name.')) query?: string | null;
}

@ArgsType()
export class AuditLogArgs extends ForwardArgs {
  @Field(() => AuditFilter, optional('Only those that meet this.')) filter?: AuditFilter | null;
}

@ArgsType()
export class RequestsArgs extends ForwardArgs {
  @Field(() => ScimRequestFilter, optional('Only those that meet this.'))
  filter?: ScimRequestFilter | null;
}

/** `first` is always there, by its default: when `last` is asked for, that is meant. */
export function pageRequest({ first, after, last, before }: BothWaysArgs): PageRequest {
  return last == null ? { first, after, before } : { last, after, before };
}
