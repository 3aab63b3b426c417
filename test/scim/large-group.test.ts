import { sql } from 'kysely';
import pg from 'pg';
import { expect, test } from 'vitest';
import { connectionOf } from '../../src/platform/index.ts';
import { scimStage } from '../support/scim-client.ts';

/** A tenant that grows faster than statistics are taken: the planner holds all that belongs to it for one row. */
const here = scimStage();

async function asOwner(...statements: string[]): Promise<void> {
  const client = new pg.Client(connectionOf(here.url) as pg.ClientConfig);
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** Analysed while somebody else had a few rows; then so many members arrive. */
async function youngTenant(count: number) {
  const { entra: other } = await here.scene();
  const few = [await other.user('one@x.example'), await other.user('two@x.example')];
  await other.group(
    'Few',
    few.map(({ id }) => id),
  );
  await asOwner(
    ...['members', 'memberships', 'teams'].map(
      table => `alter table ${table} set (autovacuum_enabled = off)`,
    ),
    'analyze members, memberships, teams',
  );
  const { company, entra } = await here.scene();
  const ids: string[] = [];
  for (let from = 1; from <= count; from += 2_500) {
    const { rows } = await sql<{ id: string }>`
      insert into members (tenant_id, id, user_name, email, display_name, origin, origin_provider_id, provider_id, link_id, external_id, role_id, profile)
      select ${company.tenantId}::uuid, uuidv7(), 'p' || n || '@x.example', 'p' || n || '@x.example', 'P ' || n, 'SCIM', ${company.providerId}::uuid, ${company.providerId}::uuid,
        uuidv7(), 'e' || n, ${company.roles.member}::uuid, '{}' from generate_series(${from}::int, ${Math.min(count, from + 2_499)}::int) as n returning id
    `.execute(here.ground.tablesOf(company.tenantId));
    ids.push(...rows.map(({ id }) => id));
  }
  return { company, entra, ids };
}

test('a group of more than 100,000 members is answered whole', async () => {
  const { company, entra, ids } = await youngTenant(100_001);
  const { id: group } = await entra.group('Everybody');
  for (let at = 0; at < ids.length; at += 10_000)
    await sql`
      insert into memberships (tenant_id, team_id, member_id, origin)
      select ${company.tenantId}::uuid, ${group}::uuid, id, 'SCIM' from unnest(${ids.slice(at, at + 10_000)}::uuid[]) as id
    `.execute(here.ground.tablesOf(company.tenantId));
  const { body } = await entra.get(`/Groups/${group}`);
  expect(body.members).toHaveLength(100_001);
  expect((await entra.get('/Groups')).body.Resources[0].members).toHaveLength(100_001);
}, 300_000);
