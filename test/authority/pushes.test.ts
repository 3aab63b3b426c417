import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Permission, PERMISSIONS } from '../../src/directory/index.ts';
import type { Provider } from '../support/people.ts';
import { administers } from './row.ts';
import { World } from './world.ts';

// Rule 25 at the SCIM door: each way in which a push reaches somebody, each permission alone, who
// made the member and who linked it.

let world: World;
let provider: Provider;
beforeAll(async () => {
  world = await World.open();
  provider = await world.provider();
});
afterAll(() => world.house.close({ owed: 'anything' }));

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const patch = (op: string, path: string, value?: unknown) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op, path, ...(value !== undefined && { value }) }],
});

type Push = [title: string, push: (id: string, group: string) => Promise<{ status: number }>];
const pushes: Push[] = [
  [
    'PATCH',
    id => provider.scim('PATCH', `/Users/${id}`, patch('replace', 'name.givenName', 'New')),
  ],
  [
    'switching off',
    id => provider.scim('PATCH', `/Users/${id}`, patch('replace', 'active', false)),
  ],
  [
    'PUT',
    id =>
      provider.scim('PUT', `/Users/${id}`, {
        schemas: [USER],
        userName: `put-${id}`,
        active: true,
      }),
  ],
  [
    'into a mapped group',
    (id, group) =>
      provider.scim('PATCH', `/Groups/${group}`, patch('add', 'members', [{ value: id }])),
  ],
  ['DELETE', id => provider.scim('DELETE', `/Users/${id}`)],
];

const holdings: (readonly Permission[])[] = [[], ...PERMISSIONS.map(each => [each]), PERMISSIONS];

/**
 * Linked by the provider's own word, and given the role by a person only then: nobody answers for
 * such a link.
 */
async function adopted(held: readonly Permission[]): Promise<string> {
  const id = await world.member([]);
  const { userName } = await world.look(id);
  await world.system.identityProviders.update(provider.id, { adoption: 'ADOPT' });
  const { status } = await provider.scim('POST', '/Users', {
    schemas: [USER],
    userName,
    externalId: id,
  });
  expect(status).toBe(201);
  await world.system.members.setRole(id, await world.role(held));
  return id;
}

async function own(held: readonly Permission[]): Promise<string> {
  const id = await provider.user(`own-${held.join('-')}-${Math.random()}@own.example`);
  await world.system.members.lockRole(id, { roleId: await world.role(held) });
  return id;
}

async function linkedByTheirLike(held: readonly Permission[]): Promise<string> {
  const id = await world.member(held);
  const by = await world.actor([...new Set<Permission>(['PROVISIONING_ADMIN', ...held])]);
  const { userErrors } = await by.does('memberSetLink', {
    memberId: id,
    identityProviderId: provider.id,
    externalId: id,
  });
  expect(userErrors).toEqual([]);
  return id;
}

describe.each([
  ['made by the provider itself', own, true],
  ['linked by somebody who held as much', linkedByTheirLike, true],
  ['adopted, and given the role since', adopted, false],
] as const)('a member %s', (_how, make, vouched) => {
  test.each(holdings.map(held => [held.join(' ') || 'nothing', held] as const))(
    'who holds %s',
    async (_named, held) => {
      const group = await provider.group(`Group ${Math.random()}`);
      await world.map(group, []);
      const id = await make(held);
      for (const [title, push] of pushes) {
        const before = await world.snapshot();
        const { status } = await push(id, group);
        if (vouched || !administers(held)) {
          expect([title, status < 300]).toEqual([title, true]);
        } else {
          expect([title, status]).toEqual([title, 403]);
          expect([title, await world.snapshot()]).toEqual([
            title,
            { ...before, failures: before.failures + 1 },
          ]);
        }
      }
    },
  );
});

test.each(PERMISSIONS.map(permission => [permission]))(
  'whether %s alone keeps a member, or a mapped team, from being adopted',
  async permission => {
    const adopting = await world.provider({ adoption: 'ADOPT' });
    const id = await world.member([permission]);
    const { userName } = await world.look(id);
    const user = await adopting.scim('POST', '/Users', {
      schemas: [USER],
      userName,
      externalId: id,
    });
    const teamId = await world.mappedTeam([permission]);
    const group = await adopting.scim('POST', '/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: (await world.system.teams.get(teamId))!.name,
    });
    const expected = administers([permission]) ? 409 : 201;
    expect([user.status, group.status]).toEqual([expected, expected]);
  },
);
