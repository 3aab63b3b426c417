import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, type Person } from '../support/people.ts';
import type { Wire } from '../support/person.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close({ owed: 'anything' }));

const FIELDS =
  'secret token { id expiresAt outlivesOwner owner { __typename ... on Member { id } } }';
const make = (by: Person, input: Record<string, unknown>) =>
  by.does(
    'tokenCreate',
    { name: 'made', kind: 'PERSONAL', permissions: ['DIRECTORY_READ'], ...input },
    FIELDS,
  );
/** Somebody who comes with the token that was just made. */
const withToken = (by: Person, made: Wire): Person => {
  expect(made.userErrors).toEqual([]);
  return by.with(made.secret as string, made.token.id as string);
};
const isAlive = async (person: Person) =>
  (await person.graphql('{ viewer { permissions } }')).status === 200;
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
const codes = (said: Wire) => said.userErrors.map(({ code }: { code: string }) => code);
const FORBIDDEN = ['FORBIDDEN'];

describe('a token', () => {
  test('makes none that lives longer, and without an expiry one that ends with it', async () => {
    const short = withToken(
      house.owner,
      await make(house.owner, { expiresAt: inMinutes(1), permissions: ['DIRECTORY_READ'] }),
    );
    const end = (await short.ask('{ viewer { credential { expiresAt } } }'))['viewer'].credential
      .expiresAt;
    expect(codes(await make(short, { expiresAt: inMinutes(60) }))).toEqual(FORBIDDEN);
    for (const wish of [{}, { expiresAt: null }])
      expect((await make(short, wish))['token'].expiresAt).toBe(end);
    expect((await make(short, { expiresAt: end }))['token'].expiresAt).toBe(end);
  });

  test('of a service makes service tokens only', async () => {
    const service = withToken(
      house.owner,
      await make(house.owner, {
        kind: 'SERVICE',
        permissions: ['DIRECTORY_READ', 'ROLE_ADMIN', 'PROVISIONING_ADMIN', 'SCIM_INTEGRATE'],
      }),
    );
    for (const kind of ['PERSONAL', 'SCIM'])
      expect(codes(await make(service, { kind, permissions: ['SCIM_INTEGRATE'] }))).toEqual(
        FORBIDDEN,
      );
    expect(codes(await make(service, { kind: 'SERVICE' }))).toEqual([]);
    const { tokenId } = await house.person();
    expect(codes(await service.does('tokenRevoke', { id: tokenId }))).toEqual(FORBIDDEN);
  });

  test('for SCIM opens neither GraphQL nor the records, and says so', async () => {
    const scim = withToken(house.owner, await make(house.owner, { kind: 'SCIM', permissions: [] }));
    const { status, errors } = await scim.graphql('{ viewer { permissions } }');
    expect([status, errors?.[0]?.extensions.code, errors?.[0]?.message]).toEqual([
      401,
      'UNAUTHENTICATED',
      expect.stringContaining('opens SCIM only'),
    ]);
    const records = await scim.fetch('/iam/identity_providers');
    expect([records.status, await records.text()]).toEqual([
      401,
      expect.stringContaining('opens SCIM only'),
    ]);
    const { tenantUrl } = await house.provider({ name: 'For a SCIM token' });
    const users = await fetch(`${tenantUrl}/Users?count=1`, {
      headers: { authorization: `Bearer ${scim.token}` },
    });
    expect(users.status).toBe(200);
  });

  test('revokes what is within its permissions, and itself', async () => {
    const person = await house.person({ role: 'auditor' });
    const weak = withToken(person, await make(person, {}));
    const other = withToken(person, await make(person, {}));
    expect(codes(await weak.does('tokenRevoke', { id: person.tokenId }))).toEqual(FORBIDDEN);
    expect(await isAlive(person)).toBe(true);
    expect(codes(await weak.does('tokenRevoke', { id: other.tokenId }))).toEqual([]);
    expect(codes(await weak.does('tokenRevoke', { id: weak.tokenId }))).toEqual([]);
    expect(await isAlive(weak)).toBe(false);
  });

  test('that is revoked takes along what was made with it, at any remove', async () => {
    const stolen = withToken(house.owner, await make(house.owner, {}));
    const child = withToken(house.owner, await make(stolen, {}));
    const grandchild = withToken(house.owner, await make(child, {}));
    const sibling = withToken(house.owner, await make(house.owner, {}));
    expect(await Promise.all([child, grandchild].map(isAlive))).toEqual([true, true]);
    await house.owner.does('tokenRevoke', { id: stolen.tokenId });
    expect(await Promise.all([stolen, child, grandchild, sibling].map(isAlive))).toEqual([
      false,
      false,
      false,
      true,
    ]);
    const log = await house.owner.ask(
      'query ($ids: [ID!]) { tenant { auditLog(filter: { subjectId: $ids, action: ["token.revoked"] }) { totalCount } } }',
      { ids: [stolen.tokenId, child.tokenId, grandchild.tokenId] },
    );
    expect(log['tenant'].auditLog.totalCount).toBe(3);
  });
});

describe("another person's token", () => {
  test.each([
    ['PROVISIONING_ADMIN', 'owner', FORBIDDEN],
    ['ROLE_ADMIN', 'owner', FORBIDDEN],
    ['ROLE_ADMIN', 'auditor', FORBIDDEN],
    ['AUDIT_READ', 'member', FORBIDDEN],
    ['DIRECTORY_READ', 'member', ['NOT_FOUND']],
    ['DIRECTORY_READ ROLE_ADMIN', 'member', []],
    ['DIRECTORY_READ PROVISIONING_ADMIN', 'member', []],
  ])('%s alone revokes that of an %s: %j', async (permissions, role, answer) => {
    const admin = withToken(
      house.owner,
      await make(house.owner, { permissions: permissions.split(' ') }),
    );
    const victim = await house.person({ role });
    expect(codes(await admin.does('tokenRevoke', { id: victim.tokenId }))).toEqual(answer);
    expect(await isAlive(victim)).toBe(answer.length > 0);
    const log = await house.owner.ask(
      'query ($id: ID!) { tenant { auditLog(filter: { subjectId: [$id], outcome: [FAILURE] }) { totalCount } } }',
      { id: victim.tokenId },
    );
    expect(log['tenant'].auditLog.totalCount > 0).toBe(answer === FORBIDDEN && role !== 'member');
  });
});

const ALL = [
  'DIRECTORY_READ',
  'DIRECTORY_WRITE',
  'ROLE_ADMIN',
  'PROVISIONING_ADMIN',
  'SCIM_INTEGRATE',
  'AUDIT_READ',
  'TENANT_ADMIN',
] as const;
const HELD: Record<string, readonly string[]> = {
  member: ['DIRECTORY_READ'],
  auditor: ['DIRECTORY_READ', 'AUDIT_READ'],
  admin: ['DIRECTORY_READ', 'DIRECTORY_WRITE', 'ROLE_ADMIN', 'PROVISIONING_ADMIN', 'AUDIT_READ'],
  owner: ALL,
};

describe.each(Object.keys(HELD))("revoking the token of another person: an %s's", role => {
  const actors = [
    ...ALL.map(permission => [permission]),
    ...ALL.map(permission => ALL.filter(each => each !== permission)),
    HELD[role]!,
    [...HELD[role]!, 'ROLE_ADMIN'],
  ];

  test('needs a permission that administers tokens, and every permission of the person', async () => {
    const victim = await house.person({ role });
    for (const permissions of actors) {
      const mayDo =
        permissions.some(each => each === 'ROLE_ADMIN' || each === 'PROVISIONING_ADMIN') &&
        HELD[role]!.every(each => permissions.includes(each));
      const token = mayDo ? await house.signIn(house.tenant, victim.id) : victim;
      const actor = await house.signIn(house.tenant, house.owner.id, permissions as never);
      const said = codes(await actor.does('tokenRevoke', { id: token.tokenId }));
      expect({ permissions, mayDo: said.length === 0 }).toEqual({ permissions, mayDo });
      expect(await isAlive(token)).toBe(!mayDo);
    }
  });
});

describe('a service token', () => {
  const service = async (by: Person, input: Record<string, unknown> = {}) =>
    withToken(by, await make(by, { kind: 'SERVICE', ...input }));
  const permissionsOf = async (person: Person) =>
    (await person.ask('{ viewer { permissions } }'))['viewer'].permissions as string[];

  test('shows who made it, and ends with them', async () => {
    const maker = await house.person({ role: 'admin' });
    const token = await service(maker);
    const followed = await service(token, { permissions: ['DIRECTORY_READ'] }).catch(() => null);
    expect(followed).toBeNull(); // without ROLE_ADMIN it makes none
    const shown = await house.owner.ask(
      'query ($id: ID!) { node(id: $id) { ... on ApiToken { outlivesOwner owner { __typename ... on Member { id } } } } }',
      { id: token.tokenId },
    );
    expect(shown['node']).toEqual({
      outlivesOwner: false,
      owner: { __typename: 'Member', id: maker.id },
    });
    expect(await isAlive(token)).toBe(true);
    await house.owner.does('memberDisable', { id: maker.id });
    expect(await isAlive(token)).toBe(false);
    await house.owner.does('memberEnable', { id: maker.id });
    expect(await isAlive(token)).toBe(true);
    await house.owner.does('memberDelete', { id: maker.id });
    expect(await isAlive(token)).toBe(false);
  });

  test('permits no more than its maker may now, nor does one that it made', async () => {
    const maker = await house.person({ role: 'admin' });
    const token = await service(maker, { permissions: ['DIRECTORY_READ', 'ROLE_ADMIN'] });
    const made = await service(token, { permissions: ['DIRECTORY_READ', 'ROLE_ADMIN'] });
    expect(await permissionsOf(made)).toEqual(['DIRECTORY_READ', 'ROLE_ADMIN']);
    const { tenant } = await house.owner.ask('{ tenant { roles { id name } } }');
    const roleId = tenant.roles.find((role: Wire) => role.name === 'Member').id;
    await house.owner.does('memberSetRole', { id: maker.id, roleId });
    expect([await permissionsOf(token), await permissionsOf(made)]).toEqual([
      ['DIRECTORY_READ'],
      ['DIRECTORY_READ'],
    ]);
    await house.owner.does('memberDisable', { id: maker.id });
    expect([await isAlive(token), await isAlive(made)]).toEqual([false, false]);
  });

  test('outlives its maker when it was made to, by somebody with TENANT_ADMIN', async () => {
    const admin = await house.person({ role: 'admin' });
    expect(codes(await make(admin, { kind: 'SERVICE', outlivesOwner: true }))).toEqual(FORBIDDEN);
    expect(codes(await make(house.owner, { kind: 'PERSONAL', outlivesOwner: true }))).toEqual([
      'INVALID',
    ]);
    const maker = await house.person({ role: 'owner' });
    const lost = withToken(
      maker,
      await make(maker, { permissions: ['DIRECTORY_READ', 'ROLE_ADMIN', 'TENANT_ADMIN'] }),
    );
    const token = await service(lost, { outlivesOwner: true });
    await house.owner.does('tokenRevoke', { id: lost.tokenId });
    await house.owner.does('memberDelete', { id: maker.id });
    expect(await isAlive(token)).toBe(true);
  });

  test("that a parent's administrator made in a child ends with them too", async () => {
    const parent = await house.person({ role: 'owner' });
    const child = (
      await parent.does('tenantCreate', { name: `Child ${parent.id}` }, 'tenant { id }')
    )['tenant'].id as string;
    const input = { tenantId: child, kind: 'SERVICE' };
    const token = await service(parent, input);
    const made = await make(parent, { ...input, name: 'shown' });
    expect(made['token'].owner.__typename).not.toBe('Member'); // nobody of the child
    expect((await token.ask('{ tenant { id } }'))['tenant'].id).toBe(child);
    await house.owner.does('memberDisable', { id: parent.id });
    expect(await isAlive(token)).toBe(false);
    await house.owner.does('memberEnable', { id: parent.id });
    expect(await isAlive(token)).toBe(true);
  });
});

test("a child's tokens are listed to a parent's person with the right permissions, and to no other", async () => {
  const child = (await house.owner.does('tenantCreate', { name: 'Listed' }, 'tenant { id }'))[
    'tenant'
  ].id as string;
  await make(house.owner, { tenantId: child, kind: 'SERVICE' });
  const seenWith = async (permissions: string[]) => {
    const person = withToken(house.owner, await make(house.owner, { permissions }));
    const { tenant } = await person.ask('query ($id: ID) { tenant(id: $id) { tokens { id } } }', {
      id: child,
    });
    return tenant.tokens.length as number;
  };
  expect(await seenWith(['TENANT_ADMIN', 'ROLE_ADMIN'])).toBe(1);
  expect(await seenWith(['TENANT_ADMIN', 'DIRECTORY_READ', 'DIRECTORY_WRITE'])).toBe(0);
});

test('one person makes a hundred tokens and no more, also at once, and all of them share one budget', async () => {
  const person = await house.person();
  const made: Wire[] = [];
  for (let at = 0; at < 11; at++)
    made.push(
      ...(await Promise.all(
        Array.from({ length: 10 }, () =>
          person.does(
            'tokenCreate',
            { name: 'one of many', kind: 'PERSONAL', permissions: ['DIRECTORY_READ'] },
            'secret token { id }',
          ),
        ),
      )),
    );
  const good = made.filter(each => each.secret);
  expect(good).toHaveLength(100);
  expect(codes(made.at(-1))).toEqual(FORBIDDEN);
  const spent = async (by: Person) =>
    (await by.ask('{ viewer { rateLimit { remaining } } }'))['viewer'].rateLimit
      .remaining as number;
  const [one, other] = good.slice(0, 2).map(each => withToken(person, { ...each, userErrors: [] }));
  const before = await spent(one!);
  expect(await spent(other!)).toBeLessThan(before);
  await person.does('tokenRevoke', { id: good[0].token.id });
  expect(codes(await make(person, {}))).toEqual([]);
});

test('one person makes two hundred tokens in an hour and no more, revoked ones included', async () => {
  const person = await house.person({ role: 'admin' });
  const { token } = await make(person, {});
  await person.does('tokenRevoke', { id: token.id });
  await house.query(
    `insert into credentials select (jsonb_populate_record(c, jsonb_build_object('id',
      gen_random_uuid(), 'digest', 'of copy ' || n || id))).*
     from credentials c, generate_series(1, 198) n where id = $1`,
    [token.id],
  );
  const last = await make(person, { permissions: ['DIRECTORY_READ', 'ROLE_ADMIN'] });
  expect(last.userErrors).toEqual([]);
  const service = { kind: 'SERVICE', permissions: ['DIRECTORY_READ'] };
  const by = withToken(person, last);
  for (const refused of [await make(person, {}), await make(by, {}), await make(by, service)])
    expect(refused.userErrors).toMatchObject([
      { code: 'FORBIDDEN', message: 'You have made 200 tokens within an hour; wait a while.' },
    ]);
  expect((await make(house.owner, {})).userErrors).toEqual([]);
  await house.query(
    `update credentials set created_at = created_at - interval '61 minutes' where id = $1`,
    [token.id],
  );
  expect((await make(person, {})).userErrors).toEqual([]);
});
