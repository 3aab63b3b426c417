import { sql } from 'kysely';
import { Actor, type Permission } from '../actor.ts';
import type { Ground } from '../directory.ts';
import { isId } from '../ids.ts';
import type { Caller } from './authenticate.ts';
import { folded } from '../folded.ts';

interface Found {
  id: string;
  displayName: string;
  permissions: Permission[];
  how: 'id' | 'user name' | 'address';
}

/**
 * Somebody whom an OpenID provider vouched for, by member id, user name or address. A better handle wins; a handle that two people
 * answer to is nobody's.
 */
export async function authenticateMember(
  ground: Ground,
  tenantId: string,
  handle: string,
  expiresAt: Date | null = null,
): Promise<Caller | null> {
  const key = folded(handle);
  const id = isId(handle) ? handle : null;
  const { rows } = await sql<Found>`
    select m.id, m.display_name as "displayName", r.permissions,
      case when m.id = ${id}::uuid then 'id' when m.user_name_key = ${key} then 'user name' else 'address' end as how
    from members m left join roles r on r.tenant_id = ${tenantId} and r.id = m.role_id
    where m.tenant_id = ${tenantId} and (m.id = ${id}::uuid or m.user_name_key = ${key} or m.email_key = ${key}) and m.state = 'ACTIVE'
    limit 20
  `.execute(ground.tablesOf(tenantId));
  const best = (['id', 'user name', 'address'] as const)
    .map(how => rows.filter(row => row.how === how))
    .find(found => found.length > 0);
  const member = best?.length === 1 ? best[0] : undefined;
  if (!member) return null;
  const credential = { id: null, kind: 'SESSION', lastFour: null, expiresAt } as const;
  const record = { kind: 'member', name: member.displayName, memberId: member.id } as const;
  return {
    actor: new Actor({ tenantId, record, permissions: member.permissions ?? [], credential }),
    provider: null,
    credentialId: null,
  };
}
