import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { Permission } from './actor.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';
import { isId } from './tables/ids.ts';

/**
 * The rows that the caller may see. A provider sees what is linked to it and nothing else (rule 9);
 * a reader sees everything; any other member itself, its teams and its role.
 */
export function visibleMembers(session: Session): RawBuilder<SqlBool> {
  const { asProvider } = session;
  if (asProvider !== null)
    return sql<SqlBool>`(members.provider_id = ${asProvider}::uuid and members.state <> 'DELETED')`;
  return mayRead(session) ? all : sql<SqlBool>`members.id = ${self(session)}::uuid`;
}

export function visibleTeams(session: Session): RawBuilder<SqlBool> {
  const { asProvider, tenantId } = session;
  if (asProvider !== null) return sql<SqlBool>`teams.provider_id = ${asProvider}::uuid`;
  if (mayRead(session)) return all;
  return sql<SqlBool>`
    teams.id in (select mine.team_id from memberships as mine
      where mine.tenant_id = ${tenantId}::uuid and mine.member_id = ${self(session)}::uuid)`;
}

export function visibleRoles(session: Session): RawBuilder<SqlBool> {
  if (mayRead(session)) return all;
  return sql<SqlBool>`
    roles.id = (select me.role_id from members as me
      where me.tenant_id = ${session.tenantId}::uuid and me.id = ${self(session)}::uuid)`;
}

/** Lists are for readers; a provider's door lists what is its own. */
export function requireReading(session: Session): void {
  if (session.asProvider === null) session.require('DIRECTORY_READ');
}

export const mayRead = (session: Session): boolean => session.actor.may('DIRECTORY_READ');

const all = sql<SqlBool>`true`;
const NOBODY = '00000000-0000-0000-0000-000000000000';

function self({ actor, tenantId }: Session): string {
  const id = actor.tenantId === tenantId ? actor.record.memberId : undefined;
  return id !== undefined && isId(id) ? id : NOBODY;
}

/**
 * Rule 28: what others did (history, exchanges, what they sent, last use of secrets) is for those
 * who may read the log or administer the thing in question. Everybody may read what was done to
 * themselves.
 */
export function mayReadActivity(
  { actor, tenantId }: Session,
  administeredBy: readonly Permission[] = [],
  memberId?: string,
): boolean {
  if (memberId !== undefined && isOneself({ actor, tenantId }, memberId)) return true;
  return actor.may('AUDIT_READ') || administeredBy.some(permission => actor.may(permission));
}

/** Refuses what `mayReadActivity` does not allow. */
export function requireActivity(
  session: Session,
  administeredBy: readonly Permission[] = [],
  memberId?: string,
): void {
  if (mayReadActivity(session, administeredBy, memberId)) return;
  const needed = ['AUDIT_READ', ...administeredBy];
  throw new Refusal(
    'forbidden',
    `What others did is read with the permission ${needed.join(' or ')}.`,
  );
}

/** A person of the parent is nobody in a child. */
export const isOneself = (
  { actor, tenantId }: Pick<Session, 'actor' | 'tenantId'>,
  memberId: string,
): boolean => actor.tenantId === tenantId && actor.record.memberId === memberId;
