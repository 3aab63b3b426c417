import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  Actor,
  Directory,
  entities,
  ExchangeRecorder,
  newId,
  Refusal,
  UseNotes,
} from '../../src/directory/index.ts';
import { inviteNew } from '../../src/directory/invitations/invite-new.ts';
import { type Company, described, stage } from '../support/company.ts';

/** One of everything that a tenant holds, by id. */
interface Things {
  tenant: string;
  member: string;
  disabled: string;
  deleted: string;
  provisioned: string;
  team: string;
  managedTeam: string;
  role: string;
  otherRole: string;
  mapping: string;
  provider: string;
  credential: string;
  token: string;
  conflict: string;
  candidate: string;
  exchange: string;
  entry: string;
}
type Thing = keyof Things;

const on = stage();
let home: Company;
let own: Things;
/** The tenants that are not ours: a stranger's, one of our children, and for a child its parent. */
const others = {} as Record<'a stranger' | 'a child', Things>;

beforeAll(async () => {
  home = await on.company();
  const stranger = await on.company();
  const child = (await home.system.tenants.createChild('Subsidiary')).id;
  own = await furnish(home.system);
  others['a stranger'] = await furnish(stranger.system);
  others['a child'] = await furnish(
    new Directory(on.store, Actor.system(child), { correlationId: 'test' }),
  );
});

interface Here {
  system: Directory;
  entra: Directory;
  own: Things;
}
type Ask = (here: Here, id: string) => unknown;

const eq = (field: string, value: string) => ({ field, op: 'eq', value }) as never;
const pushed = () =>
  described('Nobody', { userName: `nobody.${newId()}@north.example`, externalId: newId() });

/**
 * Every verb that takes an id of a thing, by its name in the directory: what it is given, and how
 * it is asked.
 */
const verbs: readonly (readonly [name: string, things: readonly Thing[], ask: Ask])[] = [
  [
    'members.get',
    ['member', 'disabled', 'deleted', 'provisioned'],
    ({ system }, id) => system.members.get(id),
  ],
  ['members.byIds', ['member', 'deleted'], ({ system }, id) => system.members.byIds([id])],
  [
    'members.byHandle',
    ['member', 'provisioned'],
    ({ system }, id) => system.members.byHandle({ id } as never),
  ],
  ['members.page', ['role'], ({ system }, id) => system.members.page({ where: eq('roleId', id) })],
  ['members.page', ['team'], ({ system }, id) => system.members.page({ where: eq('teamId', id) })],
  [
    'members.page',
    ['provider'],
    ({ system }, id) => system.members.page({ where: { not: { not: eq('providerId', id) } } }),
  ],
  ['members.page', ['member'], ({ system }, id) => system.members.page({ where: eq('id', id) })],
  ['members.count', ['team'], ({ system }, id) => system.members.count(eq('teamId', id))],
  [
    'members.invite',
    ['team', 'managedTeam'],
    ({ system }, id) => system.members.invite({ email: 'new@north.example', teamIds: [id] }),
  ],
  [
    'members.invite',
    ['role'],
    ({ system }, id) => system.members.invite({ email: 'new@north.example', roleId: id }),
  ],
  [
    'members.update',
    ['member', 'disabled', 'deleted', 'provisioned'],
    ({ system }, id) => system.members.update(id, { givenName: 'Changed' }),
  ],
  [
    'members.disable',
    ['member', 'disabled', 'provisioned'],
    ({ system }, id) => system.members.disable(id),
  ],
  [
    'members.enable',
    ['member', 'disabled', 'deleted'],
    ({ system }, id) => system.members.enable(id),
  ],
  [
    'members.remove',
    ['member', 'deleted', 'provisioned'],
    ({ system }, id) => system.members.remove(id),
  ],
  ['members.restore', ['deleted', 'member'], ({ system }, id) => system.members.restore(id)],
  [
    'members.setRole',
    ['member', 'provisioned'],
    ({ system, own: { role } }, id) => system.members.setRole(id, role),
  ],
  [
    'members.setRole',
    ['role'],
    ({ system, own: { member } }, id) => system.members.setRole(member, id),
  ],
  [
    'members.setRole',
    ['role'],
    ({ system, own: { member } }, id) => system.members.setRole(member, id, { lock: true }),
  ],
  [
    'members.lockRole',
    ['member', 'provisioned'],
    ({ system }, id) => system.members.lockRole(id, {}),
  ],
  [
    'members.lockRole',
    ['role'],
    ({ system, own: { member } }, id) => system.members.lockRole(member, { roleId: id }),
  ],
  ['members.unlockRole', ['member'], ({ system }, id) => system.members.unlockRole(id)],
  [
    'members.setLink',
    ['member', 'provisioned'],
    ({ system, own: { provider } }, id) => system.members.setLink(id, provider, 'there'),
  ],
  [
    'members.setLink',
    ['provisioned'],
    ({ system, own: { provider } }, id) => system.members.setLink(id, provider, null),
  ],
  [
    'members.setLink',
    ['provider'],
    ({ system, own: { member } }, id) => system.members.setLink(member, id, 'there'),
  ],
  [
    'members.setLink',
    ['provider'],
    ({ system, own: { provisioned } }, id) => system.members.setLink(provisioned, id, null),
  ],
  [
    'members.rewrite',
    ['provisioned', 'member', 'deleted'],
    ({ entra }, id) =>
      entra.members.rewrite(id, { ...pushed(), userName: 'n@north.example', externalId: 'n' }),
  ],
  ['members.get', ['provisioned', 'member'], ({ entra }, id) => entra.members.get(id)],
  ['members.remove', ['provisioned', 'member'], ({ entra }, id) => entra.members.remove(id)],
  [
    'members.page',
    ['managedTeam'],
    ({ entra }, id) => entra.members.page({ where: eq('teamId', id) }),
  ],

  ['teams.get', ['team', 'managedTeam'], ({ system }, id) => system.teams.get(id)],
  ['teams.byIds', ['team'], ({ system }, id) => system.teams.byIds([id])],
  [
    'teams.page',
    ['member', 'provisioned'],
    ({ system }, id) => system.teams.page({ where: eq('memberId', id) }),
  ],
  [
    'teams.page',
    ['provider'],
    ({ system }, id) => system.teams.page({ where: eq('providerId', id) }),
  ],
  ['teams.count', ['member'], ({ system }, id) => system.teams.count(eq('memberId', id))],
  [
    'teams.create',
    ['member', 'provisioned', 'deleted'],
    ({ system }, id) => system.teams.create({ name: 'New', memberIds: [id] }),
  ],
  ['teams.rename', ['team', 'managedTeam'], ({ system }, id) => system.teams.rename(id, 'Changed')],
  ['teams.remove', ['team', 'managedTeam'], ({ system }, id) => system.teams.remove(id)],
  ['teams.restore', ['team', 'managedTeam'], ({ system }, id) => system.teams.restore(id)],
  [
    'teams.admit',
    ['team', 'managedTeam'],
    ({ system, own: { member } }, id) => system.teams.admit(id, [member]),
  ],
  [
    'teams.admit',
    ['member', 'provisioned', 'deleted'],
    ({ system, own: { team } }, id) => system.teams.admit(team, [id]),
  ],
  [
    'teams.expel',
    ['team', 'managedTeam'],
    ({ system, own: { member } }, id) => system.teams.expel(id, [member]),
  ],
  ['teams.expel', ['member'], ({ system, own: { team } }, id) => system.teams.expel(team, [id])],
  [
    'teams.provision',
    ['provisioned', 'member'],
    ({ entra }, id) => entra.teams.provision({ name: 'Pushed', externalId: 'p' }, [id], {}),
  ],
  [
    'teams.apply',
    ['managedTeam', 'team'],
    ({ entra }, id) => entra.teams.apply(id, [{ kind: 'empty' }]),
  ],
  [
    'teams.apply',
    ['provisioned', 'member'],
    ({ entra, own: { managedTeam } }, id) =>
      entra.teams.apply(managedTeam, [{ kind: 'admit', memberIds: [id] }]),
  ],
  [
    'teams.apply',
    ['provisioned'],
    ({ entra, own: { managedTeam } }, id) =>
      entra.teams.apply(managedTeam, [{ kind: 'expel', memberIds: [id] }]),
  ],
  [
    'teams.apply',
    ['provisioned'],
    ({ entra, own: { managedTeam, provisioned } }, id) =>
      entra.teams.apply(managedTeam, [{ kind: 'replace', memberIds: [provisioned, id] }]),
  ],
  ['teams.get', ['managedTeam', 'team'], ({ entra }, id) => entra.teams.get(id)],
  ['teams.remove', ['managedTeam', 'team'], ({ entra }, id) => entra.teams.remove(id)],

  ['roles.get', ['role'], ({ system }, id) => system.roles.get(id)],
  ['roles.byIds', ['role'], ({ system }, id) => system.roles.byIds([id])],
  ['roles.mappingsByIds', ['mapping'], ({ system }, id) => system.roles.mappingsByIds([id])],
  ['roles.explain', ['member', 'provisioned'], ({ system }, id) => system.roles.explain([id])],
  ['roles.update', ['role'], ({ system }, id) => system.roles.update(id, { name: 'Changed' })],
  ['roles.remove', ['role'], ({ system }, id) => system.roles.remove(id)],
  ['roles.remove', ['otherRole'], ({ system, own: { role } }, id) => system.roles.remove(role, id)],
  [
    'roles.setMappings',
    ['team', 'managedTeam'],
    ({ system, own: { role } }, id) => system.roles.setMappings([{ teamId: id, roleId: role }]),
  ],
  [
    'roles.setMappings',
    ['role'],
    ({ system, own: { team } }, id) => system.roles.setMappings([{ teamId: team, roleId: id }]),
  ],

  ['identityProviders.get', ['provider'], ({ system }, id) => system.identityProviders.get(id)],
  [
    'identityProviders.byIds',
    ['provider'],
    ({ system }, id) => system.identityProviders.byIds([id]),
  ],
  [
    'identityProviders.update',
    ['provider'],
    ({ system }, id) => system.identityProviders.update(id, { provisioning: 'OFF' }),
  ],
  [
    'identityProviders.rotate',
    ['provider'],
    ({ system }, id) => system.identityProviders.rotate(id),
  ],
  [
    'identityProviders.replace',
    ['provider'],
    ({ system }, id) => system.identityProviders.replace(id),
  ],
  [
    'identityProviders.remove',
    ['provider'],
    ({ system }, id) => system.identityProviders.remove(id, 'Entra'),
  ],

  [
    'credentials.issuePersonal',
    ['provisioned', 'member'],
    ({ system }, id) => system.credentials.issuePersonal(id, 'stolen'),
  ],
  [
    'credentials.revokeToken',
    ['token', 'credential'],
    ({ system }, id) => system.credentials.revokeToken(id),
  ],
  [
    'credentials.byIds',
    ['token', 'credential'],
    ({ system }, id) => system.credentials.byIds([id]),
  ],
  [
    'credentials.ofProviders',
    ['provider'],
    ({ system }, id) => system.credentials.ofProviders([id]),
  ],
  [
    'credentials.ofProvidersByIds',
    ['credential', 'token'],
    ({ system }, id) => system.credentials.ofProvidersByIds([id]),
  ],

  ['conflicts.byIds', ['conflict'], ({ system }, id) => system.conflicts.byIds([id])],
  [
    'conflicts.resolve',
    ['conflict'],
    ({ system }, id) => system.conflicts.resolve([id], 'LINK_KEEP'),
  ],
  [
    'conflicts.resolve',
    ['conflict'],
    ({ system, own: { conflict } }, id) => system.conflicts.resolve([conflict, id], 'REJECT'),
  ],
  [
    'conflicts.resolve',
    ['candidate'],
    ({ system, own: { conflict } }, id) => system.conflicts.resolve([conflict], 'LINK_KEEP', id),
  ],

  ['members.everInTeam', ['member'], ({ system }, id) => system.members.everInTeam(id)],
  ['teams.membersOfOwn', ['managedTeam'], ({ entra }, id) => entra.teams.membersOfOwn([id], 10)],
  ['roles.spokenOf', ['role'], ({ system }, id) => system.roles.spokenOf([id])],
  ['signIns.unbind', ['member'], ({ system }, id) => system.signIns.unbind(id)],
  ['audit.newestOfProvider', ['provider'], ({ system }, id) => system.audit.newestOfProvider(id)],
  [
    'audit.lastHeard',
    ['provisioned'],
    ({ system, own: { provider } }, id) => system.audit.lastHeard([`${id} ${provider}`]),
  ],
  [
    'invitations.send',
    ['member', 'provisioned', 'disabled', 'deleted'],
    ({ system }, id) => system.invitations.send([id]),
  ],
  ['invitations.ofMembers', ['member'], ({ system }, id) => system.invitations.ofMembers([id])],

  ['exchanges.page', ['provider'], ({ system }, id) => system.exchanges.page(id)],
  ['exchanges.count', ['provider'], ({ system }, id) => system.exchanges.count(id)],
  [
    'exchanges.pagesOf',
    ['provider'],
    async ({ system }, id) => [...(await system.exchanges.pagesOf([id])).values()],
  ],
  [
    'exchanges.countsOf',
    ['provider'],
    async ({ system }, id) => [...(await system.exchanges.countsOf([id])).values()],
  ],
  ['exchanges.byIds', ['exchange'], ({ system }, id) => system.exchanges.byIds([id])],
  ['exchanges.bodiesOf', ['exchange'], ({ system }, id) => system.exchanges.bodiesOf([id])],
  ['exchanges.since', ['provider'], ({ system }, id) => system.exchanges.since(id, new Date(0))],

  [
    'audit.page',
    ['member', 'team', 'provider', 'token'],
    ({ system }, id) => system.audit.page({ subjectId: [id] }),
  ],
  ['audit.page', ['provider', 'member'], ({ system }, id) => system.audit.page({ actorId: [id] })],
  ['audit.count', ['provider'], ({ system }, id) => system.audit.count({ providerId: [id] })],
  ['audit.byIds', ['entry'], ({ system }, id) => system.audit.byIds([id])],
  ['audit.historyOf', ['member', 'provisioned'], ({ system }, id) => system.audit.historyOf([id])],
  ['audit.countHistoryOf', ['member'], ({ system }, id) => system.audit.countHistoryOf([id])],
  [
    'audit.lastWriters',
    ['member', 'provisioned'],
    ({ system }, id) => system.audit.lastWriters([id]),
  ],
  ['audit.changesOf', ['exchange'], ({ system }, id) => system.audit.changesOf([id])],
  ['audit.countChangesOf', ['exchange'], ({ system }, id) => system.audit.countChangesOf([id])],
  [
    'audit.report',
    ['provisioned', 'member'],
    ({ system }, id) => system.audit.report({ endUser: id }),
  ],
  ['audit.report', ['provider'], ({ system }, id) => system.audit.report({ application: id })],
  [
    'audit.reportCount',
    ['provider'],
    ({ system }, id) => system.audit.reportCount({ application: id }),
  ],

  ['tenants.setDefaultRole', ['role'], ({ system }, id) => system.tenants.setDefaultRole(id)],

  [
    'identityProviders.activity',
    ['provider'],
    ({ system }, id) => system.identityProviders.activity([id]),
  ],
  ['conflicts.openOf', ['provider'], ({ system }, id) => system.conflicts.openOf([id])],
  ['conflicts.countOpenOf', ['provider'], ({ system }, id) => system.conflicts.countOpenOf([id])],
  ['invitations.sentTo', ['member'], ({ system }, id) => system.invitations.sentTo([id])],
  ['roles.mappingsOfTeams', ['team'], ({ system }, id) => system.roles.mappingsOfTeams([id])],
  ['roles.countHolders', ['role'], ({ system }, id) => system.roles.countHolders([id])],
  [
    'members.memberships',
    ['member', 'provisioned'],
    ({ system }, id) => system.members.memberships([id]),
  ],
  [
    'teams.memberships',
    ['team', 'managedTeam'],
    ({ system }, id) => system.teams.memberships([id]),
  ],
  ['teams.countMembers', ['team'], ({ system }, id) => system.teams.countMembers([id])],
  ['members.countTeams', ['member'], ({ system }, id) => system.members.countTeams([id])],
  [
    'teams.joinable',
    ['member', 'provisioned'],
    ({ system }, id) => system.teams.joinable({ memberId: id }),
  ],
  [
    'teams.countJoinable',
    ['member'],
    ({ system }, id) => system.teams.countJoinable({ memberId: id }),
  ],
  [
    'locate',
    [
      'member',
      'team',
      'role',
      'mapping',
      'provider',
      'credential',
      'token',
      'conflict',
      'exchange',
      'entry',
    ],
    ({ system }, id) => system.locate([id]),
  ],
];

/**
 * Verbs that take no id of a thing, or that only the directory itself calls, inside a change that
 * has found the thing already.
 */
const withoutIds = new Set([
  'members.join',
  'members.provision',
  'members.purge',
  'members.pageOfOwn',
  'members.countOwn',
  'members.editableFields',
  'members.releaseExpiredLocks',
  'teams.byName',
  'teams.purge',
  'roles.all',
  'roles.mappings',
  'roles.create',
  'identityProviders.all',
  'identityProviders.whoCreated',
  'identityProviders.page',
  'identityProviders.count',
  'identityProviders.create',
  'credentials.createToken',
  'credentials.tokens',
  'signIns.refused',
  'conflicts.open',
  'invitations.mailContent',
  'invitations.mayLeave',
  'invitations.promiseLink',
  'invitations.markSent',
  'invitations.markFailed',
  'invitations.markUnneeded',
  'audit.since',
  'tenants.own',
  'tenants.children',
  'tenants.countChildren',
  'tenants.enterable',
  'tenants.countEnterable',
  'tenants.createChild',
  'tenants.rename',
  'idempotency.once',
  'idempotency.sweep',
]);
/** Where children and the parent are meant to be found: told by a test of its own. */
const ofTenants = new Set(['tenants.byIds']);

/** Parts of the session that are no collections: a snapshot, and the tables under its tenant. */
const ofSession = new Set(['moment', 'tables']);

test('the table knows every verb of the directory', () => {
  const known = new Set([...verbs.map(([name]) => name), ...withoutIds, ...ofTenants]);
  const all = Object.entries(home.system)
    .filter(([name, held]) => isCollection(held) && !ofSession.has(name))
    .flatMap(([name, held]) =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(held))
        .filter(verb => verb !== 'constructor')
        .map(verb => `${name}.${verb}`),
    );
  expect(all.length).toBeGreaterThan(70);
  expect(all.filter(name => !known.has(name))).toEqual([]);
});

describe.each(['a stranger', 'a child'] as const)('what belongs to %s is', whose => {
  test.each(verbs.flatMap(([name, things, ask]) => things.map(thing => ({ name, thing, ask }))))(
    'to $name ($thing) the id of nothing',
    async ({ thing, ask }) => {
      const id = others[whose][thing];
      const here = { system: home.system, entra: home.entra, own };
      const before = await everything();
      const foreign = await outcome(() => ask(here, id), id);
      expect(await everything()).toEqual(before);
      const random = newId();
      expect(foreign).toEqual(await outcome(() => ask(here, random), random));
    },
  );
});

/**
 * Otherwise the table would prove nothing. Both directories plan, since either may be the one that
 * is asked.
 */
test.each(verbs)('%s, asked with the id of a %s, finds it at home', async (_, [thing], ask) => {
  const planned = async (id: string) => {
    let came: unknown;
    const asking = async () => {
      came = await outcome(() => ask({ system: home.system, entra: home.entra, own }, id), id);
    };
    const plans: unknown[] = [];
    const planning = (directory: Directory, work: () => Promise<unknown>) =>
      directory.plan(work).then(
        ({ entries }) => plans.push(entries),
        () => {},
      );
    await planning(home.entra, () => planning(home.system, asking));
    return { came, plans };
  };
  const before = await everything();
  expect(await planned(own[thing!])).not.toEqual(await planned(newId()));
  expect(await everything()).toEqual(before);
});

describe('a tenant', () => {
  const asStaffOf = (
    tenantId: string,
    permissions: ConstructorParameters<typeof Actor>[0]['permissions'],
  ) =>
    new Directory(
      on.store,
      new Actor({
        tenantId,
        record: { kind: 'token', name: 'staff', credentialId: newId() },
        permissions,
      }),
      { correlationId: 'test' },
    );

  test('is entered by whoever administers its parent, and by nobody else', async () => {
    const [child, stranger] = [others['a child'].tenant, others['a stranger'].tenant];
    expect((await home.system.enter(child)).tenantId).toBe(child);
    const attempts: [Directory, string][] = [
      [home.system, stranger],
      [asStaffOf(home.tenantId, ['DIRECTORY_READ', 'PROVISIONING_ADMIN', 'ROLE_ADMIN']), child],
      [asStaffOf(child, ['TENANT_ADMIN']), home.tenantId],
      [asStaffOf(stranger, ['TENANT_ADMIN']), child],
      [await home.system.enter(child), home.tenantId],
      [home.system, 'nonsense'],
    ];
    const nothing = await outcome(() => home.system.enter(newId()), '');
    for (const [directory, id] of attempts)
      expect(await outcome(() => directory.enter(id), id)).toEqual(nothing);
  });

  test("is seen by itself, its parent's administrators and its children, of which those see the name only", async () => {
    const [child, stranger] = [others['a child'].tenant, others['a stranger'].tenant];
    const seen = async (directory: Directory) =>
      (await directory.tenants.byIds([home.tenantId, child, stranger]))
        .map(({ id }) => id)
        .toSorted();
    expect(await seen(home.system)).toEqual([home.tenantId, child].toSorted());
    expect(await seen(asStaffOf(home.tenantId, ['DIRECTORY_READ']))).toEqual([home.tenantId]);
    expect(await seen(asStaffOf(child, ['TENANT_ADMIN']))).toEqual(
      [home.tenantId, child].toSorted(),
    );
    expect(await seen(asStaffOf(stranger, ['TENANT_ADMIN']))).toEqual([stranger]);
  });

  test('is worked in by its parent only once it was entered, and what is done there is written there', async () => {
    const { tenant, member } = others['a child'];
    const entered = await home.system.enter(tenant);
    const before = await everything();
    await entered.members.update(member, { givenName: 'Entered' });
    const after = await everything();
    expect(after[own.tenant]).toEqual(before[own.tenant]);
    expect((await entered.audit.page({ subjectId: [member] })).items[0]?.row).toMatchObject({
      action: 'member.updated',
      actor: { kind: 'system' },
    });
    await expect(entered.members.update(own.member, { givenName: 'Back' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('is the only one whose rows its connection sees, whatever a statement forgets', async () => {
    for (const { tableName } of entities.map(({ meta }) => meta)) {
      if (tableName === 'tenants') continue;
      const { rows } = await sql<{
        tenant: string;
      }>`select distinct tenant_id as tenant from ${sql.table(tableName)}`.execute(
        on.store.tablesOf(home.tenantId),
      );
      expect([tableName, rows.filter(row => row.tenant !== home.tenantId)]).toEqual([
        tableName,
        [],
      ]);
      expect([
        tableName,
        (await sql`select 1 from ${sql.table(tableName)} limit 1`.execute(on.store.systemTables))
          .rows,
      ]).toEqual([tableName, []]);
    }
  });
});

/** What came of it, in words that do not hold the id that was asked with. */
async function outcome(ask: () => unknown, id: string): Promise<unknown> {
  const plain = (value: unknown): unknown =>
    JSON.parse(
      (
        JSON.stringify(value, (_, each: unknown) => (each instanceof Map ? [...each] : each)) ??
        'null'
      ).replaceAll(id === '' ? '\0' : id, '<id>'),
    );
  try {
    return { answered: plain(await ask()) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { refused: plain([error.code, error.message, error.facts]) };
  }
}

/** Every row of every tenant here, but for when somebody was last seen. */
async function everything(): Promise<Record<string, unknown>> {
  const tables = entities.map(({ meta }) => meta.tableName).filter(name => name !== 'tenants');
  const tenants = [own, ...Object.values(others)].map(({ tenant }) => tenant);
  return Object.fromEntries(
    await Promise.all(
      tenants.map(async tenant => {
        const digests = tables.map(
          name =>
            sql`select ${sql.lit(name)} as name, count(*) as count, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as rows from ${sql.table(name)} t where tenant_id = ${tenant}::uuid`,
        );
        return [
          tenant,
          (await sql`${sql.join(digests, sql` union all `)}`.execute(on.store.tablesOf(tenant)))
            .rows,
        ];
      }),
    ),
  );
}

/** One of everything, in a tenant that may have nothing yet. */
async function furnish(system: Directory): Promise<Things> {
  const { tenantId: tenant } = system;
  const invited = (name: string) =>
    system.members.invite({ email: `${name}@${tenant.slice(-12)}.example`, givenName: name });
  const [member, disabled, deleted, holder] = [
    await invited('mona'),
    await invited('dirk'),
    await invited('dela'),
    await invited('hand'),
  ];
  await system.change(() => inviteNew(system, member.id, 'MANUAL'));
  await system.members.disable(disabled.id);
  await system.members.remove(deleted.id);
  const role = await system.roles.create({ name: 'Keepers', permissions: ['DIRECTORY_READ'] });
  const otherRole = await system.roles.create({ name: 'Others', permissions: ['DIRECTORY_READ'] });
  const team = await system.teams.create({ name: 'Keys', memberIds: [member.id] });
  const [mapping] = await system.roles.setMappings([{ teamId: team.id, roleId: role.id }]);
  const provider =
    (await system.identityProviders.all())[0] ??
    (await system.identityProviders.create({ name: 'Entra', kind: 'ENTRA_ID' })).provider;
  const entra = new Directory(
    on.store,
    new Actor({
      tenantId: tenant,
      record: { kind: 'provider', name: provider.name, providerId: provider.id },
      permissions: ['SCIM_INTEGRATE'],
    }),
    { correlationId: 'test', exchangeId: newId() },
  );
  const provisioned = await entra.members.provision(described('Petra'), {});
  const managedTeam = await entra.teams.provision(
    { name: 'Managed', externalId: 'g' },
    [provisioned.id],
    {},
  );
  await entra.members
    .provision(described('Hand', { userName: holder.userName, externalId: 'h' }), {})
    .catch(() => {});
  const conflict = (await system.conflicts.open(1))[0]!;
  const exchange = entra.trace.exchangeId as string;
  const recorder = new ExchangeRecorder(on.store);
  recorder.note({
    tenantId: tenant,
    id: exchange,
    providerId: provider.id,
    credentialId: null,
    method: 'POST',
    path: '/Users',
    status: 201,
    at: new Date(),
    durationMs: 1,
    explanation: 'Made Petra.',
    changed: true,
  });
  const uses = new UseNotes(on.store);
  uses.note({ tenantId: tenant, credentialId: null, providerId: provider.id });
  await Promise.all([recorder.close(), uses.close()]);
  const { token } = await system.credentials.createToken({
    name: 'Key',
    kind: 'SERVICE',
    permissions: ['DIRECTORY_READ'],
  });
  const [credential] = await system.credentials.ofProviders([provider.id]);
  const [entry] = (await system.audit.page({ subjectId: [member.id] })).items;
  return {
    tenant,
    member: member.id,
    disabled: disabled.id,
    deleted: deleted.id,
    provisioned: provisioned.id,
    team: team.id,
    managedTeam: managedTeam.id,
    role: role.id,
    otherRole: otherRole.id,
    mapping: mapping!.id,
    provider: provider.id,
    credential: credential!.id,
    token: token.id,
    conflict: conflict.id,
    candidate: holder.id,
    exchange,
    entry: entry!.row.id,
  };
}

function isCollection(held: unknown): held is object {
  return (
    typeof held === 'object' &&
    held !== null &&
    Object.getPrototypeOf(held) !== Object.prototype &&
    !(held instanceof Actor)
  );
}
