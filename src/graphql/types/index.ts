import { AuditEntryFields } from '../audit/audit-entry.ts';
import { ChangePlanFields, PlannedChangeFields } from '../schema/change-plan.ts';
import { ConflictCaseFields } from '../conflicts/conflict-case.ts';
import { ApiToken, ApiTokenFields } from '../tokens/credential.ts';
import { IdentityProviderFields } from '../identity-providers/identity-provider.ts';
import { MemberFields } from '../members/member.ts';
import {
  ProviderCredential,
  ProviderCredentialFields,
} from '../identity-providers/provider-credential.ts';
import { ProviderLinkFields } from '../identity-providers/provider-link.ts';
import { RoleFields, RoleMappingFields } from '../roles/role.ts';
import { ScimRequestFields } from '../scim-requests/scim-request.ts';
import { TeamFields, TeamMembershipFields } from '../teams/team.ts';
import { TenantFields } from '../tenants/tenant.ts';
import { ViewerFields } from '../viewer/viewer.ts';

/** What each type answers beyond what its rows hold. */
export const fields = [
  ViewerFields,
  TenantFields,
  MemberFields,
  TeamFields,
  TeamMembershipFields,
  RoleFields,
  RoleMappingFields,
  ProviderLinkFields,
  IdentityProviderFields,
  ProviderCredentialFields,
  ApiTokenFields,
  ConflictCaseFields,
  ScimRequestFields,
  AuditEntryFields,
  ChangePlanFields,
  PlannedChangeFields,
] as const;

/** Types that are reached only as a `Node`. */
export const reachedAsNode = [ApiToken, ProviderCredential] as const;
