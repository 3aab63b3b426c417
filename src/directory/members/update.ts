import { isSame } from '../../text/index.ts';
import { assertMayReach } from '../authority.ts';
import { assertMayEdit, isDifferentName } from '../provenance.ts';
import { reassignRoles } from '../roles/reassign.ts';
import type { Session } from '../session.ts';
import { assertVersion } from '../tables/versions.ts';
import { ATTRIBUTES, EDITABLE_NAMES, type EditableName } from './attributes.ts';
import { assertFree } from './insert-manual.ts';
import { lockMember } from './lock.ts';
import type { MemberRow } from './member-rows.ts';
import { displayNameOf } from './names.ts';
import { subjectOf } from './subject.ts';
import { type MemberPatch, write } from './write.ts';

export type MemberEdit = { [Name in EditableName]?: string | null | undefined };

/**
 * Edits a member by hand. A user name edited while its provider is off cuts the link: the provider
 * will make a new one (rule 6).
 */
export function update(
  session: Session,
  id: string,
  edit: MemberEdit,
  { expectedVersion }: { expectedVersion?: string | null | undefined } = {},
): Promise<MemberRow> {
  return session.change(async () => {
    session.require('DIRECTORY_WRITE');
    // Another name may cut the link, and the role is decided anew.
    const rulebook = edit.userName != null || edit.email != null;
    const { member, owner } = await lockMember(session, id, { rulebook });
    session.attempting('member.updated', subjectOf(member));
    assertVersion(member, expectedVersion);
    const patch = patchOf(member, edit);
    const touched = EDITABLE_NAMES.filter(name => edit[name] !== undefined);
    if (touched.length > 0) assertMayEdit(member, owner, touched, session.asProvider);
    await assertMayReach(session, { members: [member] }, 'id');
    if (patch.userName !== undefined || patch.email !== undefined) {
      const renamed = otherThan(member.userName, patch.userName);
      const moved = otherThan(member.email, patch.email);
      await assertFree(session, { userName: renamed, email: moved }, member.id, what =>
        edit.userName == null ? 'email' : what,
      );
    }
    const { member: written, changes } = await write(session, member, patch);
    if (written === member) return member;
    // The provider's description stays in the profile beside the edit; only the edit is a change.
    session.record({
      action: 'member.updated',
      subject: subjectOf(written),
      providerId: owner?.id ?? null,
      changes: changes.filter(({ name }) => name !== 'name'),
    });
    if (written.providerId !== member.providerId) await reassignRoles(session, [id]);
    return written;
  });
}

function patchOf(member: MemberRow, edit: MemberEdit): MemberPatch {
  const patch: MemberPatch = Object.fromEntries(
    EDITABLE_NAMES.flatMap(name => {
      const value = edit[name];
      const edited = value === undefined ? undefined : ATTRIBUTES[name].edited(value, name);
      return edited === undefined ? [] : [[name, edited]];
    }),
  );
  // A user name that is the address follows the new address (rule 6).
  if (patch.userName === undefined && patch.email != null && member.email !== null)
    if (isSame(member.userName, member.email)) patch.userName = patch.email;
  if (member.displayName === displayNameOf(member))
    patch.displayName = displayNameOf({
      userName: patch.userName ?? member.userName,
      givenName: pick(patch, member, 'givenName'),
      familyName: pick(patch, member, 'familyName'),
    });
  const renamed = patch.userName !== undefined && isDifferentName(patch.userName, member.userName);
  if (!renamed && member.providerId !== null) Object.assign(patch, remembering(member, patch));
  if (renamed && member.providerId !== null)
    Object.assign(patch, { providerId: null, externalId: null, linkId: null });
  return patch;
}

/**
 * Names that a person puts in the place of a provider's: what the provider last said is kept where
 * it said it, so that the drift can be told.
 */
function remembering(member: MemberRow, patch: MemberPatch): MemberPatch {
  const said = (member.profile['name'] ?? {}) as Record<string, unknown>;
  const replaced = (['givenName', 'familyName'] as const).filter(
    name =>
      typeof patch[name] === 'string' &&
      member[name] !== null &&
      patch[name] !== member[name] &&
      !Object.hasOwn(said, name),
  );
  return replaced.length === 0
    ? {}
    : {
        profile: {
          ...member.profile,
          name: { ...said, ...Object.fromEntries(replaced.map(name => [name, member[name]])) },
        },
      };
}

/** The wanted value, unless it is the same name as before. */
const otherThan = (present: string | null, wanted: string | null | undefined) =>
  wanted != null && (present === null || isDifferentName(wanted, present)) ? wanted : undefined;

/** The value after the patch; a name can also be removed. */
const pick = (
  patch: MemberPatch,
  member: MemberRow,
  name: 'givenName' | 'familyName',
): string | null => (patch[name] === undefined ? member[name] : patch[name]);
