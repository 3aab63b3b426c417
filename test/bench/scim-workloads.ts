import { sizedTeamId, userId, userName } from './people.ts';
import { type Asking, expect, random, type Workload } from './workload.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const patch = (...operations: object[]): string =>
  JSON.stringify({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: operations,
  });
const lookUp = (attribute: string, value: string): string =>
  `filter=${encodeURIComponent(`${attribute} eq "${value}"`)}`;

const newUser = (name: string): string =>
  JSON.stringify({
    schemas: [USER, ENTERPRISE],
    userName: name,
    externalId: `ext-${name}`,
    active: true,
    displayName: 'Ada Okafor',
    title: 'Engineer',
    name: { givenName: 'Ada', familyName: 'Okafor' },
    emails: [{ type: 'work', value: name, primary: true }],
    [ENTERPRISE]: { department: 'Department 1', employeeNumber: name },
  });

const USERS_A_GROUP = 20;

/**
 * Look up, then make: as Entra ID does for each user of a first cycle; every twentieth also brings
 * a group with them in it.
 */
async function syncOne({ connection, scim, at, synced }: Asking): Promise<void> {
  const name = `sync${process.pid}-${at}@example.com`;
  await expect(connection.ask('GET', `${scim}/Users?${lookUp('userName', name)}`), 200);
  synced.push(
    (
      JSON.parse(await expect(connection.ask('POST', `${scim}/Users`, newUser(name)), 201)) as {
        id: string;
      }
    ).id,
  );
  if (synced.length % USERS_A_GROUP !== 0) return;
  const members = synced.slice(-USERS_A_GROUP);
  const displayName = `Sync ${process.pid} ${at}`;
  await expect(
    connection.ask(
      'GET',
      `${scim}/Groups?${lookUp('displayName', displayName)}&excludedAttributes=members`,
    ),
    200,
  );
  const group = JSON.parse(
    await expect(
      connection.ask(
        'POST',
        `${scim}/Groups`,
        JSON.stringify({ schemas: [GROUP], displayName, externalId: `ext-${displayName}` }),
      ),
      201,
    ),
  ) as { id: string };
  await expect(
    connection.ask(
      'PATCH',
      `${scim}/Groups/${group.id}`,
      patch({ op: 'add', path: 'members', value: members.map(value => ({ value })) }),
    ),
    200,
    204,
  );
}

/** Somebody who was not in it joins, and then leaves. */
const oneMember =
  (size: number) =>
  async ({ connection, scim, users, at }: Asking): Promise<void> => {
    const who = userId(users - (Math.floor(at / 2) % 1_000));
    const operation =
      at % 2 === 0
        ? { op: 'add', path: 'members', value: [{ value: who }] }
        : { op: 'remove', path: `members[value eq "${who}"]` };
    await expect(
      connection.ask('PATCH', `${scim}/Groups/${sizedTeamId(size)}`, patch(operation)),
      200,
      204,
    );
  };

const PAGE = 100;
const pages = async ({ connection, scim }: Asking, startIndex: number): Promise<void> => {
  await expect(connection.ask('GET', `${scim}/Users?startIndex=${startIndex}&count=${PAGE}`), 200);
};

export const scimWorkloads: readonly Workload[] = [
  {
    name: 'S1',
    says: 'look-up by userName',
    clients: [1, 8, 32],
    against: ['floor+audit'],
    each: async ({ connection, scim, users }) => {
      await expect(
        connection.ask('GET', `${scim}/Users?${lookUp('userName', userName(random(users)))}`),
        200,
      );
    },
  },
  {
    name: 'S2',
    says: 'create a user',
    clients: [1, 8, 32],
    against: ['floor+audit'],
    each: async ({ connection, scim, at }) => {
      await expect(
        connection.ask('POST', `${scim}/Users`, newUser(`new${process.pid}-${at}@example.com`)),
        201,
      );
    },
  },
  {
    name: 'S3',
    says: 'PATCH active',
    clients: [1, 8, 32],
    against: ['floor+audit'],
    each: async ({ connection, scim, users, at }) => {
      const value = Math.floor(at / users) % 2 === 1;
      await expect(
        connection.ask(
          'PATCH',
          `${scim}/Users/${userId((at % users) + 1)}`,
          patch({ op: 'replace', path: 'active', value }),
        ),
        200,
      );
    },
  },
  { name: 'S4a', says: 'PATCH one member, group of 10', clients: [1], each: oneMember(10) },
  { name: 'S4b', says: 'PATCH one member, group of 1,000', clients: [1], each: oneMember(1_000) },
  { name: 'S4c', says: 'PATCH one member, group of 50,000', clients: [1], each: oneMember(50_000) },
  { name: 'S5', says: 'initial sync, users', clients: [8], each: syncOne },
  {
    name: 'S6a',
    says: 'walk by startIndex, 100 a page',
    clients: [1],
    each: asking => pages(asking, (asking.at % Math.floor(asking.users / PAGE)) * PAGE + 1),
  },
  {
    name: 'S6b',
    says: 'page at a random depth',
    clients: [1],
    each: asking => pages(asking, random(asking.users - PAGE)),
  },
];
