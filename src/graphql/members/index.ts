import { MemberChanged } from './member-changed.ts';
import { MemberFields } from './member-fields.ts';
import { MemberMutations } from './mutations.ts';
import { MemberQueries } from './queries.ts';
import { MemberRoleMutations } from './role-mutations.ts';

/** The resolvers of members. */
export const members = [
  MemberFields,
  MemberQueries,
  MemberMutations,
  MemberRoleMutations,
  MemberChanged,
];
