import { isDeepStrictEqual } from 'node:util';
import type { AttributeChange } from '../audit/audit-entry.ts';
import { keepAnOwner } from '../roles/owners.ts';
import type { Session } from '../session.ts';
import { columnOf } from '../tables/columns.ts';
import { touchTeamsOfProviders } from '../teams/touch.ts';
import { type AttributeName, ATTRIBUTES } from './attributes.ts';
import { memberColumns, type MemberRow } from './member-rows.ts';
import type { Profile } from './member.ts';

/**
 * Columns that a verb may set beside the attributes. Roles and locks are set where they are
 * decided.
 */
type Settable =
  | `state${'' | 'Before'}`
  | `deleted${'At' | 'From' | 'ByProviderId'}`
  | 'teamsBefore'
  | 'providerId'
  | 'linkId'
  | 'linkAuthority'
  | 'profile'
  | 'pushedRoles';
export type MemberPatch = Partial<Pick<MemberRow, AttributeName | Settable>>;

/**
 * Columns that entries leave out: bookkeeping of the row, and what another attribute already tells.
 */
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

/**
 * Writes what differs, and nothing when nothing does: no version is bumped for a value that was
 * there already.
 */
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
  const set = Object.fromEntries(differing.map(name => [columnOf(name), patch[name]]));
  const written = await session.update('members', member.id, set, memberColumns);
  await keepAnOwner(session, { before: member, after: written });
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

/**
 * Attributes that have no column of their own change under their own names; what a column says is
 * said once.
 */
export function profileChanges(before: Profile, after: Profile): AttributeChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .toSorted()
    .filter(
      name => !Object.hasOwn(ATTRIBUTES, name) && !isDeepStrictEqual(before[name], after[name]),
    )
    .map(name => ({ name, before: before[name] ?? null, after: after[name] ?? null }));
}
