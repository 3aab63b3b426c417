import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepPartitions } from '../../src/partitions.ts';
import { connectionOf } from '../../src/platform/index.ts';
import { type Company, stage } from '../support/company.ts';

const here = stage();
let company: Company;
let owner: pg.Client;
beforeAll(async () => {
  company = await here.company();
  owner = new pg.Client(connectionOf(here.url) as pg.ClientConfig);
  await owner.connect();
});
afterAll(() => owner.end());

const months = async () =>
  (
    await owner.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_entries'::regclass order by 1`,
    )
  ).rows.map(({ name }) => name);
/** An entry as it was written so many days ago. */
const written = (days: number, action: string) =>
  owner.query(
    `insert into audit_entries (tenant_id, id, at, action, actor, subject_type, subject_name,
      correlation_id)
     select $1, (left(audit_id_from(moment)::text, 14) || '7000-8000-' ||
     right(gen_random_uuid()::text, 12))::uuid, moment, $3, '{"kind":"system","name":"t"}', 'Team',
     'x', 'c'
     from (select now() - make_interval(days => $2)) given (moment)`,
    [company.tenantId, days, action],
  );
const actions = async (action: string) =>
  (await company.owner.audit.page({ action: [action] })).items.length;

test('this month and the next three have a partition, and an entry of any other time has a place', async () => {
  expect((await months()).length).toBeGreaterThanOrEqual(5);
  expect(await months()).toContain('audit_entries_rest');
  await written(400, 'old.one');
  expect(await actions('old.one')).toBe(1);
});

test('what waits in the default partition moves into its month, and a retention drops whole months only', async () => {
  await written(430, 'old.two');
  await written(20, 'young.one');
  const keep = (auditDays: number | undefined) =>
    keepPartitions(connectionOf(here.url), { auditDays, exchangeDays: 30 });
  expect(await keep(undefined)).toBe(0);
  expect((await owner.query('select from audit_entries_rest')).rowCount).toBe(0);
  expect(await actions('old.two')).toBe(1);
  expect(await keep(365)).toBeGreaterThanOrEqual(1);
  expect([await actions('old.two'), await actions('young.one')]).toEqual([0, 1]);
  expect(await keep(365)).toBe(0);
});

test('a month is dropped between the statements of others, who do not wait for it', async () => {
  await written(800, 'old.three');
  const keep = (auditDays?: number) =>
    keepPartitions(connectionOf(here.url), { auditDays, exchangeDays: 30 });
  await keep();
  // Somebody reads the log for a while: the drop has to wait, and nobody waits behind it.
  await owner.query('begin');
  await owner.query('select count(*) from audit_entries');
  const dropped = keep(700);
  for (let at = 0; at < 40; at++)
    await company.owner.teams.create({ name: `While it waits ${at}` });
  expect(await actions('old.three')).toBe(1);
  await owner.query('commit');
  expect(await dropped).toBeGreaterThanOrEqual(1);
  expect(await actions('old.three')).toBe(0);
});

test('the application can neither make nor drop a month, nor reach one past the log', async () => {
  const name = (await months()).find(each => each !== 'audit_entries_rest') as string;
  const client = await here.database.pool.connect();
  try {
    for (const text of [
      'select drop_audit_months(1)',
      `select make_audit_months('{}', 5)`,
      `drop table ${name}`,
      `select from ${name}`,
      `delete from ${name}`,
      `insert into ${name} select from audit_entries`,
    ])
      await expect(client.query(text), text).rejects.toMatchObject({ code: '42501' });
  } finally {
    client.release();
  }
});
