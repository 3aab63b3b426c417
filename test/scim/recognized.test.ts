import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CallerProof } from '../../src/directory/credentials/caller-proof.ts';
import { Actor, CallerChanged, Directory } from '../../src/directory/index.ts';
import { type House, openHouse, type Provider } from '../support/people.ts';
import { Provider as AnyProvider } from '../support/provider.ts';

/**
 * A process remembers whom it has let in, and proves it in the statement that does the work. What
 * was taken away in one process acts on the next request in every other, which is told here with
 * two.
 */
let one: House;
let other: House;
beforeAll(async () => {
  one = await openHouse();
  other = await openHouse({ beside: one });
});
afterAll(async () => {
  await other.close({ owed: 'anything' });
  await one.close({ owed: 'anything' });
});

const LOOK_UP = '/Users?filter=userName%20eq%20%22nobody%22';
const at = (house: House, provider: Provider): Provider =>
  new AnyProvider(
    provider.id,
    provider.tenantUrl.replace(new URL(provider.tenantUrl).origin, house.origin),
    provider.secret,
  );

/** The same provider in the other process, which remembers it by now. */
async function known(provider: Provider): Promise<Provider> {
  const there = at(other, provider);
  for (let n = 0; n < 2; n++) expect((await there.scim('GET', LOOK_UP)).status).toBe(200);
  const statements = await other.statementsOf(() => there.scim('GET', LOOK_UP));
  expect(statements.filter(text => /from (credentials|members)/.test(text))).toHaveLength(1);
  return there;
}

const changes: [string, status: number, (provider: Provider) => Promise<unknown>][] = [
  [
    'switched off',
    401,
    ({ id }) => one.owner.does('identityProviderUpdate', { id, provisioning: 'OFF' }),
  ],
  [
    'not in use any more',
    401,
    ({ id }) => one.owner.does('identityProviderUpdate', { id, isActive: false }),
  ],
  [
    'given another secret',
    401,
    ({ id }) => one.owner.does('identityProviderReplaceCredential', { id }),
  ],
  [
    'at the end of its secret',
    401,
    ({ id }) =>
      one.query(
        `update credentials set expires_at = now() - interval '1 second' where provider_id = $1`,
        [id],
      ),
  ],
];

describe.each(changes)('a provider that is %s in another process', (_, status, change) => {
  test('is refused on its next request, whatever it asks', async () => {
    for (const [method, path, body] of [
      ['GET', LOOK_UP],
      ['GET', '/ServiceProviderConfig'],
      ['GET', '/Users'],
      ['POST', '/Users', { userName: `late-${Math.random()}@x.example` }],
      ['GET', '/Users?filter=nonsense'],
      [
        'POST',
        '/Bulk',
        {
          Operations: [
            { method: 'POST', path: '/Users', bulkId: 'a', data: { userName: 'bulk@x.example' } },
          ],
        },
      ],
    ] as const) {
      const provider = await one.provider({ name: `P ${Math.random()}` });
      const there = await known(provider);
      await change(provider);
      expect((await there.scim(method, path, body)).status, `${method} ${path}`).toBe(status);
    }
    const made = await one.query(
      `select count(*)::int as n from members where user_name like 'late-%' or user_name like 'bulk@%'`,
    );
    expect(made).toMatchObject([{ n: 0 }]);
  });
});

test('a provider that is paused may read and not write, and goes on when it is switched on', async () => {
  const provider = await one.provider({ name: 'Paused' });
  const there = await known(provider);
  const switched = (provisioning: string) =>
    one.owner.does('identityProviderUpdate', { id: provider.id, provisioning });
  const writes = async (name: string) =>
    (await there.scim('POST', '/Users', { userName: `${name}@paused.example` })).status;
  await switched('PAUSED');
  expect([(await there.scim('GET', LOOK_UP)).status, await writes('a')]).toEqual([200, 503]);
  await switched('ON');
  expect([(await there.scim('GET', LOOK_UP)).status, await writes('b')]).toEqual([200, 201]);
});

describe('a person at a provider’s door', () => {
  const weaker: [string, number, (person: { id: string; token: string }) => Promise<unknown>][] = [
    ['disabled', 401, ({ id }) => one.owner.does('memberDisable', { id })],
    ['deleted', 401, ({ id }) => one.owner.does('memberDelete', { id })],
    [
      'without the role that lets them',
      403,
      async ({ id }) => {
        const { tenant } = await one.owner.ask('{ tenant { roles { id name } } }');
        const roleId = tenant.roles.find((role: { name: string }) => role.name === 'Member').id;
        return one.owner.does('memberSetRole', { id, roleId });
      },
    ],
    ['without the token', 401, ({ token }) => one.owner.does('tokenRevoke', { id: token })],
  ];
  test.each(weaker)('who is %s is refused on the next request', async (_, status, weaken) => {
    const provider = await one.provider({ name: `Door ${Math.random()}` });
    const person = await one.person({ role: 'owner' });
    const made = await person.does(
      'tokenCreate',
      { name: 'scim', kind: 'SCIM', permissions: ['SCIM_INTEGRATE'] },
      'token { id } secret',
    );
    const there = at(other, provider);
    there.secret = made['secret'] as string;
    for (let n = 0; n < 3; n++) expect((await there.scim('GET', LOOK_UP)).status).toBe(200);
    await weaken({ id: person.id, token: made['token'].id });
    expect((await there.scim('GET', LOOK_UP)).status).toBe(status);
  });
});

describe('a session whose caller is not proved', () => {
  const session = () =>
    new Directory(
      one.tenant.store,
      new Actor({
        tenantId: one.tenant.tenantId,
        record: one.tenant.actor.record,
        permissions: [...one.tenant.actor.permissions],
      }),
      { correlationId: 'unproved' },
      one.tenant.tenantId,
      undefined,
      new CallerProof({
        tenantId: one.tenant.tenantId,
        credentialId: one.tenant.tenantId,
        at: null,
        mark: '1 2 3 4',
        isOfProvider: false,
      }),
    );
  const statements: [string, (unproved: Directory) => Promise<unknown>][] = [
    ['reads', unproved => unproved.members.page({ first: 1 })],
    ['reads by hand', unproved => sql`select 1`.execute(unproved.db)],
    ['reads from a replica', unproved => sql`select 1`.execute(unproved.replica)],
    ['reads one moment', unproved => unproved.inOneMoment(() => unproved.members.count())],
    [
      'names what it reads',
      unproved => sql`with x as (select 1) select from x`.execute(unproved.db),
    ],
    [
      'writes',
      unproved =>
        unproved.change(async () => {
          await sql`update members set version = version`.execute(unproved.db);
        }),
    ],
    ['changes', unproved => unproved.members.invite({ email: 'unproved@x.example' })],
    ['uses an entity', unproved => unproved.roles.create({ name: 'Unproved', permissions: [] })],
    [
      'plans',
      unproved => unproved.plan(() => unproved.members.invite({ email: 'unproved@x.example' })),
    ],
    ['is somebody beside itself', unproved => unproved.apart().members.count()],
    ['enters another tenant', unproved => unproved.enter(one.elsewhere.tenantId)],
    ['answers without a statement', unproved => unproved.prove()],
  ];
  test.each(statements)('%s: in vain', async (_, work) => {
    const unproved = session();
    await expect(work(unproved)).rejects.toThrow(CallerChanged);
    // Nothing that caught the fault goes on.
    await expect(unproved.members.count()).rejects.toThrow(CallerChanged);
    expect(await one.query(`select from members where user_name = 'unproved@x.example'`)).toEqual(
      [],
    );
    expect(await one.query(`select from roles where name = 'Unproved'`)).toEqual([]);
  });
});
