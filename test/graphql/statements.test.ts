import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMembers, addMemberships, addTeams } from '../support/crowd.ts';
import { type House, openHouse } from '../support/people.ts';

let house: House;
let grown = false;

beforeAll(async () => {
  house = await openHouse({ plans: 'off' }); // what execution costs, where a query has no plan
});
afterAll(() => house.close({ owed: 'anything' }));

/**
 * What a question costs, without what every request costs and what the service does beside them.
 */
async function statementsOf(question: string): Promise<string[]> {
  const statements = await house.statementsOf(() => house.owner.ask(question));
  return statements.filter(
    text => !/set_config|outbox|c\.digest|credential_uses \(|scim_exchanges \(/.test(text),
  );
}

/** Grows the company: so many people, and so many teams with everybody in each. */
async function grow(people: number, teams: number): Promise<void> {
  const memberIds = await addMembers(house.tenant, people, () => ({}));
  const teamIds = await addTeams(house.tenant, teams);
  await addMemberships(
    house.tenant,
    teamIds.flatMap(team => memberIds.map(member => [team, member] as const)),
  );
}

const questions: Record<string, string> = {
  "members, their teams, those teams' members and their roles": `{ tenant { members(first: 100) {
    nodes { displayName teams(first: 100) { nodes { team { name
    members(first: 100) { nodes { member { displayName role { name } } } } } } } } } } }`,
  'members with everything that hangs on them': `{ tenant { members(first: 100) { totalCount edges {
    cursor node { id tenant { name } email version editableFields purgeAt
    provenance { origin managed detached identityProvider { name } } role { name rank memberCount }
    roleLock { reason lockedBy { __typename } }
    roleExplanation { summary decidedBy candidates { rule role { name } team { name } lostBecause }
    withoutLock { name } }
    links { externalId identityProvider { name } drift { name } } onboarding { state sentCount }
    attributes { name value owner writtenBy { __typename } request { id } }
    teams(first: 5, filter: { name: { contains: "team" } }) { totalCount nodes { origin since team {
    name } } }
    history(first: 5) { totalCount nodes { action actor { ...
    on Member { displayName } } subject { id } } } } } } } }`,
  'teams with their members and mapped roles': `{ tenant { teams(first: 100, orderBy: [{ field:
    MEMBER_COUNT, direction: DESC }]) { totalCount nodes { name version mappedRole { role { name } }
    provenance { managed } members(first: 3, filter: { state: [ACTIVE] }) { totalCount pageInfo {
    hasNextPage } nodes { member { role { name } } } } } } } }`,
  'the log, who did it and to whom':
    '{ tenant { auditLog(first: 100) { nodes { action actor { ... on Member { role { name } } } subject { id ... on Member { displayName } ... on Team { name } } request { id } } } } }',
  'roles, mappings, tokens and providers': `{ tenant { roles { name memberCount } roleMappings {
    role { name } team { name } } tokens { name lastUsedAt } attention { message }
    identityProviders { nodes { name scimUrl signIn { loginUrl } credentials { lastFour } health {
    status summary failures24h } conflicts { totalCount nodes { kind candidates { id } } } } } } }`,
};

describe('costs as many statements for many rows as for few:', () => {
  const before = new Map<string, string[]>();

  test.each(Object.entries(questions))('first, %s', async (name, question) => {
    if (before.size === 0) await grow(2, 2);
    before.set(name, await statementsOf(question));
    expect(before.get(name)?.length).toBeGreaterThan(0);
  });

  test.each(Object.entries(questions))('then, %s', async (name, question) => {
    if (!grown) await grow(120, 12);
    grown = true;
    const statements = await statementsOf(question);
    expect(statements.length, statements.join('\n')).toBe(before.get(name)?.length);
  });
});

test('a page is not counted unless the count is asked for, nor read unless something of it is', async () => {
  const counts = (statements: string[]) =>
    statements.filter(text => /select count\(\*\) from members/.test(text)).length;
  expect(
    counts(
      await statementsOf(
        '{ tenant { members(first: 1) { nodes { id } pageInfo { hasNextPage } } } }',
      ),
    ),
  ).toBe(0);
  const counting = await statementsOf('{ tenant { members { totalCount } } }');
  expect(counts(counting)).toBe(1);
  expect(counting.filter(text => text.includes('display_name'))).toEqual([]);
});

test('a hundred ids of any kind are found in a handful of statements', async () => {
  const { tenant } = await house.owner.ask(
    '{ tenant { id members(first: 60) { nodes { id } } teams(first: 30) { nodes { id } } roles { id } } }',
  );
  const ids = [
    tenant.id,
    ...[...tenant.members.nodes, ...tenant.teams.nodes, ...tenant.roles].map(
      ({ id }: { id: string }) => id,
    ),
  ];
  const statements = await house.statementsOf(async () => {
    const { nodes } = await house.owner.ask(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }',
      { ids },
    );
    expect(nodes.map(({ id }: { id: string }) => id)).toEqual(ids);
  });
  expect(statements.length).toBeLessThan(12);
});
