import { AuditEntry } from '../audit/audit-entry.ts';
import { PlannedChange } from './change-plan.ts';
import { ConflictCase } from '../conflicts/conflict-case.ts';
import { connectionOf } from './connection.ts';
import { IdentityProvider } from '../identity-providers/identity-provider.ts';
import { Member } from '../members/member.ts';
import { ProvisioningReportRow } from '../audit/report.ts';
import { ScimRequest } from '../scim-requests/scim-request.ts';
import { Team, TeamMembership } from '../teams/team.ts';
import { Tenant } from '../tenants/tenant.ts';

export const MemberConnection = connectionOf('Member', 'Members.', () => Member);
export const TeamConnection = connectionOf('Team', 'Teams.', () => Team);
export const TeamMembershipConnection = connectionOf(
  'TeamMembership',
  'Memberships.',
  () => TeamMembership,
);
export const TenantConnection = connectionOf('Tenant', 'Tenants.', () => Tenant);
export const IdentityProviderConnection = connectionOf(
  'IdentityProvider',
  'Providers.',
  () => IdentityProvider,
);
export const AuditEntryConnection = connectionOf('AuditEntry', 'Entries.', () => AuditEntry);
export const ScimRequestConnection = connectionOf('ScimRequest', 'Requests.', () => ScimRequest);
export const ConflictCaseConnection = connectionOf(
  'ConflictCase',
  'Conflicts.',
  () => ConflictCase,
);
export const PlannedChangeConnection = connectionOf(
  'PlannedChange',
  'Planned changes.',
  () => PlannedChange,
);
export const ProvisioningReportConnection = connectionOf(
  'ProvisioningReport',
  'Report rows.',
  () => ProvisioningReportRow,
);
