/** The door of the directory: what is true, what can be asked, and every verb that changes it. */
export { mayReadActivity, requireActivity } from './visibility.ts';
export {
  Actor,
  type ActorRecord,
  type CredentialFacts,
  type Permission,
  PERMISSIONS,
} from './actor.ts';
export { Directory } from './directory.ts';
export { isDetached, isManaged, type Origin } from './provenance.ts';
export { Refusal, type RefusalCode } from './refusal.ts';
export type { AttributeChange, Outcome } from './audit/audit-entry.ts';
export type { AuditFilter } from './audit/audit-filter.ts';
export type { AuditEntryRow } from './audit/entry-rows.ts';
export type { LinkKey } from './audit/last-heard.ts';
export type { Entry, Plan, Trace } from './audit/entry.ts';
export type { ReportRow } from './audit/provisioning-report.ts';
export type { Condition } from './conditions/condition.ts';
export type { OtherSide } from './conditions/memberships.ts';
export type { ProfileAttribute, ProfileCondition } from './conditions/profile.ts';
export { choicesFor } from './conflicts/choices.ts';
export type { ConflictChoice } from './conflicts/conflict-case.ts';
export type { ConflictCaseRow } from './conflicts/conflict-rows.ts';
export { issueAccessToken } from './credentials/access-token.ts';
export { CallerChanged, type CallerProof } from './credentials/caller-proof.ts';
export { authenticate, recognize } from './credentials/authenticate.ts';
export type { Caller } from './credentials/caller.ts';
export type { ProviderFacts } from './credentials/found-credential.ts';
export type { ProviderCredentialRow } from './credentials/provider-secrets.ts';
export { Secrets, withoutSecrets } from './credentials/secret.ts';
export type { ApiTokenRow } from './credentials/token-rows.ts';
export { UseNotes } from './credentials/use-notes.ts';
export type { ExchangeRow } from './exchanges/exchanges.ts';
export { addressedProvider } from './exchanges/addressed-provider.ts';
export { type ExchangeNote, ExchangeRecorder } from './exchanges/recorder.ts';
export type { ProviderActivityRow } from './identity-providers/activity-rows.ts';
export { acsUrlOf, loginUrlOf, scimUrlOf } from './identity-providers/addresses.ts';
export type {
  AdoptionPolicy,
  ExtensionAttribute,
  Features,
  InvitationPolicy,
  ProviderKind,
  ProvisioningState,
  SignIn,
} from './identity-providers/identity-provider.ts';
export type { ProviderRow } from './identity-providers/provider-rows.ts';
export { createDemoCompany } from './installation/demo-company.ts';
export {
  activeOwner,
  firstTenantId,
  firstToken,
  createFirstTenant,
  systemDirectory,
} from './installation/first-tenant.ts';
export { runMaintenance } from './installation/maintenance.ts';
export { acceptInvitation } from './invitations/accept.ts';
export type { MailContent } from './invitations/delivery.ts';
export type { InvitationRow } from './invitations/invitation-rows.ts';
export { tooManyOf, tooManyTo } from './invitations/mail-limits.ts';
export { driftOf } from './members/drift.ts';
export type { MemberCondition, MemberField } from './members/member-conditions.ts';
export type { MemberOrder, MemberSortField } from './members/member-orders.ts';
export { handleOf, type MemberRow } from './members/member-rows.ts';
export {
  ATTRIBUTE_NAMES,
  type AttributeName,
  ATTRIBUTES,
  PLACED_NAMES,
  type PlacedName,
} from './members/attributes.ts';
export { describedOf, workedOut } from './members/description.ts';
export { ENTERPRISE } from './members/profile.ts';
export { MEMBER_STATES, type MemberState } from './members/member.ts';
export { addressOf, displayNameOf } from './members/names.ts';
export type { OwnMember } from './members/own-members.ts';
export type { ProvisionedMember } from './members/provisioned.ts';
export { assertSizes } from './members/sizes.ts';
export { type ClaimedMessage, Outbox } from './outbox/outbox.ts';
export { pageOfList } from './paging/list.ts';
export type { Page, PageRequest, RowWithCursor } from './paging/page.ts';
export type { Explanation } from './roles/explain.ts';
export { MOST_MAPPINGS } from './roles/mappings.ts';
export type { RoleMappingRow, RoleRow } from './roles/role-rows.ts';
export type { RoleRule } from './roles/decide-role.ts';
export type { RefusedSignIns } from './sign-ins/refused.ts';
export { authenticateMember } from './sign-ins/sign-in.ts';
export { entities, type Tables } from './tables/entities.ts';
export { isId, newId } from './tables/ids.ts';
export type { Moment } from './tables/moment.ts';
export type { Guard, Store } from './tables/store.ts';
export { assertFits, fits } from './tables/text.ts';
export { versionNumberIn, versionOf } from './tables/versions.ts';
export type { MembershipRow } from './teams/membership-rows.ts';
export type { ProvisionedTeam } from './teams/provision.ts';
export type { TeamStep } from './teams/apply.ts';
export type { TeamCondition, TeamField } from './teams/team-conditions.ts';
export type { TeamOrder, TeamRow, TeamSortField } from './teams/team-rows.ts';
export type { TenantRow } from './tenants/tenant-rows.ts';
export { RESTORABLE_DAYS } from './members/purge.ts';
export {
  type ConnectionShape,
  type ListRequest,
  LISTS,
  NotShaped,
  type NounName,
  NOUNS,
  type ObjectShape,
  Parameter,
  readShaped,
  type RootShape,
  type ShapedStatement,
  shapedStatement,
} from './shapes/index.ts';
