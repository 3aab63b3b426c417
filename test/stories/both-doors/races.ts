import { expect } from 'vitest';
import { assertSound } from '../../support/invariants.ts';
import type { House, Person } from '../../support/people.ts';
import { Provider } from '../../support/provider.ts';
import { systemDirectory } from '../../../src/directory/index.ts';
import { address, type World } from './world.ts';

/** One contest between the doors of two server processes over one database. */
export interface Race {
  title: string;
  run: (world: World, elsewhere: House) => Promise<void>;
}

const times = <T>(count: number, work: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => work(at)));
const inTurn = async <T>(count: number, work: (at: number) => Promise<T>): Promise<T[]> => {
  const all: T[] = [];
  for (let at = 0; at < count; at++) all.push(await work(at));
  return all;
};
/** The same provider, asked of the other process, with a secret that outlives the switch. */
const clientAt = ({ origin }: House, world: World, { token }: Pick<Person, 'token'>): Provider =>
  new Provider(world.entra.id, world.entra.tenantUrl.replace(/^https?:\/\/[^/]+/, origin), token);
const sound = (world: World) =>
  assertSound(systemDirectory(world.house.database.store, world.owner.tenantId));
const isFault = (answer: string | number) => /^5(?!03)/.test(String(answer));

export const races: Race[] = [
  {
    title:
      'provisioning is switched off and on while a sync and people write: no manual member is ever left in a managed team',
    run: async (world, elsewhere) => {
      const users = await inTurn(4, at => world.user(`u${at}`));
      await world.group('Sales', ['u0', 'u1']);
      const people = await inTurn(4, at => world.person(`p${at}`));
      const [here, there] = [
        clientAt(world.house, world, world.owner),
        clientAt(elsewhere, world, world.owner),
      ];
      const owner = world.owner.at(elsewhere);
      const answers = (
        await Promise.all([
          inTurn(12, at =>
            world.owner
              .does('identityProviderUpdate', {
                id: world.entra.id,
                provisioning: at % 2 ? 'ON' : 'OFF',
                evictManualMembers: true,
              })
              .then(({ userErrors }) => userErrors.map(({ code }) => code).join() || 'switched'),
          ),
          ...[here, there].map((client, lane) =>
            inTurn(25, async at =>
              world.says(
                'PATCH',
                world.at('Sales'),
                {
                  Operations: [
                    {
                      op: at % 3 ? 'add' : 'remove',
                      path: 'members',
                      value: [{ value: users[(at + lane) % 4] }],
                    },
                  ],
                },
                client,
              ),
            ),
          ),
          inTurn(25, async at =>
            world.says(
              'POST',
              '/Users',
              { userName: address(`new${at}`), externalId: `n${at}` },
              there,
            ),
          ),
          inTurn(25, async at =>
            world.does(
              'teamAddMembers',
              { id: world.id('Sales'), memberIds: [people[at % 4]] },
              owner,
            ),
          ),
          inTurn(25, async at =>
            world.does(
              'memberUpdate',
              { id: users[at % 4], userName: address(`edited${at}`) },
              owner,
            ),
          ),
        ])
      ).flat();
      expect(answers.filter(isFault)).toEqual([]);
      expect(
        answers.filter(
          answer =>
            !/^(switched|20[014]|40[0134]( \w+)?|409 uniqueness|503|done|PROVISIONED_READ_ONLY.*|MANUAL_MEMBER_IN_PROVISIONED_TEAM|ALREADY_TAKEN)$/.test(
              answer,
            ),
        ),
      ).toEqual([]);
      expect(await world.switches('ON', { evictManualMembers: true })).toBe('done');
      await sound(world);
      const { team } = await world.owner.ask(
        'query ($id: ID!) { team(id: $id) { provenance { managed } members(first: 100) { nodes { member { provenance { managed identityProvider { id } } } } } } }',
        { id: world.id('Sales') },
      );
      for (const { member } of team.members.nodes)
        if (team.provenance.managed)
          expect(member.provenance).toEqual({
            managed: true,
            identityProvider: { id: world.entra.id },
          });
    },
  },
  {
    title: 'a lock that was acknowledged holds against every sync that runs beside it',
    run: async (world, elsewhere) => {
      const ids = await inTurn(6, at => world.user(`u${at}`));
      await world.group('Sales');
      await world.makeRole('Seller', 20);
      await world.map(['Sales', 'Seller'], ['Boss', 'Member']);
      const there = clientAt(elsewhere, world, world.owner);
      const roleOf = async (id: string) =>
        (await world.owner.ask('query ($id: ID!) { member(id: $id) { role { name } } }', { id }))[
          'member'
        ].role.name as string;
      const [seen, synced] = await Promise.all([
        times(6, async at => {
          expect(
            await world.does('memberLockRole', { id: ids[at], roleId: world.role('Auditor') }),
          ).toBe('done');
          return inTurn(6, () => roleOf(ids[at]!));
        }),
        times(3, lane =>
          inTurn(12, async at =>
            world.says(
              'PATCH',
              world.at('Sales'),
              {
                Operations: [
                  {
                    op: (at + lane) % 2 ? 'add' : 'remove',
                    path: 'members',
                    value: ids.map(value => ({ value })),
                  },
                ],
              },
              there,
            ),
          ),
        ),
        times(2, lane =>
          inTurn(6, async at =>
            world.says(
              'PATCH',
              `/Users/${ids[at]}`,
              {
                Operations: [
                  { op: 'replace', path: 'roles', value: lane ? [{ value: 'Boss' }] : [] },
                ],
              },
              there,
            ),
          ),
        ),
      ]);
      expect(new Set(seen.flat())).toEqual(new Set(['Auditor']));
      expect(synced.flat().filter(isFault)).toEqual([]);
      for (const id of ids) expect(await roleOf(id)).toBe('Auditor');
      await sound(world);
    },
  },
  {
    title: 'of the same user posted by many there is one; the others are told 409',
    run: async (world, elsewhere) => {
      const clients = [
        clientAt(world.house, world, world.owner),
        clientAt(elsewhere, world, world.owner),
      ];
      for (let round = 0; round < 4; round++) {
        const answers = await times(8, at =>
          world.says(
            'POST',
            '/Users',
            {
              userName: at % 3 ? address(`twin${round}`) : address(`twin${round}`).toUpperCase(),
              externalId: `t${round}`,
            },
            clients[at % 2],
          ),
        );
        expect(answers.toSorted()).toEqual([
          '201',
          ...Array.from({ length: 7 }, () => '409 uniqueness'),
        ]);
        const groups = await times(6, at =>
          world.says(
            'POST',
            '/Groups',
            { displayName: at % 2 ? `Twin ${round}` : `TWIN ${round}` },
            clients[at % 2],
          ),
        );
        expect(groups.toSorted()).toEqual([
          '201',
          ...Array.from({ length: 5 }, () => '409 uniqueness'),
        ]);
      }
      await sound(world);
      expect(
        (await world.log()).filter(
          line => line.startsWith('member.created twin') || line.startsWith('member.created TWIN'),
        ),
      ).toHaveLength(4);
    },
  },
  {
    title:
      'an invitation and a POST for the same address: one of them, and a case if the person was first',
    run: async (world, elsewhere) => {
      const there = clientAt(elsewhere, world, world.owner);
      for (let round = 0; round < 6; round++) {
        const name = `same${round}`;
        const [invited, posted] = await Promise.all([
          world.does('memberInvite', { email: address(name) }),
          world.says('POST', '/Users', { userName: address(name) }, there),
        ]);
        expect([
          ['done', '409 uniqueness'],
          ['ALREADY_TAKEN', '201'],
        ]).toContainEqual([invited, posted]);
        const { members } = (
          await world.owner.ask(
            'query ($q: String!) { tenant { members(filter: { userName: { eq: $q } }) { totalCount } } }',
            { q: address(name) },
          )
        )['tenant'];
        expect(members.totalCount).toBe(1);
      }
      await sound(world);
    },
  },
  {
    title: 'two writers on one group lose nobody, and each membership is recorded once',
    run: async (world, elsewhere) => {
      const ids = await inTurn(16, at => world.user(`u${at}`));
      await world.group('Sales');
      const clients = [
        clientAt(world.house, world, world.owner),
        clientAt(elsewhere, world, world.owner),
      ];
      const add = (at: number, client: Provider) =>
        world.says(
          'PATCH',
          world.at('Sales'),
          { Operations: [{ op: 'Add', path: 'members', value: [{ value: ids[at] }] }] },
          client,
        );
      expect(new Set(await times(32, at => add(at % 16, clients[Math.floor(at / 16)]!)))).toEqual(
        new Set(['200']),
      );
      const { team } = await world.owner.ask(
        'query ($id: ID!) { team(id: $id) { members(first: 100) { totalCount } } }',
        { id: world.id('Sales') },
      );
      expect(team.members.totalCount).toBe(16);
      expect((await world.log()).filter(line => line.startsWith('membership.added'))).toHaveLength(
        16,
      );
    },
  },
  {
    title: 'a mutation retried under one key happens once, whichever process is asked',
    run: async (world, elsewhere) => {
      const owners = [world.owner, world.owner.at(elsewhere)];
      const answers = await times(8, at =>
        owners[at % 2]!.graphql(
          'mutation { done: teamCreate(input: { name: "Once" }) @idempotent(key: "one key for all") { team { id } userErrors { code } } }',
        ),
      );
      expect(new Set(answers.map(({ data }) => data?.['done'].team?.id)).size).toBe(1);
      expect((await world.log()).filter(line => line === 'team.created Once')).toHaveLength(1);
    },
  },
  {
    title: 'two people settle one conflict case: it is settled once',
    run: async (world, elsewhere) => {
      await world.person('bob');
      await world.posts('bob');
      const { identityProvider } = await world.owner.ask(
        'query ($id: ID!) { identityProvider(id: $id) { conflicts { nodes { id } } } }',
        { id: world.entra.id },
      );
      const ids = [identityProvider.conflicts.nodes[0].id];
      const answers = await Promise.all([
        world.does('conflictResolve', { ids, choice: 'LINK_KEEP' }),
        world.does('conflictResolve', { ids, choice: 'CREATE_NEW' }, world.owner.at(elsewhere)),
      ]);
      expect(answers.toSorted()).toEqual(['NOT_FOUND', 'done']);
      expect((await world.log()).filter(line => line.startsWith('conflict.resolved'))).toHaveLength(
        1,
      );
      await sound(world);
    },
  },
  {
    title: 'what one process ends, the other refuses on the next request',
    run: async (world, elsewhere) => {
      const id = await world.user('ann');
      await world.signIn('ann');
      const there = world.signedIn('ann').at(elsewhere);
      const status = async () => (await there.graphql('{ viewer { permissions } }')).status;
      expect(await status()).toBe(200);
      await world.patches('ann', { op: 'Replace', path: 'active', value: 'False' });
      expect(await status()).toBe(401);
      await world.patches('ann', { op: 'Replace', path: 'active', value: 'True' });
      expect(await status()).toBe(200);
      await world.owner.does('tokenRevoke', { id: there.tokenId });
      expect(await status()).toBe(401);
      const secret = clientAt(elsewhere, world, { token: world.entra.secret });
      expect(await world.says('GET', `/Users/${id}`, undefined, secret)).toBe('200');
      await world.owner.does('identityProviderReplaceCredential', { id: world.entra.id });
      expect(await world.says('GET', `/Users/${id}`, undefined, secret)).toBe('401');
      const owners = clientAt(elsewhere, world, world.owner);
      expect(await world.says('GET', '/Users', undefined, owners)).toBe('200');
      await world.owner.does('identityProviderUpdate', { id: world.entra.id, provisioning: 'OFF' });
      expect(await world.says('GET', '/Users', undefined, owners)).toBe('401');
    },
  },
];
