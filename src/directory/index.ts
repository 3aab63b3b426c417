/** The door of the directory: what is true, what can be asked, and every verb that changes it. */
export * from './reading.ts';
export { mayReadActivity, requireActivity } from './activity-access.ts';
export {
  Actor,
  type ActorRecord,
  type CredentialFacts,
  PERMISSIONS,
  type Permission,
} from './actor.ts';
export type { AttributeChange, Outcome } from './audit/audit-entry.ts';
export type { AuditFilter } from './audit/audit-filter.ts';
export type { AuditEntryRow } from './audit/entry-rows.ts';
export type { Entry, Plan } from './audit/ledger.ts';
export { newestEntryOf } from './audit/newest-of-provider.ts';
export type { ReportRow } from './audit/provisioning-report.ts';
export { MOST_MAPPINGS } from './roles/mappings.ts';
export { lastHeardOf, type LinkKey } from './audit/last-heard.ts';
export { knockedAt } from './exchanges/knocking.ts';
export { choicesFor } from './conflicts/choices.ts';
export type { ConflictChoice } from './conflicts/conflict-case.ts';
export { issueAccessToken } from './credentials/access-token.ts';
export type { ApiTokenRow } from './credentials/token-rows.ts';
export { authenticate, type Caller, type ProviderFacts } from './credentials/authenticate.ts';
export type { ProviderCredentialRow } from './credentials/provider-secrets.ts';
export { Secrets, withoutSecrets } from './credentials/secret.ts';
export { authenticateMember } from './sign-ins/sign-in.ts';
export { unbind } from './sign-ins/unbind.ts';
export { UseNotes } from './credentials/use-notes.ts';
export { Directory } from './directory.ts';
export { type Call, Session } from './session.ts';
export type { Ground } from './tables/store.ts';
export type { Moment } from './tables/moment.ts';
export { entities, type Tables } from './tables/entities.ts';
export { acsUrlOf, loginUrlOf, scimUrlOf } from './identity-providers/addresses.ts';
export { keepHouse } from './installation/housekeeping.ts';
export type {
  AdoptionPolicy,
  ExtensionAttribute,
  Features,
  InvitationPolicy,
  ProviderKind,
  ProvisioningState,
  SignIn,
} from './identity-providers/identity-provider.ts';
export { acceptInvitation } from './invitations/accept.ts';
export {
  type InvitationLetter,
  letterOf,
  noteNeedless,
  noteSent,
  noteUnsent,
  promiseLink,
} from './invitations/delivery.ts';
export { mayLeave, tooManyOf, tooManyTo } from './invitations/mail-limits.ts';
export { isId, newId } from './tables/ids.ts';
export {
  ATTRIBUTE_NAMES,
  ATTRIBUTES,
  describedOf,
  PLACED_NAMES,
  type PlacedName,
  workedOut,
} from './members/attributes.ts';
export { MEMBER_STATES, type MemberState } from './members/member.ts';
export type { MemberCondition, MemberField } from './members/member-conditions.ts';
export { assertSizes } from './members/sizes.ts';
export { assertFits } from './tables/text.ts';
export { addressOf, displayNameOf } from './members/names.ts';
export type { ProvisionedMember } from './members/provision.ts';
export { type ClaimedMessage, Outbox } from './outbox/outbox.ts';
export type { Origin } from './provenance.ts';
export { Refusal, type RefusalCode } from './refusal.ts';
export type { Explanation } from './roles/explain.ts';
export type { RoleRule } from './roles/standing.ts';
export type { ProvisionedTeam, TeamStep } from './teams/provision.ts';
export { foundDemoCompany } from './installation/demo-company.ts';
export {
  activeOwner,
  firstTenantId,
  firstToken,
  foundFirst,
  systemDirectory,
} from './installation/first-tenant.ts';
export { versionNumberIn, versionOf } from './tables/versions.ts';
export { ExchangeRecorder, type ExchangeNote } from './exchanges/recorder.ts';
export type { OtherSide } from './conditions/memberships.ts';
export type { ProfileAttribute, ProfileCondition } from './conditions/profile.ts';
export type { MemberOrder, MemberSortField } from './members/member-orders.ts';
export { countOwnMembers, type OwnMember, pageOfOwnMembers } from './members/own-members.ts';
export { everInTeam } from './teams/ever-in-team.ts';
export { membersOfOwnTeams } from './teams/members-of-own-teams.ts';
export type { TeamOrder, TeamSortField } from './teams/team-rows.ts';
export { countTeams, pageOfTeams } from './teams/team-rows.ts';
export type { TeamCondition, TeamField } from './teams/team-conditions.ts';
export type { TeamRow } from './teams/team-rows.ts';
export type { MemberRow } from './members/member-rows.ts';
export type { Condition } from './conditions/condition.ts';
export type { Page, PageRequest, Placed } from './paging/page.ts';
