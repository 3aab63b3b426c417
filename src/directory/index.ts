/** The door of the directory: what is true, what can be asked, and every verb that changes it. */
export * from './reading.ts';
export { Actor, type ActorRecord, type CredentialFacts, PERMISSIONS, type Permission } from './actor.ts';
export type { AttributeChange, Outcome, SubjectType } from './audit/audit-entry.ts';
export type { AuditFilter } from './audit/audit-filter.ts';
export type { AuditEntryRow } from './audit/entry-rows.ts';
export type { Entry, Plan } from './audit/ledger.ts';
export type { ReportFilter, ReportRow } from './audit/provisioning-report.ts';
export { CONFLICT_CHOICES, type ConflictChoice } from './conflicts/conflict-case.ts';
export { ACCESS_TOKEN_SECONDS, issueAccessToken } from './credentials/access-token.ts';
export type { ApiTokenRow } from './credentials/api-tokens.ts';
export { authenticate, type Caller, type ProviderFacts } from './credentials/authenticate.ts';
export type { ProviderCredentialRow } from './credentials/provider-secrets.ts';
export { Secrets } from './credentials/secret.ts';
export { authenticateMember } from './credentials/sign-in.ts';
export { UseNotes } from './credentials/use-notes.ts';
export { type Call, Directory, type Ground } from './directory.ts';
export { entities, type Tables } from './entities.ts';
export { acsUrlOf, loginUrlOf, scimUrlOf } from './identity-providers/addresses.ts';
export { keepHouse } from './housekeeping.ts';
export {
  ADOPTION_POLICIES, type AdoptionPolicy, EXTENSION_TYPES, type ExtensionAttribute, type Features, INVITATION_POLICIES, type InvitationPolicy,
  PROVIDER_KINDS, type ProviderKind, PROVISIONING_STATES, type ProvisioningState, type SignIn,
} from './identity-providers/identity-provider.ts';
export { acceptInvitation } from './invitations/accept.ts';
export { type InvitationLetter, letterOf, noteNeedless, noteSent, noteUnsent } from './invitations/delivery.ts';
export type { OnboardingRow } from './invitations/invitations.ts';
export { isId, newId } from './ids.ts';
export { MEMBER_STATES, type MemberState, type Profile } from './members/member.ts';
export type { MemberCondition, MemberField } from './members/member-conditions.ts';
export { addressOf, displayNameOf } from './members/names.ts';
export type { ProvisionedMember } from './members/provision.ts';
export { type Backlog, type ClaimedMessage, Outbox } from './outbox/outbox.ts';
export { ORIGINS, type Origin } from './provenance.ts';
export { Refusal, REFUSAL_CODES, type RefusalCode } from './refusal.ts';
export type { Explanation } from './roles/explain.ts';
export { ROLE_RULES, type RoleRule } from './roles/standing.ts';
export type { ProvisionedTeam, TeamStep } from './teams/provision.ts';
export { foundDemoCompany } from './tenants/demo-company.ts';
export { activeOwner, firstTenantId, foundFirst, systemDirectory } from './tenants/first-tenant.ts';
export { versionOf } from './versions.ts';
export { ExchangeRecorder, type ExchangeNote } from './exchanges/recorder.ts';
export type { ProfileAttribute, ProfileCondition } from './conditions/profile.ts';
export type { MemberOrder, MemberSortField } from './members/member-orders.ts';
export { countOwnMembers, type OwnMember, pageOfOwnMembers } from './members/own-members.ts';
export { type MemberOfTeam, membersOfOwnTeams } from './teams/members-of-own-teams.ts';
export type { TeamOrder, TeamSortField } from './teams/team-rows.ts';
