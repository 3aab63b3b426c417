import { sql } from 'kysely';
import { notFound } from '../refusal.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';

/**
 * A child tenant, for whoever administers children, and what its log calls those who come from the
 * parent. Refuses: not-found.
 */
export async function childOf(
  session: Session,
  tenantId: string,
  field: string,
): Promise<{ id: string; parentName: string }> {
  if (!isId(tenantId) || !session.actor.may('TENANT_ADMIN')) throw notFound('tenant', field);
  const child = await session.db
    .selectFrom('tenants')
    .select([
      'id',
      sql<string>`
        (select parent.name from tenants parent where parent.id = ${session.tenantId}::uuid)`.as(
        'parentName',
      ),
    ])
    .where('id', '=', tenantId)
    .where('parent_id', '=', session.tenantId)
    .executeTakeFirst();
  if (!child) throw notFound('tenant', field);
  return child;
}
