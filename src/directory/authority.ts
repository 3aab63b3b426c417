import { sql } from 'kysely';
import { type Actor, ADMINISTERING, type Permission, PERMISSIONS } from './actor.ts';
import { anyOf } from './conditions/columns.ts';
import type { Directory } from './directory.ts';
import { Refusal } from './refusal.ts';
import { factsOf } from './roles/member-facts.ts';
import { rulebookOf } from './roles/rulebook.ts';
import { type Rulebook, standing } from './roles/standing.ts';

/** The members that a change touches, and the roles that it gives or takes away. */
export interface Reach {
  members?: readonly { id: string }[];
  roleIds?: readonly string[];
  /** What gives or takes these roles, where the caller did not name it. */
  by?: string;
}

/** What somebody holds: a role, or a token. */
interface Holding {
  name: string;
  permissions: readonly Permission[];
}

/**
 * Rule 25: changing who a member is, whether they are in, or what they hold needs every permission that they have or would have, and
 * every permission of each role that is given or taken away. "Would have" is the role that a locked member gets once the lock ends.
 *
 * Each verb asks once, after it has locked the members and said with `attempting` what it is about to do: the refusal leaves an entry.
 * An actor with every permission costs no statement; others cost one or two, however many members there are.
 */
export async function assertMayReach(
  directory: Directory,
  { members = [], roleIds = [], by = 'this' }: Reach,
  ...field: string[]
): Promise<void> {
  // How far a provider's pushes reach is another question (see assertMayPush): what they give is decided by mappings that people made.
  if (directory.asProvider || mayReachAll(directory.actor)) return;
  const memberIds = members.map(({ id }) => id);
  const beyond = await strongest(directory, memberIds, [
    ...roleIds,
    ...(await rolesBehindLocks(directory, memberIds)),
  ]);
  if (!beyond) return;
  throw beyondReach(
    directory.actor,
    beyond,
    beyond.person
      ? `${beyond.person} has the role ${beyond.name}`
      : `${by} gives or takes away the role ${beyond.name}`,
    field,
  );
}

/**
 * Coming into teams or leaving them, where those teams are mapped: what they give, and whoever moves. Teams without a mapping decide
 * nothing about anybody.
 */
export async function assertMayMove(
  directory: Directory,
  rules: Rulebook,
  { teamIds, ...reach }: Omit<Reach, 'roleIds'> & { teamIds: readonly string[] },
  ...field: string[]
): Promise<void> {
  const roleIds = rules.mappings
    .filter(({ teamId }) => teamId !== null && teamIds.includes(teamId))
    .map(({ roleId }) => roleId);
  if (roleIds.length > 0) await assertMayReach(directory, { ...reach, roleIds }, ...field);
}

/** The same for permissions that are not stored yet, or not a role's: those of a role to be made, or of a token. */
export function assertMayGive(
  { actor }: Directory,
  holding: Holding & { kind: 'role' | 'token' },
  ...field: string[]
): void {
  if (!mayReach(actor, holding.permissions))
    throw beyondReach(actor, holding, `the ${holding.kind} ${holding.name} has them`, field);
}

/** Whether somebody with these permissions can administer the tenant: a provider never takes them over, nor gives them out, unasked. */
export const canAdminister = (permissions: readonly Permission[]): boolean =>
  permissions.some(permission => ADMINISTERING.includes(permission));

/** Whether an actor has each of these permissions. */
export const mayReach = (actor: Actor, permissions: readonly Permission[]): boolean =>
  permissions.every(permission => actor.may(permission));

const mayReachAll = (actor: Actor): boolean => mayReach(actor, PERMISSIONS);

/** The strongest role that the actor lacks something of, among these and the present ones of the members; with one who holds it. */
async function strongest(
  { db, tenantId, actor }: Directory,
  memberIds: readonly string[],
  roleIds: readonly string[],
): Promise<(Holding & { person: string | null }) | undefined> {
  const { rows } = await sql<Holding & { person: string | null }>`
    select r.name, r.permissions, m.display_name as person
    from roles r left join lateral (
      select display_name from members where tenant_id = ${tenantId}::uuid and role_id = r.id and id = any(${memberIds}::uuid[]) order by id limit 1
    ) m on true
    where r.tenant_id = ${tenantId}::uuid and not r.permissions <@ ${[...actor.permissions]}::text[]
      and (m.display_name is not null or ${anyOf(sql`r.id`, roleIds)})
    order by r.rank, r.id limit 1
  `.execute(db);
  return rows[0];
}

/** What those of the members whose role is locked would have without the lock. */
async function rolesBehindLocks(
  directory: Directory,
  memberIds: readonly string[],
): Promise<string[]> {
  if (memberIds.length === 0) return [];
  const locked = await directory
    .rows('members')
    .select('id')
    .where('id', 'in', sql<string>`(select unnest(${memberIds}::uuid[]))`)
    .where('role_locked', '=', true)
    .execute();
  if (locked.length === 0) return [];
  const rules = await rulebookOf(directory);
  const facts = await factsOf(
    directory,
    locked.map(({ id }) => id),
    rules,
  );
  return [...new Set(facts.map(member => standing(member, rules).withoutLock))];
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
