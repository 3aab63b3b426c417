import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/database.ts';
import { authenticate, Outbox, type Directory } from '../../src/directory/index.ts';
import { connectionOf } from '../../src/platform/index.ts';
import { createTestDatabase } from '../support/cluster.ts';
import { Company, described, type Stage } from '../support/company.ts';

/**
 * Could the tables live on several servers, each tenant on one of them? Hash-partitioned by tenant,
 * PostgreSQL refuses the keys that such an engine refuses; and a statement that looks into more
 * than one partition is one that would have to ask every server.
 */
const PARTITIONS = 4;
let owner: pg.Client;
let database: Database;
const sent = new Map<string, unknown[]>();

beforeAll(async () => {
  const connection = connectionOf(await createTestDatabase());
  owner = new pg.Client(connection as pg.ClientConfig);
  await owner.connect();
  await partition(owner);
  database = openDatabase({ connection, tokenKey: 'k'.repeat(40) });
  database.pool.on('connect', client => {
    const query = client.query.bind(client) as (...given: unknown[]) => unknown;
    Object.assign(client, {
      query: (...given: unknown[]) => {
        const asked = given[0] as { text?: string; values?: unknown[] };
        if (asked.text !== undefined && !sent.has(asked.text))
          sent.set(asked.text, asked.values ?? []);
        return query(...given);
      },
    });
  });
});
afterAll(() => Promise.all([owner.end(), database.close()]));

/** What only the owner reads: the keys of the service and the proofs made with them. */
const OWNERS = ['service_keys', 'tenant_proofs'];

/**
 * The same tables, made again from the catalog with every promise they carry, in the place of the
 * migrated ones.
 */
async function partition(client: pg.Client): Promise<void> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relname <> all($1)`,
    [['mikro_orm_migrations', ...OWNERS]],
  );
  const { rows: keys } = await client.query<{ table: string; name: string; definition: string }>(
    `select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace and conrelid::regclass::text <> all($1)`,
    [OWNERS],
  );
  const { rows: policies } = await client.query<{ table: string; policy: string }>(`
    select tablename as table, format('create policy %I on public.%I for %s', policyname, tablename,
    cmd)
      || coalesce(' using (' || qual || ')', '') || coalesce(' with check (' || with_check || ')',
      '') as policy
    from pg_policies where schemaname = 'public' and not (select relispartition from pg_class
    where oid = tablename::regclass)`);
  const { rows: functions } = await client.query<{ signature: string }>(`
    select p.oid::regprocedure::text as signature from pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`);
  expect(tables.length).toBeGreaterThan(12);
  await client.query(
    'alter schema public rename to plain; create schema public; set search_path = public, plain',
  );
  for (const name of OWNERS) await client.query(`alter table plain.${name} set schema public`);
  for (const { signature } of functions)
    await client.query(`alter function plain.${signature} set schema public`);
  for (const { name } of tables) {
    await client.query(
      `create table public.${name} (like plain.${name} including all) partition by hash (${name === 'tenants' ? 'id' : 'tenant_id'})`,
    );
    for (let part = 0; part < PARTITIONS; part++)
      await client.query(
        `create table public.${name}_p${part} partition of public.${name} for values with (modulus ${PARTITIONS}, remainder ${part})`,
      );
  }
  for (const { table, name, definition } of keys)
    await client.query(`alter table public.${table} add constraint ${name} ${definition}`);
  await client.query(
    'grant usage on schema public to muster_app; grant select, insert, update, delete on all tables in schema public to muster_app',
  );
  for (const { table, policy } of policies)
    await client.query(`alter table public.${table} enable row level security; ${policy}`);
}

test('every table, key and foreign key is accepted as it is when the tables are partitioned by tenant', async () => {
  const { rows } = await owner.query<{ whole: number; parts: number }>(`
    select count(*) filter (where relkind = 'p')::int as whole, count(*) filter (where
    relispartition and relkind = 'r')::int as parts from pg_class
    where relnamespace = 'public'::regnamespace`);
  expect(rows[0]!.parts).toBe(rows[0]!.whole * PARTITIONS);
  const count = (schema: string) =>
    owner
      .query<{ count: number }>(
        `select count(*)::int as count from pg_constraint c join pg_class t on t.oid = c.conrelid where c.contype = 'f' and c.conparentid = 0 and t.relnamespace = '${schema}'::regnamespace and t.relname <> all($1)`,
        [OWNERS],
      )
      .then(found => found.rows[0]!.count);
  expect(await count('public')).toBe(await count('plain'));
});

/** Who may look into every partition, and why. */
const ACROSS: [RegExp, string][] = [
  [/^\s*update outbox/, 'the relay serves every tenant'],
  [
    / from tenants where parent_id|from tenants where .*parent_id/s,
    'parents and children are tenants of their own',
  ],
  [/^\s*select id, 'Tenant' as kind/, 'a tenant is found by its id, which is its own key'],
  [/tenants_with_work\(\)/, 'which tenants have anything to tidy up'],
];

test('no statement of a busy session looks into more than one partition', async () => {
  await session();
  expect(sent.size).toBeGreaterThan(120);
  const wide: string[] = [];
  for (const [text, values] of sent) {
    if (
      !/^\s*(select|insert|update|delete|with)\b/i.test(text) ||
      ACROSS.some(([pattern]) => pattern.test(text))
    )
      continue;
    for (const [table, parts] of await partitionsOf(text, values))
      if (parts.size > 1)
        wide.push(`${table} (${parts.size}): ${text.replace(/\s+/g, ' ').trim()}`);
  }
  expect(wide).toEqual([]);
});

test('a statement without its tenant would be seen', async () => {
  const id = '00000000-0000-7000-8000-000000000000';
  for (const text of [
    'select from members where id = $1',
    'update members set version = 2 where id = $1',
  ]) {
    expect(
      Math.max(...[...(await partitionsOf(text, [id]))].map(([, parts]) => parts.size)),
      text,
    ).toBe(PARTITIONS);
  }
  expect(await partitionsOf('select from members where tenant_id = $1 and id = $1', [id])).toEqual(
    new Map([['members', new Set([expect.any(String)])]]),
  );
});

interface Plan {
  'Relation Name'?: string;
  'Actual Loops'?: number;
  'Plans'?: Plan[];
}

/**
 * As the owner, whom no policy narrows: only what the statement itself says counts. What only reads
 * is run, because much is pruned then.
 */
async function partitionsOf(text: string, values: unknown[]): Promise<Map<string, Set<string>>> {
  const reads = /^\s*select\b/i.test(text);
  const found = new Map<string, Set<string>>();
  const walk = (plan: Plan) => {
    const name = plan['Relation Name'];
    if (name && /_p\d$/.test(name) && plan['Actual Loops'] !== 0)
      found.set(name.slice(0, -3), (found.get(name.slice(0, -3)) ?? new Set()).add(name));
    plan.Plans?.forEach(walk);
  };
  await owner.query('begin');
  try {
    const { rows } = await owner.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (${reads ? 'analyze, ' : ''}format json) ${text}`,
      values,
    );
    walk(rows[0]!['QUERY PLAN'][0].Plan);
  } finally {
    await owner.query('rollback');
  }
  return found;
}

/** A little of everything, through the same verbs as the doors. */
async function session(): Promise<void> {
  const company = await Company.found({
    store: database.store,
    statements: [] as string[],
  } as Stage);
  const { owner: ada, entra, system } = company;
  const [ann, ben] = [
    await company.provisioned('Ann', {
      pushedRoles: ['Boss'],
      profile: { emails: [{ value: 'a@b.example' }] },
    }),
    await company.provisioned('Ben'),
  ];
  const sales = await company.provisionedTeam('Sales', [ann]);
  await entra.members.rewrite(ann.id, described('Ann', { active: false }));
  await entra.members.rewrite(ann.id, described('Ann', { pushedRoles: ['Other'] }));
  await entra.teams.apply(sales.id, [
    { kind: 'admit', memberIds: [ben.id] },
    { kind: 'expel', memberIds: [ann.id] },
    { kind: 'replace', memberIds: [ann.id, ben.id] },
    { kind: 'rename', team: { name: 'Trade' } },
  ]);
  await company.provisioned('Grace', { userName: 'grace@northwind.example' }).catch(() => {});
  await company.provisionedTeam('Finance').catch(() => {});
  const open = await ada.conflicts.open(10);
  for (const [at, { id }] of open.entries())
    await ada.conflicts.resolve([id], at === 0 ? 'LINK_OVERWRITE' : 'CREATE_NEW');
  const invited = await ada.members.invite({
    email: 'new@north.example',
    teamIds: [(await company.team('Engineering')).id],
  });
  await ada.invitations.send([invited.id]);
  await ada.members.update(invited.id, { givenName: 'New', email: 'newer@north.example' });
  await ada.members.setRole(invited.id, company.roles.auditor);
  await ada.members.lockRole(invited.id, { expiresAt: new Date(Date.now() + 60_000) });
  await ada.members.unlockRole(invited.id);
  await ada.members.disable(invited.id);
  await ada.members.enable(invited.id);
  await ada.members.remove(invited.id);
  await ada.members.restore(invited.id);
  await system.members.releaseExpiredLocks();
  await system.members.purge();
  const dev = await ada.roles.create({ name: 'Dev', permissions: ['DIRECTORY_READ'] });
  await ada.roles.update(dev.id, { rank: 9 });
  await ada.members.setRole(invited.id, dev.id);
  await ada.roles.setMappings([
    { teamId: (await company.team('Engineering')).id, roleId: dev.id },
    { pushedRole: 'Other', roleId: company.roles.auditor },
  ]);
  await ada.tenants.setDefaultRole(dev.id);
  await ada.tenants.setDefaultRole(company.roles.member);
  await ada.roles.remove(dev.id, company.roles.member);
  const team = await ada.teams.create({ name: 'Passing', memberIds: [invited.id] });
  await ada.teams.rename(team.id, 'Gone');
  await ada.teams.remove(team.id);
  await company.switchTo('OFF');
  await ada.teams.admit(sales.id, [invited.id]);
  await company.switchTo('ON').catch(() => {});
  await company.switchTo('ON', { evictManualMembers: true });
  const { secretToken } = await ada.identityProviders.rotate(company.providerId);
  await authenticate(database.store, secretToken!, { at: company.providerId });
  const { token } = await ada.credentials.createToken({
    name: 't',
    kind: 'PERSONAL',
    permissions: ['DIRECTORY_READ'],
  });
  await ada.credentials.tokens();
  await ada.credentials.byIds([token.id]);
  await ada.credentials.revokeToken(token.id);
  await ada.idempotency.once('0123456789', 'f', { run: async () => ({ a: 1 }) });
  await read(ada, [ann.id, ben.id], [sales.id], company.providerId);
  await read(entra, [ann.id, ben.id], [sales.id], company.providerId);
  await ada.members.setLink(ben.id, company.providerId, null);
  await ada.identityProviders.replace(company.providerId);
  await system.idempotency.sweep();
  await new Outbox(database.store).claim(5);
}

async function read(
  directory: Directory,
  memberIds: string[],
  teamIds: string[],
  providerId: string,
): Promise<void> {
  const first = { first: 2 } as const;
  const asked: (() => Promise<unknown>)[] = [
    ...(
      ['userName', 'email', 'displayName', 'givenName', 'familyName', 'externalId'] as const
    ).flatMap(field =>
      (['eq', 'contains', 'startsWith', 'endsWith', 'gt', 'present'] as const).map(
        op => () => directory.members.page({ ...first, where: { field, op, value: 'ann' } }),
      ),
    ),
    ...(
      [
        'createdAt',
        'updatedAt',
        'displayName',
        'userName',
        'email',
        'givenName',
        'familyName',
        'externalId',
        'state',
        'role',
      ] as const
    ).map(by => async () => {
      const page = await directory.members.page({ ...first, orderBy: [{ by, direction: 'desc' }] });
      await directory.members.page({
        ...first,
        orderBy: [{ by, direction: 'desc' }],
        after: page.items.at(-1)!.cursor,
      });
    }),
    ...(['name', 'createdAt', 'updatedAt', 'externalId', 'memberCount'] as const).map(
      by => () => directory.teams.page({ ...first, orderBy: [{ by }] }),
    ),
    () =>
      directory.members.page({
        ...first,
        where: {
          and: [
            { field: 'managed', op: 'eq', value: true },
            { field: 'teamId', op: 'in', value: teamIds },
            { field: 'query', op: 'contains', value: 'an no' },
          ],
        },
      }),
    () =>
      directory.teams.page({
        ...first,
        where: {
          or: [
            { field: 'managed', op: 'eq', value: true },
            { field: 'memberId', op: 'in', value: memberIds },
            { field: 'query', op: 'contains', value: 'sal' },
          ],
        },
      }),
    () => directory.members.count(),
    () => directory.teams.count(),
    () => directory.members.byIds(memberIds),
    () => directory.teams.byIds(teamIds),
    () => directory.teams.byName('trade'),
    ...[{ userName: 'ann@north.example' }, { email: 'a@b.example' }, { externalId: 'x-Ann' }].map(
      handle => () => directory.members.byHandle(handle),
    ),
    () => directory.members.memberships(memberIds, first),
    () => directory.teams.memberships(teamIds, first),
    () => directory.members.countTeams(memberIds),
    () => directory.teams.countMembers(teamIds),
    () => directory.teams.joinable({ memberId: memberIds[0], query: 'eng' }),
    () => directory.roles.all(),
    () => directory.roles.mappings(),
    () => directory.roles.explain(memberIds),
    () => directory.roles.countHolders(memberIds),
    () => directory.roles.mappingsOfTeams(teamIds),
    () => directory.identityProviders.page(first),
    () => directory.identityProviders.count(),
    () => directory.identityProviders.activity([providerId]),
    () => directory.conflicts.openOf([providerId], first),
    () => directory.conflicts.countOpenOf([providerId]),
    () => directory.credentials.ofProviders([providerId]),
    () => directory.invitations.sentTo(memberIds),
    () => directory.invitations.ofMembers(memberIds),
    () => directory.tenants.own(),
    () => directory.locate([...memberIds, ...teamIds, providerId]),
    () => directory.tenants.children(),
    () => directory.tenants.enterable(),
    ...[
      {},
      { action: ['member.created'] },
      { subjectId: memberIds },
      { actorId: memberIds },
      { providerId: [providerId] },
      { outcome: ['FAILURE' as const] },
      { correlationId: 'test' },
      { at: { gte: new Date(0) } },
    ].flatMap(filter => [
      () => directory.audit.page(filter, first),
      () => directory.audit.count(filter),
    ]),
    () => directory.audit.historyOf(memberIds, first),
    () => directory.audit.countHistoryOf(memberIds),
    () => directory.audit.lastWriters(memberIds),
    () => directory.audit.since(new Date(0)),
    ...[
      {},
      { endUser: 'ann@north.example' },
      { application: 'Microsoft Entra ID' },
      { endUser: 'x-Ann', application: providerId, timespan: { gte: new Date(0) } },
    ].flatMap(filter => [
      () => directory.audit.report(filter, first),
      () => directory.audit.reportCount(filter),
    ]),
    () => directory.exchanges.page(providerId, { query: 'x' }, first),
    () => directory.exchanges.count(providerId),
  ];
  // A provider's door may not ask all of it; what it may not, it does not send.
  for (const ask of asked)
    await (async () => ask())().catch((error: { code?: string }) => {
      if (error.code !== 'forbidden') throw error;
    });
}
