import { MemberChanged } from './member-changed.ts';
import { MemberFields } from './member-fields.ts';
import { MemberMutations } from './mutations.ts';
import { MemberQueries } from './queries.ts';
import { MemberRoleMutations } from './role-mutations.ts';

/** Everything that can be asked of members and done with them. */
export const members = [
  MemberFields,
  MemberQueries,
  MemberMutations,
  MemberRoleMutations,
  MemberChanged,
];
