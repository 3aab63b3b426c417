import { sql } from 'kysely';
import type { AttributeChange } from '../audit/audit-entry.ts';
import type { Entry } from '../audit/entry.ts';
import { assertMayGive } from '../authority.ts';
import { UNLOCKED } from '../members/role-locks.ts';
import {
  type MemberSubject,
  subjectColumns,
  subjectOf as memberSubject,
} from '../members/subject.ts';
import { invalid, notFound } from '../refusal.ts';
import type { Session } from '../session.ts';
import { lockRoleRow, roleById, subjectOf } from './lookup.ts';
import { reassignRoles } from './reassign.ts';
import type { RoleRow } from './role-rows.ts';
import { lockRulebook } from './rulebook.ts';

/**
 * Deletes a role and its mappings. Whoever holds it by hand or by lock gets the replacement; the
 * others are reassigned.
 */
export function remove(
  session: Session,
  id: string,
  replacementId?: string | null,
): Promise<RoleRow> {
  return session.change(async () => {
    session.require('ROLE_ADMIN');
    const rules = await lockRulebook(session, 'exclusive');
    const role = await lockRoleRow(session, id);
    session.attempting('role.deleted', subjectOf(role));
    if (role.builtIn) throw invalid('Built-in roles cannot be deleted.', 'id');
    if (rules.defaultRoleId === id)
      throw invalid('This is the default role; choose another default first.', 'id');
    assertMayGive(session, { kind: 'role', ...role }, 'id');
    const replacement = replacementId == null ? null : await roleById(session, replacementId);
    if (replacementId != null && (!replacement || replacement.id === id))
      throw notFound('role', 'replacementId');
    if (replacement) assertMayGive(session, { kind: 'role', ...replacement }, 'replacementId');

    const holders = await session
      .rows('members')
      .select([
        'id',
        'display_name as name',
        'user_name as userName',
        'role_locked as locked',
        'hand_role_id as handRoleId',
        'role_id as roleId',
      ])
      .where('state', '<>', 'DELETED')
      .where(builder => builder.or([builder('role_id', '=', id), builder('hand_role_id', '=', id)]))
      .orderBy('id')
      .forNoKeyUpdate()
      .execute();
    const held = holders.filter(holder => holder.handRoleId === id || holder.locked);
    if (held.length > 0 && !replacement)
      throw invalid(
        `${held.length} member(s) hold this role by hand or by lock; name a replacement.`,
        'replacementId',
      );
    if (replacement) await handOver(session, role, replacement);
    await forgetMappings(session, role);
    await reassignRoles(
      session,
      holders.map(holder => holder.id),
    );
    await leaveDeleted(session, role, rules.defaultRoleId);
    await session.remove('roles', id);
    session.record({
      action: 'role.deleted',
      subject: subjectOf(role),
      changes: [{ name: 'name', before: role.name }],
    });
    return role;
  });
}

const entryOf =
  (...changes: AttributeChange[]) =>
  (member: MemberSubject): Entry => ({
    action: 'member.roleChanged',
    subject: memberSubject(member),
    changes,
  });

/** Members who have the role by hand or by lock get the replacement in the same way. */
async function handOver(session: Session, role: RoleRow, replacement: RoleRow): Promise<void> {
  const [before, after] = [role.name, replacement.name];
  const byHand = await session.updateMany<'members', MemberSubject>(
    'members',
    { hand_role_id: replacement.id },
    {
      where: sql`target.hand_role_id = ${role.id}::uuid and target.state <> 'DELETED'`,
      returning: subjectColumns,
    },
  );
  await session.recordAll(byHand.map(entryOf({ name: 'handRole', before, after })));
  const byLock = await session.updateMany<'members', MemberSubject>(
    'members',
    { role_id: replacement.id },
    {
      where: sql`
        target.role_id = ${role.id}::uuid and target.role_locked and target.state <> 'DELETED'`,
      returning: subjectColumns,
    },
  );
  await session.recordAll(
    byLock.map(entryOf({ name: 'role', before, after }, { name: 'roleLock', before, after })),
  );
}

async function forgetMappings(session: Session, role: RoleRow): Promise<void> {
  const mappings = await session.removeMany<{
    id: string;
    pushedRole: string | null;
    teamId: string | null;
    team: string | null;
  }>('role_mappings', {
    where: sql`target.role_id = ${role.id}::uuid`,
    returning: sql`target.id, target.pushed_role as "pushedRole", target.team_id as "teamId",
      (select t.name from teams t where t.tenant_id = ${session.tenantId}::uuid
      and t.id = target.team_id) as team`,
  });
  await session.recordAll(
    mappings.map(({ id, pushedRole, teamId, team }) => ({
      action: 'roleMapping.removed',
      subject: { type: 'RoleMapping', id, name: team ?? `pushed role ${pushedRole}` },
      ...(teamId && team && { related: { id: teamId, name: team } }),
      changes: [{ name: 'role', before: role.name }],
    })),
  );
}

/**
 * Deleted members keep a role for their return; when that role goes, the default waits for them
 * instead, without a lock.
 */
async function leaveDeleted(session: Session, role: RoleRow, defaultRoleId: string): Promise<void> {
  const byHand = await session.updateMany<'members', MemberSubject>(
    'members',
    { hand_role_id: null },
    {
      where: sql`target.hand_role_id = ${role.id}::uuid and target.state = 'DELETED'`,
      returning: subjectColumns,
    },
  );
  await session.recordAll(
    byHand.map(entryOf({ name: 'handRole', before: role.name, after: null })),
  );
  const holders = await session.updateMany<'members', MemberSubject & { locked: boolean }>(
    'members',
    { role_id: defaultRoleId, ...UNLOCKED },
    {
      where: sql`target.role_id = ${role.id}::uuid and target.state = 'DELETED'`,
      returning: sql`${subjectColumns}, old.role_locked as locked`,
    },
  );
  if (holders.length === 0) return;
  const after = (await roleById(session, defaultRoleId))?.name;
  await session.recordAll(
    holders.map(({ locked, ...member }) =>
      entryOf(
        { name: 'role', before: role.name, after },
        ...(locked ? [{ name: 'roleLock', before: role.name, after: null }] : []),
      )(member),
    ),
  );
}
