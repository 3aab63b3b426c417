import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/database.ts';
import type { Entry } from '../../src/directory/audit/entry.ts';
import { newId } from '../../src/directory/tables/ids.ts';
import { Actor, type ActorRecord, Directory, type Permission } from '../../src/directory/index.ts';
import {
  createFirstTenant,
  systemDirectory,
} from '../../src/directory/installation/first-tenant.ts';
import { connectionOf } from '../../src/platform/index.ts';
import { createTestDatabase } from '../support/cluster.ts';

let database: Database;
let system: Directory;
const statements: string[] = [];

beforeAll(async () => {
  database = openDatabase({
    connection: connectionOf(await createTestDatabase()),
    tokenKey: 'k'.repeat(40),
    onStatement: text => statements.push(text),
  });
});
afterAll(() => database.close());
beforeEach(async () => {
  system = await createFirstTenant(database.store, {
    tenant: 'Northwind',
    userName: 'olga@northwind.example',
    givenName: 'Olga',
    familyName: 'Owner',
  });
});

const as = (
  record: ActorRecord,
  permissions: Permission[] = [],
  call = { correlationId: newId() },
) =>
  new Directory(
    database.store,
    new Actor({ tenantId: system.tenantId, record, permissions }),
    call,
  );
/** One change for each, so that the order of what is said is the order of what happened. */
const say = async (directory: Directory, ...entries: Partial<Entry>[]) => {
  for (const entry of entries)
    await directory.change(async () =>
      directory.record({ action: 'member.updated', subject: member(newId()), ...entry }),
    );
};
const member = (id: string, handle = 'ada@northwind.example') => ({
  type: 'Member' as const,
  id,
  name: 'Ada',
  handle,
});
const actionsOf = async (filter = {}, request = {}) =>
  (await system.audit.page(filter, { first: 500, ...request })).items.map(({ row }) => row.action);

describe('the log is narrowed', () => {
  const [ada, team, provider, olga, token, correlationId] = Array.from({ length: 6 }, newId) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];

  beforeEach(async () => {
    await system.db
      .insertInto('credentials')
      .values({
        tenant_id: system.tenantId,
        id: token,
        kind: 'SERVICE',
        name: 't',
        digest: newId(),
        last_four: 'abcd',
      })
      .execute();
    await say(as({ kind: 'member', name: 'Olga', memberId: olga }), {
      action: 'a.olga',
      subject: member(ada),
    });
    await say(
      as({ kind: 'provider', name: 'Entra', providerId: provider, credentialId: newId() }, [], {
        correlationId,
      }),
      {
        action: 'b.entra',
        subject: { type: 'Team', id: team, name: 'Sales' },
        related: { id: ada, name: 'Ada' },
      },
      { action: 'c.entra', subject: { type: 'Team', id: team, name: 'Sales' }, outcome: 'FAILURE' },
    );
    await say(as({ kind: 'token', name: 'Portal', credentialId: token }), {
      action: 'd.token',
      subject: { type: 'IdentityProvider', id: provider, name: 'Entra' },
    });
    await say(as({ kind: 'member', name: 'Olga', memberId: olga, providerId: provider }), {
      action: 'e.olga',
    });
  });

  test.each([
    ['by subject, or what was touched with it', { subjectId: [ada] }, ['b.entra', 'a.olga']],
    [
      'by several subjects, each entry once',
      { subjectId: [ada, team] },
      ['c.entra', 'b.entra', 'a.olga'],
    ],
    ['by person', { actorId: [olga] }, ['e.olga', 'a.olga']],
    ['by token', { actorId: [token] }, ['d.token']],
    ['by provider that acted', { actorId: [provider] }, ['e.olga', 'c.entra', 'b.entra']],
    [
      'by provider that acted or was acted upon',
      { providerId: [provider] },
      ['e.olga', 'd.token', 'c.entra', 'b.entra'],
    ],
    ['by action', { action: ['a.olga', 'd.token'] }, ['d.token', 'a.olga']],
    ['by outcome', { outcome: ['FAILURE' as const] }, ['c.entra']],
    ['by call', { correlationId }, ['c.entra', 'b.entra']],
    [
      'by all at once',
      {
        correlationId,
        subjectId: [ada],
        actorId: [provider],
        providerId: [provider],
        action: ['b.entra'],
        outcome: ['SUCCESS' as const],
        at: { gte: new Date(0) },
      },
      ['b.entra'],
    ],
    [
      'by a time when nothing happened',
      { subjectId: [ada], at: { lt: new Date('2020-01-01') } },
      [],
    ],
    ['by nobody', { subjectId: [] }, []],
    ['by what cannot be an id', { actorId: ['nobody'] }, []],
  ])('%s', async (_, filter, expected) => {
    expect(await actionsOf(filter)).toEqual(expected);
    expect(await system.audit.count(filter)).toBe(expected.length);
  });
});

test('the log is read newest first, forward and backward, and what is added meanwhile moves nothing', async () => {
  const subject = member(newId());
  await say(system, ...['a', 'b', 'c', 'd'].map(action => ({ action, subject })));
  const filter = { subjectId: [subject.id] };
  const first = await system.audit.page(filter, { first: 2 });
  await say(system, { action: 'e', subject });
  const second = await system.audit.page(filter, { first: 2, after: first.items[1]!.cursor });
  expect([first, second].map(page => page.items.map(({ row }) => row.action))).toEqual([
    ['d', 'c'],
    ['b', 'a'],
  ]);
  expect([first.hasNextPage, second.hasNextPage]).toEqual([true, false]);
  const back = await system.audit.page(filter, { last: 2, before: second.items[0]!.cursor });
  expect(back.items.map(({ row }) => row.action)).toEqual(['d', 'c']);
  await expect(system.audit.page(filter, { after: 'nonsense' })).rejects.toMatchObject({
    code: 'invalid',
    facts: { field: ['after'] },
  });
});

test('a span of time holds exactly what happened in it', async () => {
  const subject = member(newId());
  await say(system, ...['a', 'b', 'c'].map(action => ({ action, subject })));
  const entries = (await system.audit.page({ subjectId: [subject.id] })).items.map(
    ({ row }) => row,
  );
  for (const { at } of entries) {
    expect(await actionsOf({ subjectId: [subject.id], at: { gte: at } })).toEqual(
      entries.filter(entry => entry.at >= at).map(entry => entry.action),
    );
    expect(await actionsOf({ at: { lt: at }, subjectId: [subject.id] })).toEqual(
      entries.filter(entry => entry.at < at).map(entry => entry.action),
    );
  }
  expect(
    (await system.audit.since(entries.at(-1)!.at)).map(({ action }) => action).slice(-3),
  ).toEqual(['a', 'b', 'c']);
});

test('the histories of many members are one statement', async () => {
  const ids = [newId(), newId(), newId()] as const;
  await say(
    system,
    { action: 'a', subject: member(ids[0]) },
    {
      action: 'b',
      subject: { type: 'Team', id: newId(), name: 'Sales' },
      related: { id: ids[0], name: 'Ada' },
    },
    { action: 'c', subject: member(ids[0]) },
    { action: 'd', subject: member(ids[1]) },
  );
  statements.length = 0;
  const histories = await system.audit.historyOf(ids, { first: 2 });
  expect(statements).toHaveLength(1);
  expect(ids.map(id => histories.get(id)?.items.map(({ row }) => row.action))).toEqual([
    ['c', 'b'],
    ['d'],
    [],
  ]);
  expect(ids.map(id => histories.get(id)?.hasNextPage)).toEqual([true, false, false]);
  const next = await system.audit.historyOf(ids, {
    first: 2,
    after: histories.get(ids[0])!.items[1]!.cursor,
  });
  expect(next.get(ids[0])?.items.map(({ row }) => row.action)).toEqual(['a']);
  expect([...(await system.audit.countHistoryOf(ids)).values()]).toEqual([3, 1, 0]);
});

test('each attribute knows who wrote it last', async () => {
  const subject = member(newId());
  await say(
    system,
    {
      action: 'a',
      subject,
      changes: [
        { name: 'userName', after: 'a' },
        { name: 'email', after: 'a' },
      ],
    },
    { action: 'b', subject, changes: [{ name: 'email', before: 'a', after: 'b' }] },
    { action: 'c', subject, outcome: 'FAILURE', changes: [{ name: 'userName' }] },
  );
  expect(
    (await system.audit.lastWriters([subject.id])).map(({ attribute, entry }) => [
      attribute,
      entry.action,
    ]),
  ).toEqual([
    ['email', 'b'],
    ['userName', 'a'],
  ]);
});

test('what an exchange changed is found by the exchange', async () => {
  const exchangeId = newId();
  const directory = new Directory(database.store, system.actor, {
    correlationId: 'x',
    exchangeId,
  });
  await say(directory, { action: 'a' }, { action: 'b' });
  const other = newId();
  const pages = await system.audit.changesOf([exchangeId, other], { first: 1 });
  expect(pages.get(exchangeId)!.items.map(({ row }) => row.action)).toEqual(['a']);
  expect(pages.get(exchangeId)!.hasNextPage).toBe(true);
  const rest = await system.audit.changesOf([exchangeId], {
    after: pages.get(exchangeId)!.items[0]!.cursor,
  });
  expect(rest.get(exchangeId)!.items.map(({ row }) => row.action)).toEqual(['b']);
  expect(pages.get(other)!.items).toEqual([]);
  expect(await system.audit.countChangesOf([exchangeId, other])).toEqual(
    new Map([
      [exchangeId, 2],
      [other, 0],
    ]),
  );
});

test('the log takes a permission of its own, and so does the history of a member, but for oneself', async () => {
  const reader = as({ kind: 'token', name: 'reader' }, ['DIRECTORY_READ']);
  expect(() => reader.audit.page()).toThrow(expect.objectContaining({ code: 'forbidden' }));
  const memberId = newId();
  const forbidden = { code: 'forbidden' };
  await expect(reader.audit.historyOf([memberId])).rejects.toMatchObject(forbidden);
  await expect(reader.audit.lastWriters([memberId])).rejects.toMatchObject(forbidden);
  await expect(
    as({ kind: 'token', name: 'auditor' }, ['AUDIT_READ']).audit.historyOf([memberId]),
  ).resolves.toBeDefined();
  const oneself = as({ kind: 'member', name: 'oneself', memberId });
  await expect(oneself.audit.historyOf([memberId])).resolves.toBeDefined();
  await expect(oneself.audit.historyOf([memberId, newId()])).rejects.toMatchObject(forbidden);
});

test("another tenant's log is not there", async () => {
  const other = system;
  await say(other, { action: 'theirs' });
  system = await createFirstTenant(database.store, {
    tenant: 'Contoso',
    userName: 'carl@contoso.example',
    givenName: 'Carl',
    familyName: 'Owner',
  });
  const [theirs] = (
    await systemDirectory(database.store, other.tenantId).audit.page({ action: ['theirs'] })
  ).items;
  expect(await actionsOf({ action: ['theirs'] })).toEqual([]);
  expect(await system.audit.byIds([theirs!.row.id])).toEqual([]);
  expect(
    await system.audit
      .historyOf([theirs!.row.subjectId as string])
      .then(pages => [...pages.values()][0]?.items),
  ).toEqual([]);
});

test('nobody can change or remove what happened', async () => {
  await say(system, { action: 'a' });
  for (const table of [
    'update audit_entries set action = action',
    'delete from audit_entries',
    'truncate audit_entries',
  ]) {
    await expect(database.pool.query(table)).rejects.toMatchObject({ code: '42501' });
  }
});

describe('the provisioning report', () => {
  let entra: Directory;
  let okta: Directory;
  let ada: { id: string; userName: string };

  beforeEach(async () => {
    entra = await provider('Entra');
    okta = await provider('Okta');
    ada = await entra.members.provision(
      { ...ADA, userName: 'Ada@Northwind.example', externalId: 'ext-Ada' },
      {},
    );
    await entra.teams.provision({ name: 'Sales', externalId: null }, [ada.id], {});
    await okta.members.provision(
      {
        ...ADA,
        userName: 'grace@northwind.example',
        email: 'grace@northwind.example',
        externalId: 'ext-grace',
      },
      {},
    );
    await system.members.setRole(
      ada.id,
      (
        await system
          .rows('roles')
          .select('id')
          .where('built_in', '=', 'auditor')
          .executeTakeFirstOrThrow()
      ).id,
      { lock: true },
    );
  });

  const ADA = {
    email: 'ada.lovelace@northwind.example',
    givenName: 'Ada',
    familyName: 'Lovelace',
    displayName: 'Ada Lovelace',
    active: true,
    profile: {},
    pushedRoles: [],
  };
  const provider = async (name: string) => {
    const {
      provider: { id: providerId },
    } = await system.identityProviders.create({ name, kind: 'ENTRA_ID' });
    return as({ kind: 'provider', name, providerId }, ['SCIM_INTEGRATE']);
  };
  const report = async (filter = {}) =>
    (await system.audit.report(filter)).items.map(
      ({ row }) => `${row.application}: ${row.operation} ${row.endUser}`,
    );

  const made = 'Entra: member.created ada@northwind.example';
  const graces = 'Okta: member.created grace@northwind.example';

  test('says what providers did, and not what people did to the same', async () => {
    const rows = await report();
    expect(rows[0]).toBe(graces);
    expect(rows.at(-1)).toBe(made);
    expect(rows.join('\n')).not.toContain('ock');
    expect(await system.audit.reportCount({})).toBe(rows.length);
  });

  test.each([
    ['user name', () => 'ADA@northwind.EXAMPLE'],
    ['address', () => 'ada.Lovelace@northwind.example'],
    ['id', () => ada.id],
    ['external id', () => 'ext-Ada'],
  ])('by end user: %s', async (_, handle) => {
    const rows = await report({ endUser: handle() });
    expect(rows).toContain(made);
    expect(rows).not.toContain(graces);
    expect(await report({ endUser: handle(), application: 'Okta' })).toEqual([]);
    expect(
      await report({
        endUser: handle(),
        application: 'eNTRA',
        timespan: { gte: new Date(0) },
        outcome: ['SUCCESS'],
      }),
    ).toEqual(rows);
    expect(await system.audit.reportCount({ endUser: handle() })).toBe(rows.length);
  });

  test('by end user as they were called then', async () => {
    await entra.members.rewrite(ada.id, {
      ...ADA,
      userName: 'augusta@northwind.example',
      externalId: 'ext-Ada',
    });
    expect(await report({ endUser: 'ada@northwind.example' })).toContain(made);
    expect((await report({ endUser: 'augusta@northwind.example' })).at(-1)).toBe(made);
  });

  test('by application: name in any case, or id', async () => {
    expect(await report({ application: 'okta' })).toEqual([graces]);
    expect(await report({ application: okta.asProvider })).toEqual([graces]);
    expect(await report({ application: 'nobody' })).toEqual([]);
  });

  test('by time and by outcome', async () => {
    expect(await report({ timespan: { lt: new Date('2020-01-01') } })).toEqual([]);
    expect(await report({ outcome: ['SKIPPED'] })).toEqual([]);
    await expect(
      entra.members.provision(
        { ...ADA, userName: 'olga@northwind.example', email: null, externalId: null },
        {},
      ),
    ).rejects.toMatchObject({ code: 'held-by-hand' });
    const [row, ...others] = (await system.audit.report({ outcome: ['FAILURE'] })).items.map(
      each => each.row,
    );
    expect(row).toMatchObject({
      application: 'Entra',
      direction: 'IN',
      outcome: 'FAILURE',
      message: expect.any(String),
    });
    expect(others).toEqual([]);
  });

  test('in pages', async () => {
    const all = await report();
    const first = await system.audit.report({}, { first: 1 });
    const rest = await system.audit.report({}, { first: 100, after: first.items[0]!.cursor });
    expect(first.items.length + rest.items.length).toBe(all.length);
    expect(rest.items.some(({ row }) => row.entry.id === first.items[0]!.row.entry.id)).toBe(false);
  });
});
