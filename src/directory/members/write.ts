import { isDeepStrictEqual } from 'node:util';
import type { AttributeChange } from '../audit/audit-entry.ts';
import type { Session } from '../session.ts';
import type { Profile } from './member.ts';
import { touchTeamsOfProviders } from '../teams/touch.ts';
import { memberColumns, type MemberRow } from './member-rows.ts';

/** The columns that a verb may set. Roles and locks are set where they are decided. */
export type MemberPatch = Partial<
  Pick<
    MemberRow,
    | 'userName'
    | 'email'
    | 'givenName'
    | 'familyName'
    | 'displayName'
    | 'state'
    | 'stateBefore'
    | 'deletedAt'
    | 'deletedFrom'
    | 'deletedByProviderId'
    | 'teamsBefore'
    | 'providerId'
    | 'externalId'
    | 'linkId'
    | 'linkAuthority'
    | 'profile'
    | 'pushedRoles'
  >
>;

const COLUMNS = {
  userName: 'user_name',
  email: 'email',
  givenName: 'given_name',
  familyName: 'family_name',
  displayName: 'display_name',
  state: 'state',
  stateBefore: 'state_before',
  deletedAt: 'deleted_at',
  deletedFrom: 'deleted_from',
  deletedByProviderId: 'deleted_by_provider_id',
  teamsBefore: 'teams_before',
  providerId: 'provider_id',
  externalId: 'external_id',
  linkId: 'link_id',
  linkAuthority: 'link_authority',
  profile: 'profile',
  pushedRoles: 'pushed_roles',
} as const satisfies Record<keyof MemberPatch, string>;

/** What the audit log does not repeat: bookkeeping of the row, and what another attribute already says. */
const SILENT = new Set<string>([
  'stateBefore',
  'deletedAt',
  'deletedFrom',
  'deletedByProviderId',
  'teamsBefore',
  'linkId',
  'linkAuthority',
  'pushedRoles',
]);

/** Writes what differs, and nothing when nothing does: no version is bumped for a value that was there already. */
export async function write(
  session: Session,
  member: MemberRow,
  wanted: MemberPatch,
): Promise<{ member: MemberRow; changes: AttributeChange[] }> {
  // A link that is cut, or made anew, takes with it what was remembered of the one who made it.
  const patch = wanted.linkId === undefined ? wanted : { linkAuthority: [], ...wanted };
  const differing = (Object.keys(patch) as (keyof MemberPatch)[]).filter(
    name => !isDeepStrictEqual(patch[name], member[name]),
  );
  if (differing.length === 0) return { member, changes: [] };
  const set = Object.fromEntries(differing.map(name => [COLUMNS[name], patch[name]]));
  const written = await session.update('members', member.id, set, memberColumns);
  if (patch.providerId !== undefined && patch.providerId !== member.providerId)
    await touchTeamsOfProviders(session, member.id, [member.providerId, patch.providerId]);
  return {
    member: written,
    changes: differing.flatMap(name => changesOf(name, member, patch)),
  };
}

function changesOf(
  name: keyof MemberPatch,
  before: MemberRow,
  after: MemberPatch,
): AttributeChange[] {
  if (SILENT.has(name)) return [];
  if (name === 'profile') return profileChanges(before.profile, after.profile ?? {});
  return [{ name, before: before[name] ?? null, after: after[name] ?? null }];
}

/** Attributes that have no column of their own change under their own names; what a column says is said once. */
export function profileChanges(before: Profile, after: Profile): AttributeChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .toSorted()
    .filter(name => !Object.hasOwn(COLUMNS, name) && !isDeepStrictEqual(before[name], after[name]))
    .map(name => ({ name, before: before[name] ?? null, after: after[name] ?? null }));
}
