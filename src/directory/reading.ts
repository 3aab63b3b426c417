/** What can be asked of a directory without changing anything; functions that take the Directory, for loaders that gather many questions into one. */
export { isManaged, isDetached } from './provenance.ts';
export type { Page, PageRequest, Placed } from './paging/page.ts';
export type { ExchangeRow } from './exchanges/exchanges.ts';
export { pageOfList } from './paging/list.ts';
export type { Condition } from './conditions/condition.ts';
export type { ProfileAttribute } from './conditions/profile.ts';
export {
  type ConflictCaseRow,
  conflictsByIds,
  countOpenConflictsOf,
  openConflicts,
  openConflictsOf,
} from './conflicts/conflict-rows.ts';
export { providersWhoCreated } from './identity-providers/arrivals.ts';
export {
  activityOfProviders,
  type ProviderActivityRow,
} from './identity-providers/activity-rows.ts';
export {
  allProviders,
  countProviders,
  pageOfProviders,
  type ProviderRow,
  providersByIds,
} from './identity-providers/provider-rows.ts';
export { invitationsOf, type InvitationRow } from './invitations/invitation-rows.ts';
export { countMembers, pageOfMembers } from './members/member-lists.ts';
export { driftOf } from './members/drift.ts';
export { editableFields } from './members/editable.ts';
export type { MemberCondition, MemberField } from './members/member-conditions.ts';
export type { MemberOrder, MemberSortField } from './members/member-orders.ts';
export { handleOf, type MemberRow, memberByHandle, membersByIds } from './members/member-rows.ts';
export {
  mappingsByIds,
  allMappings,
  mappingsOfTeams,
  allRoles,
  holdersOfRoles,
  type RoleMappingRow,
  type RoleRow,
  rolesByIds,
  rolesSpokenOf,
} from './roles/role-rows.ts';
export { type RefusedSignIns, refusedSignIns } from './sign-ins/refused.ts';
export {
  countMembersOf,
  countTeamsOf,
  type MembershipRow,
  membershipsOfMembers,
  membershipsOfTeams,
} from './teams/membership-rows.ts';
export { countJoinableTeams, joinableTeams } from './teams/joinable.ts';
export type { TeamCondition } from './teams/team-conditions.ts';
export {
  countTeams,
  pageOfTeams,
  teamByName,
  type TeamOrder,
  type TeamRow,
  type TeamSortField,
  teamsByIds,
} from './teams/team-rows.ts';
export { wherever } from './tables/locate.ts';
export {
  countChildren,
  countEnterable,
  pageOfChildren,
  pageOfEnterable,
  type TenantRow,
  tenantsByIds,
} from './tenants/tenant-rows.ts';
