import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addMembers, addMemberships, addTeams } from '../support/crowd.ts';
import { type House, openHouse, type Person, type Provider } from '../support/people.ts';
import type { Wire } from '../support/person.ts';

/**
 * Rule 29: whatever one operation answers is true together, and what went away meanwhile is never
 * an error.
 */
let house: House;
let elsewhere: House;
let outside: pg.Client;
beforeAll(async () => {
  house = await openHouse();
  elsewhere = await openHouse({ beside: house });
  outside = new pg.Client({ connectionString: house.databaseUrl });
  await outside.connect();
});
afterAll(async () => {
  await outside.end();
  await elsewhere.close({ owed: 'anything' });
  await house.close({ owed: 'anything' });
});

const EVERYTHING = `{ tenant { roles { id name memberCount }
  members(first: 30) { totalCount nodes { id role { id } roleExplanation { role { id } candidates {
  role { id } team { id } } }
    teams(first: 10) { totalCount nodes { team { id } } } } }
  teams(first: 20) { totalCount nodes { id mappedRole { role { id } } members(first: 30) {
  totalCount nodes { member { id role { id } } } } } } } }`;

/** A machine that has too much to do says so, and that is no wrong answer. */
const AWAY = /is not available at the moment/;

/** Again and again until told to stop; tells how often. */
async function keepOn(until: AbortSignal, work: (at: number) => Promise<void>): Promise<number> {
  let times = 0;
  while (!until.aborted)
    await work(times++).catch((fault: Error) => {
      if (!AWAY.test(fault.message)) throw fault;
    });
  return times;
}

/** What contradicts itself in one answer. */
function contradictions({ tenant }: Wire): string[] {
  const roles = new Map<string, Wire>(tenant.roles.map((role: Wire) => [role.id, role]));
  const members: Wire[] = tenant.members.nodes;
  const teams: Wire[] = tenant.teams.nodes;
  const pairsOfMembers = members.flatMap(({ id, teams: of }) =>
    of.nodes.map(({ team }: Wire) => `${team.id} ${id}`),
  );
  const pairsOfTeams = teams.flatMap(({ id, members: of }) =>
    of.nodes.map(({ member }: Wire) => `${id} ${member.id}`),
  );
  return [
    ...[
      tenant.members,
      tenant.teams,
      ...members.map(each => each.teams),
      ...teams.map(each => each.members),
    ]
      .filter(list => list.totalCount !== list.nodes.length)
      .map(list => `${list.totalCount} are ${list.nodes.length}`),
    ...members.filter(({ role }) => !roles.has(role.id)).map(({ role }) => `no role ${role.id}`),
    ...members
      .filter(({ role, roleExplanation }) => roleExplanation.role.id !== role.id)
      .map(({ id }) => `${id} is explained otherwise`),
    ...teams
      .filter(({ mappedRole }) => mappedRole && !roles.has(mappedRole.role.id))
      .map(({ id }) => `${id} is mapped to no role`),
    ...[...roles.values()]
      .filter(
        ({ id, memberCount }) =>
          memberCount !== members.filter(({ role }) => role.id === id).length,
      )
      .map(({ name, memberCount }) => `${memberCount} hold ${name}`),
    ...pairsOfMembers.filter(pair => !pairsOfTeams.includes(pair)),
    ...pairsOfTeams.filter(pair => !pairsOfMembers.includes(pair)),
  ];
}

test('while teams, roles and members come and go, every query answers without an error and without a contradiction', async () => {
  const entra = await house.provider({ name: 'Entra' });
  const running = new AbortController();
  const people: string[] = [];
  for (const name of ['Una Um', 'Vic Va', 'Wil Wo']) people.push((await house.made({ name })).id);
  // Several people: each has a budget of their own.
  const readers: Person[] = [];
  while (readers.length < 8) readers.push(await house.person({ role: 'auditor' }));
  const writers = [
    teamsComeAndGo(house.owner, people, running.signal),
    rolesComeAndGo(house.owner.at(elsewhere), people, running.signal),
    usersComeAndGo(entra, running.signal),
  ];
  const wrong = new Set<string>();
  let answered = 0;
  const read = async (reader: Person, times: number): Promise<void> => {
    for (let at = 0; at < times; at++) {
      const { data, errors } = await reader.graphql(EVERYTHING);
      for (const { message } of errors ?? []) if (!AWAY.test(message)) wrong.add(message);
      if (!data || errors) continue;
      answered++;
      for (const each of contradictions(data)) wrong.add(each);
    }
  };
  await Promise.all(
    readers.map((reader, at) => read(at % 2 ? reader : reader.at(elsewhere), 25)),
  ).finally(() => running.abort());
  const done = await Promise.all(writers);
  expect([...wrong]).toEqual([]);
  expect(answered).toBeGreaterThan(100);
  for (const times of done) expect(times).toBeGreaterThan(3);
}, 180_000);

async function teamsComeAndGo(
  owner: Person,
  people: string[],
  until: AbortSignal,
): Promise<number> {
  return keepOn(until, async times => {
    const { team } = await owner.does(
      'teamCreate',
      { name: `Team ${times}`, memberIds: people },
      'team { id members { totalCount nodes { member { role { name } } } } }',
    );
    await owner.does(
      'teamRemoveMembers',
      { id: team.id, memberIds: people.slice(0, 1) },
      'team { id }',
    );
    await owner.does('teamDelete', { id: team.id }, 'team { id }');
  });
}

async function rolesComeAndGo(
  owner: Person,
  people: string[],
  until: AbortSignal,
): Promise<number> {
  const { tenant } = await owner.ask('{ tenant { defaultRole { id } } }');
  const { id: plain } = tenant.defaultRole;
  return keepOn(until, async times => {
    const { role } = await owner.does(
      'roleCreate',
      { name: `Role ${times}`, permissions: ['DIRECTORY_READ'], rank: 50 },
      'role { id }',
    );
    for (const id of people)
      await owner.does('memberSetRole', { id, roleId: role.id }, 'member { id role { name } }');
    await owner.does('roleDelete', { id: role.id, replacementId: plain }, 'role { id }');
  });
}

async function usersComeAndGo(entra: Provider, until: AbortSignal): Promise<number> {
  return keepOn(until, async times => {
    const id = await entra.user(`come${times}@crew.example`);
    const group = await entra.group(`Group ${times}`, [id]);
    await entra.scim('DELETE', `/Users/${id}`);
    await entra.scim('DELETE', `/Groups/${group}`);
  });
}

test('a query that was half answered goes on in the moment in which it began', async () => {
  const [leaver] = (await addMembers(house.tenant, 1, () => ({ display_name: 'Leaver' }))) as [
    string,
  ];
  const [team] = (await addTeams(house.tenant, 1, () => ({ name: 'Left' }))) as [string];
  await addMemberships(house.tenant, [[team, leaver]]);
  // Lists of teams wait; the list of members has been read by then.
  await outside.query('begin; lock table memberships in access exclusive mode');
  const asking = house.owner.ask(
    '{ tenant { members(first: 200, filter: { query: "Leaver" }) { nodes { displayName teams { totalCount nodes { team { name } } } } } } }',
  );
  await isWaitingFor('memberships');
  await outside.query('delete from memberships where member_id = $1', [leaver]);
  await outside.query(`update members set state = 'DELETED', deleted_at = now() where id = $1`, [
    leaver,
  ]);
  await outside.query('delete from teams where id = $1', [team]);
  await outside.query('commit');
  expect((await asking)['tenant'].members.nodes).toEqual([
    { displayName: 'Leaver', teams: { totalCount: 1, nodes: [{ team: { name: 'Left' } }] } },
  ]);
  const { tenant } = await house.owner.ask(
    '{ tenant { members(filter: { query: "Leaver" }) { nodes { id } } } }',
  );
  expect(tenant.members.nodes).toEqual([]);
});

async function isWaitingFor(table: string): Promise<void> {
  for (let waiting = false; !waiting;) {
    const { rows } = await outside.query<{ waiting: boolean }>(
      'select exists (select from pg_locks where relation = $1::regclass and not granted) as waiting',
      [table],
    );
    waiting = rows[0]!.waiting;
  }
}

test('what a mutation answers is told from after its change, each for itself', async () => {
  const { data, errors } = await house.owner.graphql(`mutation {
    a: teamCreate(input: { name: "First of two" }) { team { id tenant { teams(filter: { name: {
    contains: "of two" } }) { totalCount nodes { name } } } } }
    b: teamCreate(input: { name: "Second of two" }) { team { id tenant { teams(filter: { name: {
    contains: "of two" } }) { totalCount } } } } }`);
  expect(errors).toBeUndefined();
  expect([
    data!['a'].team.tenant.teams.totalCount,
    data!['b'].team.tenant.teams.totalCount,
  ]).toEqual([1, 2]);
});

test('what would be is not told as what is by the fields beside it', async () => {
  const { tenant: before } = await house.owner.ask(
    '{ tenant { defaultRole { id } roles { id name } } }',
  );
  const other = before.roles.find(({ name }: Wire) => name === 'Auditor');
  for (let at = 0; at < 5; at++) {
    const { whatIf, tenant } = await house.owner.ask(
      'query ($input: WhatIfInput!) { whatIf(input: $input) { digest } tenant { defaultRole { id } members { nodes { role { id } } } again: defaultRole { name } } }',
      { input: { defaultRoleId: other.id } },
    );
    expect(whatIf.digest).not.toBe('');
    expect(tenant.defaultRole).toEqual(before.defaultRole);
  }
});

test('many who hold a moment, and ask for what is written beside it, do not wait for each other', async () => {
  const question =
    '{ tenant { members { totalCount nodes { role { name } } } tokens { lastUsedAt } identityProviders { nodes { health { status } requests { nodes { id } } } } } }';
  const answers = await Promise.all(
    Array.from({ length: 16 }, () => house.owner.graphql(question)),
  );
  expect(answers.filter(({ status, errors }) => status !== 200 || errors)).toEqual([]);
});

test('no connection stays behind: not after answers, errors, nor for callers who went away', async () => {
  const leaving = new AbortController();
  const gone = house.owner.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: EVERYTHING }),
    signal: leaving.signal,
  });
  leaving.abort();
  await expect(gone).rejects.toThrow(/abort/i);
  await Promise.all(
    [
      EVERYTHING,
      '{ nonsense }',
      '{ tenant { members(first: 5000) { nodes { id } } } }',
      '{ node(id: "x") { id } }',
    ].map(question => house.owner.graphql(question)),
  );
  const held = async () =>
    (
      await outside.query<{ held: number }>(
        `select count(*)::int as held from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%'`,
      )
    ).rows[0]!.held;
  while ((await held()) > 0);
  expect(await held()).toBe(0);
});
