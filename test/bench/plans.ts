import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { type Database, openDatabase } from '../../src/database.ts';
import {
  Actor,
  Directory,
  createDemoCompany,
  type MemberCondition,
  PERMISSIONS,
} from '../../src/directory/index.ts';
import { migrate } from '../../src/migrate.ts';
import { type Connection, startEmbeddedPostgres } from '../../src/platform/index.ts';

const ACCESS = { tokenKeys: ['k'.repeat(40)] as [string] };

/**
 * How every list, filter and order fares in a large tenant: `node test/bench/plans.ts [part of a
 * name | settle]`. The verbs run as they do for a door; what they send is explained on their own
 * connection, as the application's role and under the tenant.
 */
const MEMBERS = 100_000;
const TEAMS = 2_000;
const MEMBERSHIPS = 300_000;
const ENTRIES = 500_000;
const SETTLED = 50_000;

const folder = mkdtempSync(path.join(os.tmpdir(), 'muster-plans-'));
chmodSync(folder, 0o755);
const server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'pg'), ephemeral: true });
try {
  const connection: Connection = {
    host: server.host,
    port: server.port,
    user: server.user,
    password: server.password,
    database: 'plans',
  };
  const admin = new pg.Client({ ...connection, database: 'postgres' } as pg.ClientConfig);
  await admin.connect();
  await admin.query('create database plans');
  await admin.end();
  await migrate(connection, ACCESS);
  const sent: Sent[] = [];
  const database = openDatabase({ connection, tokenKey: 'k'.repeat(40), poolMax: 4 });
  database.pool.on('connect', client => remember(client, sent));
  const owner = new pg.Client(connection as pg.ClientConfig);
  await owner.connect();
  const facts = await fill(database, owner);
  if (process.argv[2] !== 'settle') await readings(database, facts, sent, process.argv[2]);
  if (!process.argv[2] || process.argv[2] === 'settle') await settling(facts, sent);
  await owner.end();
  await database.close();
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

interface Sent {
  text: string;
  values: unknown[];
  ms: number;
}
interface Facts {
  system: Directory;
  entra: Directory;
  self: Directory;
  providerId: string;
  memberIds: string[];
  teamIds: string[];
  roleIds: string[];
  bigTeamId: string;
  auditorId: string;
  adminId: string;
}

async function fill(database: Database, owner: pg.Client): Promise<Facts> {
  const system = await createDemoCompany(database.store);
  const t = system.tenantId;
  const provider = (await system.identityProviders.all())[0]!;
  const roles = new Map((await system.roles.all()).map(role => [role.builtIn, role.id]));
  const id = (kind: number) =>
    `('019a0000-${kind}000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;
  const run = async (text: string) =>
    void (await owner.query(
      text.replaceAll('$T', `'${t}'::uuid`).replaceAll('$P', `'${provider.id}'::uuid`),
    ));
  await run(`insert into members (tenant_id, id, user_name, email, given_name, family_name,
    display_name, state, origin, origin_provider_id, provider_id, external_id, link_id, title,
    department, employee_number, manager_id, profile, pushed_roles, role_id, created_at, updated_at)
    select $T, ${id(1)}, 'user' || n || '@north.example', 'user' || n || '@north.example', 'Given'
    || n % 5000, 'Family' || n % 9000, 'Given' || n % 5000 || ' Family' || n % 9000,
      case when n % 50 = 0 then 'DISABLED' when n % 333 = 0 then 'DELETED' else 'ACTIVE' end, case
      when n % 10 = 0 then 'MANUAL' else 'SCIM' end,
      case when n % 10 = 0 then null else $P end, case when n % 10 = 0 then null else $P end, case
      when n % 10 = 0 then null else 'x' || n end, case when n % 10 = 0 then null
      else gen_random_uuid() end,
      'Title ' || n % 400, 'Department ' || n % 900, n::text, ('019a0000-1000-7000-8000-' ||
      lpad(to_hex(n / 10), 12, '0'))::uuid,
      jsonb_build_object('urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
      jsonb_build_object('costCenter', 'Cost center ' || n % 90)),
      case when n % 100 = 0 then array['Boss'] else '{}' end, '${roles.get('member')}', now() - n *
      interval '1 minute', now() - n * interval '30 seconds'
      from generate_series(1, ${MEMBERS}) n`);
  await run(`insert into teams (tenant_id, id, name, origin, origin_provider_id, provider_id,
    external_id, link_id, updated_at)
    select $T, ${id(2)}, 'Team number ' || n, case when n % 4 = 0 then 'MANUAL' else 'SCIM' end,
    case when n % 4 = 0 then null else $P end, case when n % 4 = 0 then null else $P end,
      case when n % 4 = 0 then null else 'g' || n end, case when n % 4 = 0 then null
      else gen_random_uuid() end, now() - n * interval '1 minute'
      from generate_series(1, ${TEAMS}) n`);
  await run(`insert into memberships (tenant_id, team_id, member_id, origin)
    select $T, ('019a0000-2000-7000-8000-' || lpad(to_hex(1 + n * 7 % (${TEAMS} - 1)), 12,
    '0'))::uuid, ('019a0000-1000-7000-8000-' || lpad(to_hex(1 + n * 13 % ${MEMBERS}), 12,
    '0'))::uuid, 'SCIM' from generate_series(1, ${MEMBERSHIPS - SETTLED}) n
    on conflict do nothing`);
  await run(
    `insert into memberships (tenant_id, team_id, member_id, origin) select $T, ('019a0000-2000-7000-8000-' || lpad(to_hex(${TEAMS}), 12, '0'))::uuid, ${id(1)}, 'MANUAL' from generate_series(1, ${SETTLED}) n`,
  );
  await run(`insert into audit_entries (tenant_id, id, at, action, outcome, actor, actor_id,
    subject_type, subject_id, subject_name, subject_handle, related_id, related_name, provider_id,
    changes, correlation_id)
    select $T, ('019' || lpad(to_hex(n), 5, '0') || '-0000-7000-8000-000000000000')::uuid, now() -
    (${ENTRIES} - n) * interval '10 seconds', (array['member.created', 'member.updated',
    'membership.added', 'member.disabled'])[1 + n % 4],
      case when n % 500 = 0 then 'FAILURE' else 'SUCCESS' end, jsonb_build_object('kind',
      'provider', 'name', 'Entra', 'providerId', $P), $P, 'Member', ('019a0000-1000-7000-8000-' ||
      lpad(to_hex(1 + n % ${MEMBERS}), 12, '0'))::uuid,
      'Somebody', 'user' || 1 + n % ${MEMBERS} || '@north.example', case when n % 4 = 2
      then ('019a0000-2000-7000-8000-' || lpad(to_hex(1 + n % ${TEAMS}), 12, '0'))::uuid end, null,
      $P, '[{"name":"title"}]', 'c' || n / 3 from generate_series(1, ${ENTRIES}) n`);
  await run(`insert into scim_exchanges (tenant_id, id, provider_id, method, path, status, at,
    duration_ms, explanation, changed, search_text)
    select $T, uuidv7(), $P, 'GET', '/Users', 200, now(), 3, 'Nothing changed.', n % 5 = 0,
    '/users user' || n from generate_series(1, 50000) n`);
  await owner.query('vacuum (analyze)');
  const numbered = (kind: number, n: number) =>
    `019a0000-${kind}000-7000-8000-${n.toString(16).padStart(12, '0')}`;
  const call = { correlationId: 'plans' };
  const entra = new Directory(
    database.store,
    new Actor({
      tenantId: t,
      record: { kind: 'provider', name: provider.name, providerId: provider.id },
      permissions: ['SCIM_INTEGRATE'],
    }),
    call,
  );
  const self = new Directory(
    database.store,
    new Actor({
      tenantId: t,
      record: { kind: 'member', name: 'one', memberId: numbered(1, 777) },
      permissions: [],
    }),
    call,
  );
  return {
    system: new Directory(
      database.store,
      new Actor({
        tenantId: t,
        record: { kind: 'system', name: 'plans' },
        permissions: PERMISSIONS,
      }),
      call,
    ),
    entra,
    self,
    providerId: provider.id,
    memberIds: [1, 777, 9_001, 50_001, 99_999].map(n => numbered(1, n)),
    teamIds: [1, 400, 1_999].map(n => numbered(2, n)),
    roleIds: [...roles.values()],
    bigTeamId: numbered(2, TEAMS),
    auditorId: roles.get('auditor')!,
    adminId: roles.get('admin')!,
  };
}

/** Every way in which the contract asks for members, teams, the log and what hangs on them. */
function asked({
  system,
  entra,
  self,
  providerId,
  memberIds,
  teamIds,
  roleIds,
  bigTeamId,
}: Facts): [string, () => Promise<unknown>][] {
  const first = { first: 50 } as const;
  const deep = async (
    directory: Directory,
    by: 'displayName' | 'department' | 'role' | 'state' | 'givenName',
    direction: 'asc' | 'desc',
  ) => {
    const {
      items: [row],
    } = await directory.members.page({
      where: { field: 'userName', op: 'eq', value: 'user50001@north.example' },
      orderBy: [{ by, direction }],
      first: 1,
    });
    return () =>
      directory.members.page({ ...first, orderBy: [{ by, direction }], after: row!.cursor });
  };
  const costCenter = {
    extension: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    attribute: 'costCenter',
  };
  const member =
    (where: MemberCondition, directory = system) =>
    () =>
      directory.members.page({ ...first, where });
  return [
    ['members', () => system.members.page(first)],
    [
      'members, newest first',
      () => system.members.page({ ...first, orderBy: [{ by: 'createdAt', direction: 'desc' }] }),
    ],
    ...(
      [
        'updatedAt',
        'displayName',
        'userName',
        'email',
        'givenName',
        'familyName',
        'externalId',
        'title',
        'department',
        'employeeNumber',
        'state',
        'role',
      ] as const
    ).flatMap(by =>
      (['asc', 'desc'] as const).map(
        direction =>
          [
            `members by ${by} ${direction}`,
            () => system.members.page({ ...first, orderBy: [{ by, direction }] }),
          ] as [string, () => Promise<unknown>],
      ),
    ),
    ...(['displayName', 'department', 'role', 'state', 'givenName'] as const).map(
      by =>
        [`members by ${by}, from the middle`, async () => (await deep(system, by, 'asc'))()] as [
          string,
          () => Promise<unknown>,
        ],
    ),
    [
      'members by cost center',
      () => system.members.page({ ...first, orderBy: [{ by: costCenter as never }] }),
    ],
    ['members, backwards', () => system.members.page({ last: 50 })],
    ['members, skip 40,000', () => system.members.page({ ...first, skip: 40_000 })],
    ['members counted', () => system.members.count()],
    ...(
      ['userName', 'email', 'displayName', 'givenName', 'familyName', 'externalId'] as const
    ).flatMap(field =>
      (['eq', 'startsWith', 'contains', 'endsWith', 'in', 'gt', 'present'] as const).map(
        op =>
          [
            `members where ${field} ${op}`,
            member({
              field,
              op,
              value:
                op === 'in'
                  ? ['user77@north.example', 'x77']
                  : op === 'contains' || op === 'endsWith'
                    ? '7777@north'
                    : field === 'externalId'
                      ? 'x7777'
                      : field.endsWith('Name') && field !== 'userName'
                        ? 'Given77'
                        : 'user7777@north.example',
            }),
          ] as [string, () => Promise<unknown>],
      ),
    ),
    ...(['title', 'department', 'employeeNumber'] as const).flatMap(field =>
      (['eq', 'ne', 'in', 'startsWith', 'contains'] as const).map(
        op =>
          [
            `members where ${field} ${op}`,
            member({
              field,
              op,
              value:
                op === 'in'
                  ? ['title 77', 'department 77', '7777']
                  : { title: 'TITLE 77', department: 'DEPARTMENT 77', employeeNumber: '7777' }[
                      field
                    ],
            }),
          ] as [string, () => Promise<unknown>],
      ),
    ),
    ['members where managerId', member({ field: 'managerId', op: 'in', value: memberIds })],
    [
      'members where managerId, counted',
      () => system.members.count({ field: 'managerId', op: 'eq', value: memberIds[1]! }),
    ],
    ['members where state = DISABLED', member({ field: 'state', op: 'eq', value: 'DISABLED' })],
    ['members where state = DELETED', member({ field: 'state', op: 'eq', value: 'DELETED' })],
    [
      'members where state = INVITED (none)',
      member({ field: 'state', op: 'eq', value: 'INVITED' }),
    ],
    ['members where origin = MANUAL', member({ field: 'origin', op: 'eq', value: 'MANUAL' })],
    ['members where origin = JIT (none)', member({ field: 'origin', op: 'eq', value: 'JIT' })],
    ['members where provider', member({ field: 'providerId', op: 'eq', value: providerId })],
    ['members where role', member({ field: 'roleId', op: 'eq', value: roleIds[2]! })],
    [
      'members where role, counted',
      () => system.members.count({ field: 'roleId', op: 'eq', value: roleIds[3]! }),
    ],
    ['members where team', member({ field: 'teamId', op: 'eq', value: teamIds[0]! })],
    ['members where team of 50,000', member({ field: 'teamId', op: 'eq', value: bigTeamId })],
    ['members where locked (none)', member({ field: 'roleLocked', op: 'eq', value: true })],
    ['members where managed', member({ field: 'managed', op: 'eq', value: true })],
    ['members where not managed', member({ field: 'managed', op: 'eq', value: false })],
    [
      'members where updated since',
      member({ field: 'updatedAt', op: 'gt', value: new Date(Date.now() - 3_600_000) }),
    ],
    [
      'members where created before',
      member({ field: 'createdAt', op: 'lt', value: new Date(Date.now() - 60_000_000) }),
    ],
    ['members where text', member({ field: 'query', op: 'contains', value: 'given77 family8' })],
    ['members where text (everybody)', member({ field: 'query', op: 'contains', value: 'north' })],
    ['members where text (two letters)', member({ field: 'query', op: 'contains', value: 'gi' })],
    ['members where text (nobody)', member({ field: 'query', op: 'contains', value: 'zzzzz' })],
    [
      'members where name or address',
      member({
        or: [
          { field: 'userName', op: 'eq', value: 'user5@north.example' },
          { field: 'email', op: 'eq', value: 'user6@north.example' },
        ],
      }),
    ],
    ['member by user name', () => system.members.byHandle({ userName: 'USER5@north.example' })],
    ['member by address', () => system.members.byHandle({ email: 'USER5@north.example' })],
    ['member by external id', () => system.members.byHandle({ externalId: 'x55' })],
    ['members by ids', () => system.members.byIds(memberIds)],
    ['provider: members', () => entra.members.page(first)],
    ['provider: members counted', () => entra.members.count()],
    ['provider: members, skip 40,000', () => entra.members.page({ ...first, skip: 40_000 })],
    [
      'provider: where userName eq',
      member({ field: 'userName', op: 'eq', value: 'user7777@north.example' }, entra),
    ],
    [
      'provider: where externalId eq',
      member({ field: 'externalId', op: 'eq', value: 'x7777' }, entra),
    ],
    [
      'provider: where email eq',
      member({ field: 'email', op: 'eq', value: 'user7777@north.example' }, entra),
    ],
    [
      'provider: where employeeNumber eq',
      member({ field: 'employeeNumber', op: 'eq', value: '7777' }, entra),
    ],
    [
      'provider: where managerId eq',
      member({ field: 'managerId', op: 'eq', value: memberIds[1]! }, entra),
    ],
    ['provider: teams', () => entra.teams.page(first)],
    [
      'provider: team by name',
      () => entra.teams.page({ where: { field: 'name', op: 'eq', value: 'Team number 77' } }),
    ],
    ['one member: members', () => self.members.byIds(memberIds)],
    ['one member: teams', () => self.teams.byIds(teamIds)],
    ['teams', () => system.teams.page(first)],
    ...(['name', 'updatedAt', 'externalId', 'memberCount'] as const).map(
      by =>
        [
          `teams by ${by}`,
          () => system.teams.page({ ...first, orderBy: [{ by, direction: 'desc' }] }),
        ] as [string, () => Promise<unknown>],
    ),
    ...(['eq', 'startsWith', 'contains'] as const).map(
      op =>
        [
          `teams where name ${op}`,
          () =>
            system.teams.page({ ...first, where: { field: 'name', op, value: 'team number 77' } }),
        ] as [string, () => Promise<unknown>],
    ),
    [
      'teams where member',
      () =>
        system.teams.page({
          ...first,
          where: { field: 'memberId', op: 'eq', value: memberIds[1]! },
        }),
    ],
    ['teams counted', () => system.teams.count()],
    [
      'teams that one may join',
      () => system.teams.joinable({ memberId: memberIds[1], query: 'number' }),
    ],
    ['teams of 5 members', () => system.members.memberships(memberIds)],
    ['members of 3 teams', () => system.teams.memberships(teamIds)],
    ['members of a team of 50,000', () => system.teams.memberships([bigTeamId])],
    ['members of a team of 50,000, counted', () => system.teams.countMembers([bigTeamId])],
    ['provider: members of a team', () => entra.teams.memberships([teamIds[0]!], { first: 500 })],
    ['holders of roles', () => system.roles.countHolders(roleIds)],
    ['roles explained', () => system.roles.explain(memberIds)],
    ['log', () => system.audit.page({}, first)],
    ['log of a subject', () => system.audit.page({ subjectId: [memberIds[1]!] }, first)],
    ['log of a team', () => system.audit.page({ subjectId: [teamIds[0]!] }, first)],
    ['log by actor', () => system.audit.page({ actorId: [providerId] }, first)],
    ['log by provider', () => system.audit.page({ providerId: [providerId] }, first)],
    ['log by action', () => system.audit.page({ action: ['member.disabled'] }, first)],
    ['log by action (rare)', () => system.audit.page({ action: ['tenant.created'] }, first)],
    ['log of failures', () => system.audit.page({ outcome: ['FAILURE'] }, first)],
    ['log of skipped (none)', () => system.audit.page({ outcome: ['SKIPPED'] }, first)],
    ['log by correlation', () => system.audit.page({ correlationId: 'c7777' }, first)],
    [
      'log of a day',
      () => system.audit.page({ at: { gte: new Date(Date.now() - 86_400_000) } }, first),
    ],
    [
      'log by action and subject',
      () => system.audit.page({ action: ['member.updated'], subjectId: [memberIds[1]!] }, first),
    ],
    ['log counted', () => system.audit.count()],
    ['history of 5 members', () => system.audit.historyOf(memberIds)],
    ['last writers of 5 members', () => system.audit.lastWriters(memberIds)],
    ['report', () => system.audit.report({}, first)],
    ['report by user', () => system.audit.report({ endUser: 'user777@north.example' }, first)],
    [
      'report by application',
      () => system.audit.report({ application: 'Microsoft Entra ID' }, first),
    ],
    [
      'report by user, application, time',
      () =>
        system.audit.report(
          { endUser: 'x777', application: 'Microsoft Entra ID', timespan: { gte: new Date(0) } },
          first,
        ),
    ],
    ['exchanges', () => system.exchanges.page(providerId, {}, first)],
    ['exchanges with a text', () => system.exchanges.page(providerId, { query: 'user49' }, first)],
    ['activity of a provider', () => system.identityProviders.activity([providerId])],
  ];
}

async function readings(
  database: Database,
  facts: Facts,
  sent: Sent[],
  only: string | undefined,
): Promise<void> {
  const client = await database.pool.connect();
  await client.query(`select set_config('app.tenant', $1, false)`, [
    database.store.proofOf(facts.system.tenantId),
  ]);
  console.log(
    `${'verb'.padEnd(44)} ${'ms'.padStart(8)} ${'rows'.padStart(6)} ${'buffers'.padStart(8)}  scans`,
  );
  for (const [name, ask] of asked(facts)) {
    if (only && !name.includes(only)) continue;
    await ask();
    sent.length = 0;
    const start = performance.now();
    await ask();
    const ms = performance.now() - start;
    const scans = new Set<string>();
    let buffers = 0;
    let rows = 0;
    for (const { text, values } of sent
      .filter(each => /^\s*(select|with)\b/i.test(each.text) && !each.text.includes('set_config'))
      .slice()) {
      const explained = await client.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
        `explain (analyze, buffers, format json) ${text}`,
        values,
      );
      const plan = explained.rows[0]!['QUERY PLAN'][0].Plan;
      buffers += (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
      rows += plan['Actual Rows'] * plan['Actual Loops'];
      walk(plan, scans);
    }
    console.log(
      `${ms > 50 ? '!' : ' '}${name.padEnd(43)} ${ms.toFixed(1).padStart(8)} ${String(Math.round(rows)).padStart(6)} ${String(buffers).padStart(8)}  ${[...scans].join(', ')}`,
    );
  }
  client.release(true);
}

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Function Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Shared Hit Blocks'?: number;
  'Shared Read Blocks'?: number;
  'Plans'?: Node[];
}

function walk(node: Node, scans: Set<string>): void {
  const removed = (node['Rows Removed by Filter'] ?? 0) * node['Actual Loops'];
  const lost = removed > 1_000 ? ` (-${removed})` : '';
  if (node['Node Type'] === 'Seq Scan') scans.add(`SEQ ${node['Relation Name']}${lost}`);
  else if (node['Index Name']) scans.add(`${node['Index Name']}${lost}`);
  if (node['Node Type'].includes('Sort') && node['Actual Rows'] * node['Actual Loops'] >= 50)
    scans.add('sort');
  node.Plans?.forEach(child => walk(child, scans));
}

/** One mapping changes the role of fifty thousand. */
async function settling(
  { system, bigTeamId, auditorId, adminId, entra, memberIds, teamIds }: Facts,
  sent: Sent[],
): Promise<void> {
  const timed = async (name: string, work: () => Promise<unknown>) => {
    sent.length = 0;
    const start = performance.now();
    await work();
    console.log(
      `${name}: ${sent.length} statements, ${((performance.now() - start) / 1_000).toFixed(2)} s, ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
    );
    const byText = [
      ...Map.groupBy(sent, ({ text }) => text.replace(/\s+/g, ' ').trim().slice(0, 70)),
    ].map(([text, all]) => ({
      text,
      times: all.length,
      ms: all.reduce((sum, { ms }) => sum + ms, 0),
    }));
    for (const { text, times, ms } of byText.toSorted((a, b) => b.ms - a.ms).slice(0, 6))
      if (ms > 100)
        console.log(`    ${ms.toFixed(0).padStart(6)} ms ${String(times).padStart(4)}x ${text}`);
  };
  await timed('a mapping for a team of 50,000', () =>
    system.roles.setMappings([{ teamId: bigTeamId, roleId: auditorId }]),
  );
  await timed('another role for it', () =>
    system.roles.setMappings([{ teamId: bigTeamId, roleId: adminId }]),
  );
  await timed('another default for the others', () => system.tenants.setDefaultRole(auditorId));
  await timed('a plan of taking the mapping away', () =>
    system.plan(() => system.roles.setMappings([])),
  );
  await timed('one member joins the team of 50,000', () =>
    system.teams.admit(bigTeamId, [memberIds[4]!]),
  );
  await timed('one member leaves it', () => system.teams.expel(bigTeamId, [memberIds[4]!]));
  await timed('a provider replaces a list of 125', () =>
    entra.teams.apply(teamIds[0]!, [{ kind: 'replace', memberIds: [memberIds[0]!] }]),
  );
  await timed('provisioning OFF', () =>
    system.identityProviders.update(entra.asProvider!, { provisioning: 'OFF' }),
  );
  await timed('provisioning ON with 5,000 strangers to evict', () =>
    system.identityProviders.update(entra.asProvider!, {
      provisioning: 'ON',
      evictManualMembers: true,
    }),
  );
  await timed('90,000 links dropped', () => system.identityProviders.replace(entra.asProvider!));
}

function remember(client: pg.PoolClient, sent: Sent[]): void {
  const query = client.query.bind(client) as (...given: unknown[]) => Promise<unknown>;
  Object.assign(client, {
    query: (...given: unknown[]) => {
      const asking = given[0] as { text?: string; values?: unknown[] };
      const answer = query(...given);
      if (asking.text !== undefined) {
        const statement: Sent = { text: asking.text, values: asking.values ?? [], ms: 0 };
        const start = performance.now();
        sent.push(statement);
        void answer.then(
          () => {
            statement.ms = performance.now() - start;
          },
          () => {},
        );
      }
      return answer;
    },
  });
}
