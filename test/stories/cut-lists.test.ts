import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AUDIENCE, type Issuer, openIssuer } from '../support/issuer.ts';
import { type House, openHouse, type Provider } from '../support/people.ts';
import { type Body, CORE, patch, scim } from './outside.ts';

/** A list that shows only some says how many there are. */
const PEOPLE = 130;
let issuer: Issuer;
let house: House;
let entra: Provider;
let people: { id: string; email: string }[];
beforeAll(async () => {
  issuer = await openIssuer(['subject-5', 'subject-25']);
  house = await openHouse({
    environment: {
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: AUDIENCE,
      OIDC_MEMBER_CLAIM: 'login',
    },
  });
  entra = await house.provider({ name: 'Entra' });
  people = [];
  for (let number = 0; number < PEOPLE; number++)
    people.push(await house.made({ name: `Hand ${number}` }));
});
afterAll(async () => {
  await house.close({ owed: 'anything' });
  issuer.close();
});

const turn = (provisioning: string) =>
  house.owner.does('identityProviderUpdate', { id: entra.id, provisioning }, 'secretToken');

test('the members made by hand that keep a provider off', async () => {
  const team = await entra.group('Sales');
  await turn('OFF');
  const { userErrors: none } = await house.owner.does('teamAddMembers', {
    id: team,
    memberIds: people.map(({ id }) => id),
  });
  expect(none).toEqual([]);
  const { userErrors } = await turn('ON');
  expect(userErrors).toHaveLength(100);
  for (const { message } of userErrors)
    expect(message).toMatch(/ and 110 more\. The first 100 of 130 are named here\.$/);
  const { userErrors: still, secretToken } = (await house.owner.does(
    'identityProviderUpdate',
    { id: entra.id, provisioning: 'ON', evictManualMembers: true },
    'secretToken',
  )) as Body;
  expect(still).toEqual([]);
  entra.secret = secretToken as string;
});

test('members that do not exist', async () => {
  const { team } = await house.owner.does('teamCreate', { name: 'Chess' }, 'team { id }');
  const memberIds = Array.from({ length: 12 }, () => randomUUID());
  const { userErrors } = await house.owner.does('teamAddMembers', { id: team.id, memberIds });
  expect(userErrors).toHaveLength(12);
  expect(userErrors[0]?.message).toBe(
    `No such member: ${memberIds.slice(0, 10).join(', ')} and 2 more.`,
  );
});

test('the members that a provider may not put into its group, in the log', async () => {
  const group = await entra.group('Marketing');
  const [status] = await patch(entra, `/Groups/${group}`, {
    op: 'add',
    path: 'members',
    value: people.slice(0, 25).map(({ id }) => ({ value: id })),
  });
  expect(status).toBe(400);
  const { provisioningReport } = await house.owner.ask(
    '{ provisioningReport(filter: { outcome: [FAILURE], timespan: {} }) { nodes { message audit { subjectName } } } }',
  );
  const told = (provisioningReport.nodes as Body[]).filter(
    ({ audit }) => audit.subjectName === 'Marketing',
  );
  expect(told).toHaveLength(1);
  expect(told[0].message).toMatch(/: (Hand \d+, ){19}Hand \d+ and 5 more\.$/);
});

test.each([
  [15, 'and 5 more.'],
  [150, 'and at least 90 more.'],
])('%i attributes that are not known, in the inspector', async (count, said) => {
  const userName = `${randomUUID()}@contoso.com`;
  const [status] = await scim(entra, 'POST', '/Users', {
    schemas: [CORE],
    userName,
    ...Object.fromEntries(Array.from({ length: count }, (_, number) => [`unknown${number}`, 'x'])),
  });
  expect(status).toBe(201);
  const { identityProvider } = await house.owner.ask(
    'query ($id: ID!, $q: String) { identityProvider(id: $id) { requests(first: 5, filter: { query: $q }) { nodes { explanation } } } }',
    { id: entra.id, q: userName },
  );
  expect(identityProvider.requests.nodes[0].explanation).toContain(said);
});

test('conflicts that wait for a person', async () => {
  for (const { email } of people)
    expect((await scim(entra, 'POST', '/Users', { schemas: [CORE], userName: email }))[0]).toBe(
      409,
    );
  const { tenant } = await house.owner.ask(
    '{ tenant { attention { message subject { __typename id } } } }',
  );
  const items = tenant.attention as Body[];
  expect(items.filter(({ subject }) => subject.__typename === 'ConflictCase')).toHaveLength(100);
  expect(items).toContainEqual({
    message:
      '30 more conflicts are open that are not listed here; of the 130 in all, Entra has 130.',
    subject: { __typename: 'IdentityProvider', id: entra.id },
  });
});

test.each([
  [5, / and 2 more\. Give/],
  [25, / and at least 17 more\. Give/],
])('the %i people that a sign-in could mean, in the log', async (count, said) => {
  const login = `shared${count}@contoso.com`;
  for (let number = 0; number < count; number++)
    await entra.user(`${number}.${login}`, {
      emails: [{ value: login, type: 'work', primary: true }],
    });
  const token = await issuer.token(`subject-${count}`, {
    tenant: house.tenant.tenantId,
    login,
    email: login,
    email_verified: true,
  });
  const answer = await fetch(`${house.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'authorization': `Bearer ${token}` },
    body: '{"query":"{ viewer { member { id } } }"}',
  });
  expect(answer.status).toBe(401);
  const { rows } = await sql<{ reason: string }>`
    select reason from audit_entries where action = 'signIn.refused'
    and reason like ${`%"${login}"%`}`.execute(house.tenant.db);
  expect(rows).toHaveLength(1);
  expect(rows[0]?.reason).toMatch(said);
});
