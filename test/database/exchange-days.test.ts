import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepPartitions } from '../../src/partitions.ts';
import { connectionOf } from '../../src/platform/index.ts';
import { databaseBefore } from '../support/before-step.ts';
import { type Company, stage } from '../support/company.ts';

/** An exchange of so many days ago, with an id of that moment. */
const exchangeOf = `
  insert into scim_exchanges (tenant_id, id, provider_id, method, path, status, at, duration_ms,
    request_body, explanation, changed, search_text)
  select $1, uuidv7(make_interval(days => -$2::int)), $3, 'GET', '/' || $2, 200,
    now() - make_interval(days => $2::int), 1, '{"a": "b"}', 'Because', false, '/' || $2`;
const partitionsOf = async (client: Pick<pg.Client, 'query'>) =>
  (
    await client.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits
       where inhparent = 'scim_exchanges'::regclass order by 1`,
    )
  ).rows.map(({ name }) => name);

describe('exchanges from before', () => {
  const [one, other, provider] = [1, 2, 3].map(n => `00000000-0000-4000-8000-00000000000${n}`) as [
    string,
    string,
    string,
  ];
  const days = [0, 3, 40];
  let client: pg.Client;
  let before: unknown[];
  const exchanges = async () =>
    (await client.query('select to_jsonb(e) as row from scim_exchanges e order by tenant_id, id'))
      .rows;

  beforeAll(async () => {
    const old = await databaseBefore('0017');
    client = old.client;
    await client.query(
      `insert into tenants (id, name) values ('${one}', 'One'), ('${other}', 'Other')`,
    );
    for (const age of days)
      for (const tenant of [one, other]) await client.query(exchangeOf, [tenant, age, provider]);
    before = await exchanges();
    await old.takeStep();
  });
  afterAll(() => client.end());

  test('are there as they were, each in the partition of its day', async () => {
    expect(before).toHaveLength(2 * days.length);
    expect(await exchanges()).toEqual(before);
    const { rows } = await client.query<{ part: string; day: string }>(
      `select tableoid::regclass::text as part,
         'scim_exchanges_' || to_char(at at time zone 'UTC', 'YYYY_MM_DD') as day
       from scim_exchanges`,
    );
    expect(rows.map(({ part }) => part)).toEqual(rows.map(({ day }) => day));
    expect((await client.query('select from scim_exchanges_rest')).rowCount).toBe(0);
  });

  test('nothing is left of the one table; each partition has its policy and two indexes', async () => {
    const { rows } = await client.query<Record<string, unknown>>(
      `select c.relname as name, c.relrowsecurity as narrowed,
         (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies,
         (select count(*)::int from pg_index i where i.indrelid = c.oid) as indexes
       from pg_class c where c.relname like 'scim_exchanges%' and c.relkind in ('r', 'p')`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(8);
    for (const { name, ...rest } of rows) {
      expect(name).not.toBe('scim_exchanges_before');
      expect([name, rest]).toEqual([name, { narrowed: true, policies: 1, indexes: 2 }]);
    }
  });
});

describe('a new exchange', () => {
  const here = stage();
  let company: Company;
  beforeAll(async () => {
    company = await here.company();
  });
  const kept = async () =>
    (await company.owner.exchanges.page(company.providerId)).items.map(({ row }) => row.path);
  const write = (age: number) =>
    here.owner.query(exchangeOf, [company.tenantId, age, company.providerId]);

  test('has a partition today and on the next three days, and a place at any time', async () => {
    expect((await partitionsOf(here.owner)).length).toBeGreaterThanOrEqual(5);
    for (const age of [0, 20, 90]) await write(age);
    expect(await kept()).toEqual(['/0', '/20', '/90']);
    expect((await here.owner.query('select from scim_exchanges_rest')).rowCount).toBe(2);
  });

  test('that waits in the default partition moves into its day; whole days are dropped', async () => {
    const keep = (exchangeDays: number) =>
      keepPartitions(connectionOf(here.url), { auditDays: undefined, exchangeDays });
    expect(await keep(365)).toBe(0);
    expect((await here.owner.query('select from scim_exchanges_rest')).rowCount).toBe(0);
    expect(await kept()).toEqual(['/0', '/20', '/90']);
    expect(await keep(30)).toBe(1);
    expect(await kept()).toEqual(['/0', '/20']);
    expect(await keep(30)).toBe(0);
    expect(await keep(7)).toBe(1);
    expect(await kept()).toEqual(['/0']);
  });

  test('is found by its id in one partition, and the newest of a provider without sorting', async () => {
    const { rows } = await here.owner.query<{ id: string }>('select id from scim_exchanges');
    const planOf = async (text: string) =>
      (await here.owner.query<{ 'QUERY PLAN': string }>(`explain ${text}`)).rows
        .map(row => row['QUERY PLAN'])
        .join('\n');
    const one = await planOf(
      `select * from scim_exchanges
       where tenant_id = '${company.tenantId}' and id = '${rows[0]!.id}'`,
    );
    expect(one.match(/ on scim_exchanges_\w+/g)).toHaveLength(1);
    await here.owner.query('set enable_seqscan = off; set enable_bitmapscan = off');
    const newest = await planOf(
      `select id from scim_exchanges where tenant_id = '${company.tenantId}'
       and provider_id = '${company.providerId}' order by id desc limit 10`,
    );
    await here.owner.query('reset enable_seqscan; reset enable_bitmapscan');
    expect(newest).toContain('Index');
    expect(newest).not.toMatch(/-> +Sort|Seq Scan/); // the order comes from the indexes
  });

  test('cannot be changed or taken away by the application, nor can a day', async () => {
    const [name] = await partitionsOf(here.owner);
    const client = await here.database.pool.connect();
    try {
      for (const text of [
        'select drop_exchange_days(1)',
        `select make_exchange_days('{}', 5)`,
        'select trim_exchanges(0, 1)',
        `drop table ${name}`,
        `select from ${name}`,
        'delete from scim_exchanges',
        'update scim_exchanges set status = 200',
        'truncate scim_exchanges',
      ])
        await expect(client.query(text), text).rejects.toMatchObject({ code: '42501' });
    } finally {
      client.release();
    }
  });
});
