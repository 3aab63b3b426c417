import { sql } from 'kysely';
import type { ScimClient } from './scim-client.ts';
import type { ScimStage } from './scim-stage.ts';

const PORTION = 2_500;

/**
 * The tables as statistics find them when somebody else has a few rows; they are not analysed
 * again.
 */
export async function analysedEarly(here: ScimStage): Promise<void> {
  const { entra } = await here.scene();
  const few = [await entra.user('one@x.example'), await entra.user('two@x.example')];
  await entra.group(
    'Few',
    few.map(({ id }) => id),
  );
  for (const table of ['members', 'memberships', 'teams'])
    await here.owner.query(`alter table ${table} set (autovacuum_enabled = off)`);
  await here.owner.query('analyze members, memberships, teams');
}

/**
 * A tenant that grows faster than statistics are taken: the planner knows nothing of it, and
 * connections keep plans of small tables.
 */
export async function youngTenant(
  here: ScimStage,
  count: number,
): Promise<{ tenantId: string; entra: ScimClient; ids: string[] }> {
  const { company, entra } = await here.scene();
  const ids: string[] = [];
  for (let from = 1; from <= count; from += PORTION) {
    const { rows } = await sql<{ id: string }>`
      insert into members (tenant_id, id, user_name, email, display_name, origin,
      origin_provider_id, provider_id, link_id, external_id, role_id, profile)
      select ${company.tenantId}::uuid, uuidv7(), 'p' || n || '@x.example', 'p' || n ||
      '@x.example', 'P ' || n, 'SCIM', ${company.providerId}::uuid, ${company.providerId}::uuid,
        uuidv7(), 'e' || n, ${company.roles.member}::uuid, '{}'
        from generate_series(${from}::int, ${Math.min(count, from + PORTION - 1)}::int) as n
        returning id
    `.execute(here.store.tablesOf(company.tenantId));
    ids.push(...rows.map(({ id }) => id));
  }
  return { tenantId: company.tenantId, entra, ids };
}
