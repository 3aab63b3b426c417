import { sql } from 'kysely';
import type { Session } from '../session.ts';
import { isId } from './ids.ts';

export type LocatedKind =
  | 'Tenant'
  | 'Member'
  | 'Team'
  | 'Role'
  | 'RoleMapping'
  | 'IdentityProvider'
  | 'ProviderCredential'
  | 'ApiToken'
  | 'ConflictCase'
  | 'ScimRequest'
  | 'AuditEntry'
  | 'MemberLink'
  | 'TeamLink';
/** The kind of object that an id names; of a link also whose it is. */
export interface Located {
  id: string;
  kind: LocatedKind;
  holderId: string;
}

/**
 * Ids are never given twice, so an id alone tells what it names. Whether it may be seen is asked
 * where it is read.
 */
export async function locate(session: Session, ids: readonly string[]): Promise<Located[]> {
  const asked = [...new Set(ids.filter(isId))];
  if (asked.length === 0) return [];
  const { tenantId, db } = session;
  const among = (kind: LocatedKind, table: string, key = 'id') => sql`
    select ${sql.ref(`${table}.${key}`)} as id, ${sql.lit(kind)} as kind, ${sql.ref(`${table}.id`)}
    as "holderId" from ${sql.table(table)}
    where ${sql.ref(`${table}.tenant_id`)} = ${tenantId}::uuid
    and ${sql.ref(`${table}.${key}`)} = any(${asked}::uuid[])`;
  const { rows } = await sql<Located>`
    select id, 'Tenant' as kind, id as "holderId" from tenants where id = any(${asked}::uuid[])
    union all ${among('Member', 'members')}
    union all ${among('Team', 'teams')}
    union all ${among('Role', 'roles')}
    union all ${among('RoleMapping', 'role_mappings')}
    union all ${among('IdentityProvider', 'identity_providers')} and deleted_at is null
    union all ${among('ConflictCase', 'conflict_cases')}
    union all ${among('ScimRequest', 'scim_exchanges')}
    union all ${among('AuditEntry', 'audit_entries')}
    union all select id, case kind when 'PROVIDER' then 'ProviderCredential' else 'ApiToken' end, id
    from credentials where tenant_id = ${tenantId}::uuid and id = any(${asked}::uuid[])
  `.execute(db);
  if (rows.length === asked.length) return rows;
  // A link is no row of its own.
  const { rows: links } = await sql<Located>`
      ${among('MemberLink', 'members', 'link_id')} and members.provider_id is not null
      union all ${among('TeamLink', 'teams', 'link_id')} and teams.provider_id is not null`.execute(
    db,
  );
  return [...rows, ...links];
}
