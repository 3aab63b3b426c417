import { ConflictMutations } from '../conflicts/mutations.ts';
import { IdentityProviderMutations } from '../identity-providers/mutations.ts';
import { MemberMutations } from '../members/mutations.ts';
import { MemberRoleMutations } from '../members/role-mutations.ts';
import { RoleMutations } from '../roles/mutations.ts';
import { TeamMutations } from '../teams/mutations.ts';
import { TenantMutations } from '../tenants/mutations.ts';
import { TokenMutations } from '../tokens/mutations.ts';
import { ConflictErrorFields, ReadOnlyErrorFields } from '../schema/user-errors.ts';
import { WhatIf } from '../tenants/what-if.ts';

/** Everything that writes, and what it says when it did not. */
export const mutations = [
  MemberMutations,
  MemberRoleMutations,
  TeamMutations,
  RoleMutations,
  TenantMutations,
  TokenMutations,
  IdentityProviderMutations,
  ConflictMutations,
  WhatIf,
  ReadOnlyErrorFields,
  ConflictErrorFields,
];
