import { sql } from 'kysely';
import pg from 'pg';
import { beforeEach, expect, test } from 'vitest';
import { connectionOf } from '../../src/platform/index.ts';
import { CORE, GRP, type ScimClient } from '../support/scim-client.ts';
import { scimStage } from '../support/scim-stage.ts';

const here = scimStage();

/** The statements a request costs, without those that begin, end and set up. */
async function statements(
  work: () => Promise<{ status: number; text: string }>,
  status: number,
): Promise<string[]> {
  here.statements.length = 0;
  const answer = await work();
  if (answer.status !== status) throw new Error(`${answer.status} ${answer.text}`);
  const beside =
    /^(begin|commit|rollback|select set_config)|into scim_exchanges|into credential_uses|into provider_activity|^select (c\.id, c\.kind|where exists \(select from credentials)|tenants_with_work|claim_messages|outbox|mail_counts|promised_digest|^select m\.email, m\.display_name/i;
  return here.statements.map(text => text.trim()).filter(text => !beside.test(text));
}
beforeEach(async () => {
  await here.flush();
});

test('a look-up and a GET are one statement, which proves the caller as well', async () => {
  const { entra } = await here.scene();
  const { id } = await entra.user('ann@x.example', {
    externalId: 'A',
    emails: [{ value: 'ann@x.example', type: 'work' }],
  });
  const { id: group } = await entra.group('Sales', [id]);
  for (const path of [
    `/Users/${id}`,
    '/Users?filter=userName%20eq%20%22ann@x.example%22',
    '/Users?filter=userName%20eq%20%22nobody%22',
    '/Users?filter=externalId%20eq%20%22A%22',
    '/Users?filter=emails%5Btype%20eq%20%22work%22%5D.value%20eq%20%22ann@x.example%22',
    '/Groups?excludedAttributes=members&filter=displayName%20eq%20%22Sales%22',
    `/Groups/${group}?excludedAttributes=members`,
    '/Users?startIndex=1&count=10',
    `/Groups?filter=id%20eq%20%22${group}%22%20and%20members%20eq%20%22${id}%22&attributes=id`,
  ]) {
    expect([path, await statements(() => entra.get(path), 200)]).toEqual([
      path,
      [expect.stringMatching(/from credentials c/)],
    ]);
    const sent = here.statements.filter(text => /credentials|from (members|teams)/.test(text));
    expect(sent).toHaveLength(1);
  }
  expect(await statements(() => entra.get('/ServiceProviderConfig'), 200)).toEqual([
    expect.stringMatching(/from credentials c/),
  ]);
});

test('look-ups are answered by an index', async () => {
  const { company, entra } = await here.scene();
  await crowd(company.tenantId, company.providerId, 20_000);
  for (const [filter, index] of [
    ['userName eq "P1234@X.example"', /members_user_name/],
    ['externalId eq "e1234"', /members_external_id_idx/],
    ['emails[type eq "work"].value eq "p1234@x.example"', /members_pkey/],
    ['id eq "01900000-0000-7000-8000-000000000000"', /members_pkey/],
  ] as const) {
    const [statement] = await statements(() => entra.find('Users', filter), 200);
    const plan = await planOf(company.tenantId, statement as string);
    expect([filter, plan]).toEqual([filter, expect.stringMatching(index)]);
    expect([filter, plan]).toEqual([filter, expect.not.stringMatching(/Seq Scan on members\b/)]);
  }
  expect(
    (await entra.find('Users', 'emails[type eq "work"].value eq "P1234@x.example"')).body
      .totalResults,
  ).toBe(1);
});

test('writes cost what they must', async () => {
  const { entra } = await here.scene();
  const counts: Record<string, number> = {};
  const { id } = await entra.user('ben@x.example');
  const off = (more = '') =>
    entra.patch(`/Users/${id}${more}`, [{ op: 'replace', path: 'active', value: false }]);
  counts['POST /Users'] = (
    await statements(
      () => entra.post('/Users', { schemas: [CORE], userName: 'ann@x.example' }),
      201,
    )
  ).length;
  counts['PATCH that changes'] = (await statements(() => off(), 200)).length;
  counts['PATCH that changes nothing'] = (
    await statements(() => off('?excludedAttributes=groups'), 200)
  ).length;
  counts['POST /Groups'] = (
    await statements(() => entra.post('/Groups', { schemas: [GRP], displayName: 'Sales' }), 201)
  ).length;
  // The commit comes on top: four round trips for a User.
  expect(counts['POST /Users']).toBeLessThanOrEqual(3);
  expect(counts['PATCH that changes']).toBeLessThanOrEqual(6);
  // In one flight: the lock of the switch, the provider, the member.
  expect(counts['PATCH that changes nothing']).toBeLessThanOrEqual(3);
  // The lock of the switch leaves in one flight with the provider.
  expect(counts['POST /Groups']).toBeLessThanOrEqual(5);
});

test('one member more or less costs the same in a group of 50,000 as in one of 10', async () => {
  const { company, entra } = await here.scene();
  await crowd(company.tenantId, company.providerId, 50_010);
  const { id: newcomer } = await entra.user('newcomer@x.example');
  const [small, large] = [
    await groupOf(entra, company.tenantId, 'Small', 10),
    await groupOf(entra, company.tenantId, 'Large', 50_000),
  ];
  for (const operation of [
    { op: 'add', path: 'members', value: [{ value: newcomer }] },
    { op: 'remove', path: `members[value eq "${newcomer}"]` },
  ]) {
    const [few, many] = [
      await statements(() => entra.patch(`/Groups/${small}`, [operation]), 200),
      await statements(() => entra.patch(`/Groups/${large}`, [operation]), 204),
    ];
    expect(many).toEqual(few);
    for (const statement of many)
      expect(await planOf(company.tenantId, statement)).not.toMatch(
        /Seq Scan on (members|memberships)\b/,
      );
  }
  expect(
    (await statements(() => entra.get(`/Groups/${large}?excludedAttributes=members`), 200)).join(),
  ).not.toContain('memberships');
  expect((await entra.get(`/Groups/${large}?excludedAttributes=members`)).text.length).toBeLessThan(
    1_000,
  );
  const whole = await entra.get(`/Groups/${large}`);
  expect(whole.body.members).toHaveLength(50_000);
  expect((await entra.get('/Groups')).body.Resources).toHaveLength(2);
});

/** How the application's role gets at it, whatever the values are. */
async function planOf(tenantId: string, statement: string): Promise<string> {
  const client = await here.database.pool.connect();
  try {
    await client.query(`select set_config('app.tenant', $1, false)`, [
      here.store.proofOf(tenantId),
    ]);
    const { rows } = await client.query<Record<string, string>>(
      `explain (generic_plan) ${statement}`,
    );
    return rows.map(row => row['QUERY PLAN']).join('\n');
  } finally {
    client.release(true);
  }
}

/** As the owner of the tables: what is known of them decides about plans. */
async function analyzed(): Promise<void> {
  const client = new pg.Client(connectionOf(here.url) as pg.ClientConfig);
  await client.connect();
  await client.query('analyze members, memberships, teams');
  await client.end();
}

async function crowd(tenantId: string, providerId: string, count: number): Promise<void> {
  const tables = here.store.tablesOf(tenantId);
  for (let from = 1; from <= count; from += 5_000)
    await sql`
    insert into members (tenant_id, id, user_name, email, display_name, origin, origin_provider_id,
    provider_id, link_id, external_id, role_id, profile)
    select ${tenantId}::uuid, uuidv7(), 'p' || n || '@x.example', 'p' || n || '@x.example', 'P ' ||
    n, 'SCIM', ${providerId}::uuid, ${providerId}::uuid, uuidv7(), 'e' || n,
      (select default_role_id from tenants where id = ${tenantId}::uuid),
      jsonb_build_object('emails', jsonb_build_array(jsonb_build_object('type', 'work', 'value', 'p'
      || n || '@x.example')))
    from generate_series(${from}::int, ${Math.min(count, from + 4_999)}::int) as n
  `.execute(tables);
  await analyzed();
}

async function groupOf(
  entra: ScimClient,
  tenantId: string,
  name: string,
  count: number,
): Promise<string> {
  const { id } = await entra.group(name);
  await sql`insert into memberships (tenant_id, team_id, member_id, origin) select tenant_id, ${id}::uuid, id, 'SCIM' from members where tenant_id = ${tenantId}::uuid and user_name like 'p%@x.example' order by id limit ${count}`.execute(
    here.store.tablesOf(tenantId),
  );
  await analyzed();
  return id as string;
}
