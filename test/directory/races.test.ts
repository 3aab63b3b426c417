import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  contend,
  type Contender,
  contender,
  type Job,
  type Outcome,
} from '../support/contender.ts';
import { type Company, described, stage } from '../support/company.ts';
import { assertSound } from '../support/invariants.ts';

const here = stage();
let elsewhere: Contender;
beforeAll(async () => {
  elsewhere = await contender(here.url);
});
afterAll(() => elsewhere.end());

/**
 * Runs jobs at once, the first of them in another process, looking all the while at who is in
 * managed teams.
 */
async function race(
  company: Company,
  ...jobs: Omit<Job, 'tenantId' | 'providerId'>[]
): Promise<Outcome[]> {
  const [first, ...others] = jobs.map(job => ({
    ...job,
    tenantId: company.tenantId,
    providerId: company.providerId,
  }));
  const running = new AbortController();
  const all = Promise.all([
    elsewhere.contend(first!),
    ...others.map(job => contend(here.store, job)),
  ]).finally(() => running.abort());
  const seen = new Set<string>();
  while (!running.signal.aborted)
    for (const stranger of await strangers(company)) seen.add(stranger);
  const outcomes = await all;
  expect(outcomes.flatMap(({ faults }) => faults)).toEqual([]);
  expect([...seen]).toEqual([]);
  await assertSound(company.system);
  return outcomes;
}

async function strangers({ system, tenantId }: Company): Promise<string[]> {
  const { rows } = await sql<{ who: string }>`
    select m.user_name || ' in ' || t.name as who from memberships s join teams t
    on t.tenant_id = s.tenant_id and t.id = s.team_id join members m on m.tenant_id = s.tenant_id
    and m.id = s.member_id
    join identity_providers p on p.tenant_id = t.tenant_id and p.id = t.provider_id
    where s.tenant_id = ${tenantId} and p.provisioning <> 'OFF' and m.provider_id is distinct
    from t.provider_id`.execute(system.db);
  return rows.map(({ who }) => who);
}

async function crowd() {
  const company = await here.company();
  const names = ['Uma', 'Vic', 'Wil', 'Xia', 'Yan', 'Zoe'];
  const provisioned = [];
  for (const name of names)
    provisioned.push((await company.entra.members.provision(described(name), {})).id);
  const teams = [
    (await company.provisionedTeam('Sales')).id,
    (await company.provisionedTeam('Trade')).id,
  ];
  const manual = (
    await company.system.members.page({ where: { field: 'origin', op: 'eq', value: 'MANUAL' } })
  ).items
    .map(({ row }) => row)
    .filter(row => row.givenName !== 'Ada')
    .map(({ id }) => id);
  const roles = [company.roles.admin, company.roles.auditor, company.roles.member];
  return { company, names, provisioned, teams, manual, roles };
}

test('a switch that is turned all the time, a provider that writes, and people who write: never a stranger in a managed team', async () => {
  const { company, names, provisioned, teams, manual } = await crowd();
  const [, sync, hand] = await race(
    company,
    { work: 'toggle', rounds: 60, lanes: 1 },
    { work: 'sync', rounds: 40, members: provisioned, teams, names },
    { work: 'byHand', rounds: 60, members: manual, teams },
    { work: 'relink', rounds: 40, lanes: 1, members: provisioned },
  );
  expect(sync!.done).toBeGreaterThan(0);
  expect(sync!.refused['provisioning-off']).toBeGreaterThan(0);
  expect(hand!.refused['manual-member-in-provisioned-team']).toBeGreaterThan(0);
});

test('the same with the writers in the other process', async () => {
  const { company, names, provisioned, teams, manual } = await crowd();
  await race(
    company,
    { work: 'byHand', rounds: 60, members: manual, teams },
    { work: 'toggle', rounds: 60, lanes: 1 },
    { work: 'sync', rounds: 40, lanes: 1, members: provisioned, teams, names },
  );
});

test('locks against a sync that moves the same members: the stored role is always the decided one', async () => {
  const { company, provisioned, teams, roles } = await crowd();
  await company.owner.roles.setMappings([
    { teamId: teams[0]!, roleId: roles[0]! },
    { teamId: teams[1]!, roleId: roles[1]! },
    { pushedRole: 'Boss', roleId: roles[0]! },
  ]);
  await race(
    company,
    { work: 'lock', rounds: 80, members: provisioned, roles },
    { work: 'sync', rounds: 60, members: provisioned, teams, names: ['Uma', 'Vic'] },
  );
});

test('mappings and the default change while members come and go', async () => {
  const { company, manual, provisioned, roles } = await crowd();
  const teams = [];
  for (const name of ['One', 'Two', 'Three'])
    teams.push((await company.owner.teams.create({ name })).id);
  const members = [...manual, ...provisioned];
  const names = Array.from({ length: 30 }, (_, at) => `late-${at}`);
  await race(
    company,
    { work: 'mappings', rounds: 40, lanes: 1, teams, roles },
    { work: 'membership', rounds: 50, members, teams },
    { work: 'invite', rounds: 30, lanes: 1, names },
    { work: 'roleByHand', rounds: 40, lanes: 1, members: manual, roles },
  );
});

test('two writers on the same teams, and roles that come and go under them', async () => {
  const { company, manual, roles } = await crowd();
  const team = (await company.owner.teams.create({ name: 'One' })).id;
  await company.owner.roles.setMappings([{ teamId: team, roleId: roles[1]! }]);
  const job = { rounds: 60, members: manual, teams: [team], roles } as const;
  await race(
    company,
    { ...job, work: 'membership' },
    { ...job, work: 'membership' },
    { ...job, work: 'roleComesAndGoes', rounds: 15 },
    { ...job, work: 'roleByHand', rounds: 30 },
  );
});

test.each(['create', 'createTeam', 'invite'] as const)(
  'the same names made at once (%s): each exactly once',
  async work => {
    const { company } = await crowd();
    const names = Array.from({ length: 25 }, (_, at) => `same-${at}`);
    const outcomes = await race(company, { work, rounds: 25, names }, { work, rounds: 25, names });
    expect(outcomes.reduce((sum, { done }) => sum + done, 0)).toBe(25);
    expect(outcomes.flatMap(({ refused }) => Object.keys(refused))).toEqual(
      expect.arrayContaining([work === 'createTeam' ? 'name-taken' : 'user-name-taken']),
    );
  },
);

test('an invitation and a provider for the same address: one of them', async () => {
  const { company } = await crowd();
  const names = Array.from({ length: 30 }, (_, at) => `both-${at}`);
  const outcomes = await race(
    company,
    { work: 'create', rounds: 30, lanes: 1, names },
    { work: 'invite', rounds: 30, lanes: 1, names },
  );
  expect(outcomes.reduce((sum, { done }) => sum + done, 0)).toBe(30);
  const { rows } = await sql<{
    cases: number;
    mails: number;
  }>`select (select count(*) from conflict_cases where tenant_id = ${company.tenantId}) as cases,
    (select count(*) from outbox where tenant_id = ${company.tenantId}
    and payload ->> 'memberId' in (select id::text from members
    where tenant_id = ${company.tenantId} and user_name like 'both-%')) as mails`.execute(
    company.system.db,
  );
  expect(rows).toEqual([{ cases: outcomes[0]!.refused['held-by-hand'] ?? 0, mails: 30 }]);
});

test('two owners who leave from two processes never leave the tenant alone', async () => {
  const { company, manual } = await crowd();
  const ada = (await company.person('Ada')).id;
  await company.owner.members.setRole(manual[0]!, company.roles.owner);
  const job = {
    rounds: 30,
    members: [ada, manual[0]!],
    roles: [company.roles.owner, company.roles.member],
  };
  await race(company, { ...job, work: 'leave' }, { ...job, work: 'leave' });
});
