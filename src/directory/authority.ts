import { sql } from 'kysely';
import { type Actor, ADMINISTERING, type Permission, PERMISSIONS } from './actor.ts';
import { anyOf } from './conditions/columns.ts';
import { Refusal } from './refusal.ts';
import { type Rulebook, decideRole } from './roles/decide-role.ts';
import { roleInputsOf } from './roles/role-inputs.ts';
import { rulebookOf } from './roles/rulebook.ts';
import type { Session } from './session.ts';

/** The members that a change touches, and the roles that it gives or takes away. */
export interface Reach {
  /**
   * `originProviderId`, where it is known, saves a provider's push the question whether it made the
   * member itself.
   */
  members?: readonly { id: string; originProviderId?: string | null }[];
  roleIds?: readonly string[];
  /**
   * The cause that gives or takes these roles, for the sentence of a refusal, where the caller did
   * not name them.
   */
  by?: string;
}

/** A holder of permissions: a role, or a token. */
interface Holding {
  name: string;
  permissions: readonly Permission[];
}

/**
 * Rule 25: changing who a member is, whether they are in, or what they hold needs every permission
 * that they have or would have, and every permission of each role that is given or taken away.
 * "Would have" is the role that a locked member gets once the lock ends.
 *
 * Each verb asks once, after it has locked the members and said with `attempting` what it is about
 * to do: the refusal leaves an entry. An actor with every permission costs no statement; others
 * cost one or two, however many members there are.
 */
export async function assertMayReach(
  session: Session,
  { members = [], roleIds = [], by = 'this' }: Reach,
  ...field: string[]
): Promise<void> {
  if (session.asProvider) return assertMayPush(session, members);
  if (mayReachAll(session.actor)) return;
  const memberIds = members.map(({ id }) => id);
  const beyond = await strongest(session, memberIds, [
    ...roleIds,
    ...(await rolesBehindLocks(session, memberIds)),
  ]);
  if (!beyond) return;
  throw beyondReach(
    session.actor,
    beyond,
    beyond.person
      ? `${beyond.person} has the role ${beyond.name}`
      : `${by} gives or takes away the role ${beyond.name}`,
    field,
  );
}

/**
 * The same for what comes through a provider's door, whoever holds its secret: a member who can
 * administer the tenant is changed by the provider that made it, or by one to which a person linked
 * it who held as much as the member holds now. Roles are not asked about: what a push gives or
 * takes is decided by mappings that people made.
 */
async function assertMayPush(
  { db, tenantId, asProvider }: Session,
  members: NonNullable<Reach['members']>,
): Promise<void> {
  const ids = members.filter(each => each.originProviderId !== asProvider).map(({ id }) => id);
  if (ids.length === 0) return;
  const { rows } = await sql<{ id: string; person: string; role: string }>`
    select m.id, m.display_name as person, r.name as role
    from members m join roles r on r.tenant_id = ${tenantId}::uuid and r.id = m.role_id
    where m.tenant_id = ${tenantId}::uuid and m.id = any(${ids}::uuid[])
    and m.origin_provider_id is distinct from ${asProvider}::uuid
      and r.permissions && ${[...ADMINISTERING]}::text[] and not r.permissions <@ m.link_authority
    order by m.id limit 1
  `.execute(db);
  const [found] = rows;
  if (!found) return;
  throw new Refusal(
    'beyond-reach',
    `${found.person} was not made by this provider and can administer the directory (role ` +
      `${found.role}). A provider changes such a member only after a person who has all of ` +
      'these permissions has linked it to the provider.',
    { objectIds: [found.id], names: [found.person] },
  );
}

/**
 * Coming into teams or leaving them, where those teams are mapped: what they give, and whoever
 * moves. Teams without a mapping decide nothing about anybody.
 */
export async function assertMayMove(
  session: Session,
  rules: Rulebook,
  { teamIds, ...reach }: Omit<Reach, 'roleIds'> & { teamIds: readonly string[] },
  ...field: string[]
): Promise<void> {
  const roleIds = rules.mappings
    .filter(({ teamId }) => teamId !== null && teamIds.includes(teamId))
    .map(({ roleId }) => roleId);
  if (roleIds.length > 0) await assertMayReach(session, { ...reach, roleIds }, ...field);
}

/**
 * The same for permissions that are not stored yet, or not a role's: those of a role to be made, or
 * of a token.
 */
export function assertMayGive(
  { actor }: Session,
  holding: Holding & { kind: 'role' | 'token' },
  ...field: string[]
): void {
  if (!mayReach(actor, holding.permissions))
    throw beyondReach(actor, holding, `the ${holding.kind} ${holding.name} has them`, field);
}

/**
 * The secret of a provider lets its holder push. So making one needs the permissions of every
 * administering role that a push could give (through a mapped team of this provider or a mapped
 * pushed role), or that a member has whom the provider may change.
 */
export async function assertMayUseSecretOf(
  session: Session,
  providerId: string,
  ...field: string[]
): Promise<void> {
  const { db, tenantId, actor } = session;
  if (mayReachAll(actor)) return;
  const { rows } = await sql<Holding>`
    select r.name, r.permissions from roles r
    where r.tenant_id = ${tenantId}::uuid and r.permissions && ${[...ADMINISTERING]}::text[]
    and not r.permissions <@ ${[...actor.permissions]}::text[]
      and (exists (select from role_mappings p left join teams t on t.tenant_id = ${tenantId}::uuid
      and t.id = p.team_id
          where p.tenant_id = ${tenantId}::uuid and p.role_id = r.id and (p.pushed_role is not null
          or t.provider_id = ${providerId}::uuid))
        or exists (select from members m where m.tenant_id = ${tenantId}::uuid and m.role_id = r.id
        and m.provider_id = ${providerId}::uuid
          and m.state <> 'DELETED' and (m.origin_provider_id = ${providerId}::uuid
          or r.permissions <@ m.link_authority)))
    order by r.rank, r.id limit 1
  `.execute(db);
  if (rows[0])
    throw beyondReach(
      actor,
      rows[0],
      `with this secret the role ${rows[0].name} is within reach`,
      field,
    );
}

/**
 * Whether somebody with these permissions can administer the tenant: a provider never takes them
 * over, nor gives them out, unasked.
 */
export const canAdminister = (permissions: readonly Permission[]): boolean =>
  permissions.some(permission => ADMINISTERING.includes(permission));

/** Whether an actor has each of these permissions. */
export const mayReach = (actor: Actor, permissions: readonly Permission[]): boolean =>
  permissions.every(permission => actor.may(permission));

const mayReachAll = (actor: Actor): boolean => mayReach(actor, PERMISSIONS);

/**
 * The strongest role that the actor lacks something of, among these and the present ones of the
 * members; with one who holds it.
 */
async function strongest(
  { db, tenantId, actor }: Session,
  memberIds: readonly string[],
  roleIds: readonly string[],
): Promise<(Holding & { person: string | null }) | undefined> {
  const { rows } = await sql<Holding & { person: string | null }>`
    select r.name, r.permissions, m.display_name as person
    from roles r left join lateral (
      select display_name from members where tenant_id = ${tenantId}::uuid and role_id = r.id
      and id = any(${memberIds}::uuid[]) order by id limit 1
    ) m on true
    where r.tenant_id = ${tenantId}::uuid and not r.permissions <@ ${[...actor.permissions]}::text[]
      and (m.display_name is not null or ${anyOf(sql`r.id`, roleIds)})
    order by r.rank, r.id limit 1
  `.execute(db);
  return rows[0];
}

/** The roles that those of the members whose role is locked would have without the lock. */
async function rolesBehindLocks(session: Session, memberIds: readonly string[]): Promise<string[]> {
  if (memberIds.length === 0) return [];
  const locked = await session
    .rows('members')
    .select('id')
    .where('id', 'in', sql<string>`(select unnest(${memberIds}::uuid[]))`)
    .where('role_locked', '=', true)
    .execute();
  if (locked.length === 0) return [];
  const rules = await rulebookOf(session);
  const facts = await roleInputsOf(
    session,
    locked.map(({ id }) => id),
    rules,
  );
  return [...new Set(facts.map(member => decideRole(member, rules).withoutLock))];
}

function beyondReach(
  actor: Actor,
  { permissions }: Holding,
  why: string,
  field: string[],
): Refusal {
  const missing = permissions.filter(permission => !actor.may(permission));
  return new Refusal(
    'beyond-reach',
    `This needs permissions that you do not have (${missing.join(', ')}): ${why}.`,
    field.length > 0 ? { field } : {},
  );
}
