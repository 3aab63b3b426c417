import { buildSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schemaText } from '../../src/graphql/index.ts';
import { type House, openHouse, type Provider } from '../support/people.ts';
import { type Body, difference, everything } from './outside.ts';

/**
 * dryRun on every mutation: nothing is written, the plan is what the real run then records, and its
 * digest is stable.
 */
let house: House;
let entra: Provider;
let off: Provider;
const ids: Record<string, string> = {};

beforeAll(async () => {
  house = await openHouse();
  entra = await house.provider({ name: 'Entra' });
  off = await house.provider({ name: 'Switched off' });
  for (const { id, name } of (await house.owner.ask('{ tenant { roles { id name } } }'))['tenant']
    .roles as { id: string; name: string }[])
    ids[name] = id;
  ids['team'] = (await house.owner.does('teamCreate', { name: 'Chess' }, 'team { id }'))['team'].id;
  ids['ruled'] = await entra.user('ruled@contoso.com');
  ids['group'] = await entra.group('Sales', [ids['ruled']!]);
  ids['stray'] = (await member('stray'))!;
  const inside = await off.user('inside@contoso.com');
  ids['offGroup'] = await off.group('Left behind', [inside]);
  await house.owner.does('identityProviderUpdate', { id: off.id, provisioning: 'OFF' });
  await house.owner.does('teamAddMembers', { id: ids['offGroup'], memberIds: [ids['stray']] });
});
afterAll(() => house.close({ owed: 'anything' }));

const member = async (name: string) =>
  (
    await house.owner.does(
      'memberInvite',
      { email: `${name}@plans.example`, givenName: name },
      'member { id }',
    )
  )['member'].id as string;
const role = async (name: string) =>
  (await house.owner.does('roleCreate', { name, permissions: ['DIRECTORY_READ'] }, 'role { id }'))[
    'role'
  ].id as string;
const done = async (id: string, mutation: string, more: object = {}) => {
  await house.owner.does(mutation, { id, ...more });
  return { id };
};

/** Each mutation that can be tried, with an input that changes something. */
const tried: [mutation: string, input: () => Promise<Record<string, unknown>>][] = [
  [
    'memberInvite',
    async () => ({
      email: 'new@plans.example',
      givenName: 'New',
      teamIds: [ids['team']],
      roleId: ids['Auditor'],
    }),
  ],
  [
    'memberUpdate',
    async () => ({
      id: await member('edited'),
      userName: 'other@plans.example',
      familyName: 'Other',
    }),
  ],
  ['memberDisable', async () => ({ id: await member('disabled'), reason: 'gone' })],
  ['memberEnable', async () => done(await member('enabled'), 'memberDisable')],
  [
    'memberDelete',
    async () => {
      const id = await member('deleted');
      await house.owner.does('teamAddMembers', { id: ids['team'], memberIds: [id] });
      return { id };
    },
  ],
  ['memberRestore', async () => done(await member('restored'), 'memberDelete')],
  [
    'memberSetRole',
    async () => ({ id: await member('promoted'), roleId: ids['Admin'], lock: true }),
  ],
  ['memberLockRole', async () => ({ id: ids['ruled'], roleId: ids['Auditor'], reason: 'so' })],
  [
    'memberUnlockRole',
    async () => done(ids['ruled']!, 'memberLockRole', { roleId: ids['Auditor'] }),
  ],
  [
    'membersSendActivation',
    async () => ({ ids: [await member('mailed'), await member('mailed.too')] }),
  ],
  ['teamCreate', async () => ({ name: 'Go', memberIds: [ids['ruled'], ids['stray']] })],
  ['teamUpdate', async () => ({ id: ids['team'], name: 'Draughts' })],
  [
    'teamAddMembers',
    async () => ({ id: ids['team'], memberIds: [ids['ruled'], await member('added')] }),
  ],
  ['teamRemoveMembers', async () => ({ id: ids['team'], memberIds: [ids['ruled']] })],
  [
    'teamDelete',
    async () => ({
      id: (
        await house.owner.does(
          'teamCreate',
          { name: 'Short-lived', memberIds: [ids['stray']] },
          'team { id }',
        )
      )['team'].id,
    }),
  ],
  ['roleCreate', async () => ({ name: 'Brand new', permissions: ['DIRECTORY_READ'], rank: 7 })],
  [
    'roleUpdate',
    async () => ({
      id: await role('Changing'),
      name: 'Changed',
      permissions: ['AUDIT_READ'],
      rank: 9,
    }),
  ],
  [
    'roleMappingsSet',
    async () => ({
      mappings: [
        { teamId: ids['group'], roleId: ids['Auditor'] },
        { pushedRole: 'Boss', roleId: await role('Boss') },
      ],
    }),
  ],
  [
    'tenantSetDefaultRole',
    async () => {
      await house.owner.does('roleMappingsSet', { mappings: [] });
      return { roleId: ids['Auditor'] };
    },
  ],
  [
    'roleDelete',
    async () => {
      const id = await role('Passing');
      await house.owner.does('memberSetRole', { id: await member('passing'), roleId: id });
      return { id, replacementId: ids['Member'] };
    },
  ],
  [
    'identityProviderUpdate',
    async () => ({
      id: off.id,
      provisioning: 'ON',
      evictManualMembers: true,
      name: 'Back',
      adoption: 'ADOPT',
    }),
  ],
  [
    'conflictResolve',
    async () => {
      await member('clash');
      await entra.scim('POST', '/Users', {
        userName: 'clash@plans.example',
        externalId: 'clash',
        name: { givenName: 'C' },
      });
      const { identityProvider } = await house.owner.ask(
        'query ($id: ID!) { identityProvider(id: $id) { conflicts(first: 1) { nodes { id } } } }',
        { id: entra.id },
      );
      return { ids: [identityProvider.conflicts.nodes[0].id], choice: 'LINK_OVERWRITE' };
    },
  ],
];

const PLAN =
  'plan { digest summary { created updated disabled deleted roleChanges membershipChanges conflicts } changes(first: 100) { totalCount nodes { action subjectName reason subject { __typename id } attributes { name before after } } pageInfo { hasNextPage } } }';

describe('a dry run', () => {
  test.each(tried)(
    'of %s writes nothing, and is what the real one records',
    async (mutation, prepare) => {
      const input = await prepare();
      const before = await everything(house);
      const dry = await house.owner.does(mutation, { ...input, dryRun: true }, PLAN);
      expect(dry.userErrors).toEqual([]);
      expect(difference(before, await everything(house))).toEqual([]);
      const again = await house.owner.does(mutation, { ...input, dryRun: true }, PLAN);
      expect(again['plan'].digest).toBe(dry['plan'].digest);
      expect(again['plan'].summary).toEqual(dry['plan'].summary);

      const {
        tenant: { auditLog: last },
      } = await house.owner.ask('{ tenant { auditLog(first: 1) { nodes { id } } } }');
      expect((await house.owner.does(mutation, input)).userErrors).toEqual([]);
      const { tenant } = await house.owner.ask(
        '{ tenant { auditLog(first: 100) { nodes { id action outcome subjectName subject { __typename id } changes { name before after } } } } }',
      );
      const entries = (tenant.auditLog.nodes as Body[])
        .slice(
          0,
          (tenant.auditLog.nodes as Body[]).findIndex(({ id }) => id === last.nodes[0].id),
        )
        .toReversed();
      expect(entries.length).toBeGreaterThan(0);
      const planned = dry['plan'].changes.nodes as Body[];
      expect(planned.map(each => `${each.action} ${each.subjectName}`)).toEqual(
        entries.map(each => `${each.action} ${each.subjectName}`),
      );
      expect(planned.map(({ attributes }) => steady(attributes))).toEqual(
        entries.map(({ changes }) => steady(changes)),
      );
      for (const [at, { subject }] of planned.entries())
        if (subject && entries[at].subject) expect(subject).toEqual(entries[at].subject);
      expect(dry['plan'].changes).toMatchObject({
        totalCount: entries.length,
        pageInfo: { hasNextPage: false },
      });
    },
  );

  test('can be had of every mutation that the contract says', () => {
    const mutations = Object.values(buildSchema(schemaText()).getMutationType()!.getFields());
    const able = mutations
      .filter(({ args }) => 'dryRun' in (args[0]!.type as Body).ofType.getFields())
      .map(({ name }) => name);
    expect(able).toEqual(mutations.map(({ name }) => name));
    expect(able).toEqual(expect.arrayContaining(tried.map(([mutation]) => mutation)));
  });

  test('of nothing to do has nothing in it', async () => {
    const { plan } = await house.owner.does(
      'teamAddMembers',
      { id: ids['team'], memberIds: [], dryRun: true },
      PLAN,
    );
    expect(plan).toMatchObject({
      summary: { created: 0, updated: 0 },
      changes: { totalCount: 0, nodes: [] },
    });
  });

  test.each<[string, string, () => Record<string, unknown>, string]>([
    [
      'rule 1',
      'memberUpdate',
      () => ({ id: ids['ruled'], userName: 'x@plans.example' }),
      'PROVISIONED_READ_ONLY',
    ],
    [
      'rule 3',
      'teamAddMembers',
      () => ({ id: ids['group'], memberIds: [ids['stray']] }),
      'MANUAL_MEMBER_IN_PROVISIONED_TEAM',
    ],
    ['rule 11', 'memberDisable', () => ({ id: house.owner.id }), 'LAST_OWNER'],
    ['rule 15', 'memberSetRole', () => ({ id: ids['ruled'], roleId: ids['Admin'] }), 'ROLE_RULED'],
    ['rule 19', 'memberInvite', () => ({ email: 'OLIVIA@northwind.example' }), 'ALREADY_TAKEN'],
  ])('of what %s refuses is refused, and leaves no entry', async (_, mutation, input, code) => {
    const before = await everything(house);
    expect(
      await house.owner.does(mutation, { ...input(), dryRun: true }, 'plan { digest }'),
    ).toMatchObject({ plan: null, userErrors: [{ code }] });
    expect(difference(before, await everything(house))).toEqual([]);
  });

  test('asks for the same permission', async () => {
    expect(
      await house.member.does('teamCreate', { name: 'Nope', dryRun: true }, 'plan { digest }'),
    ).toMatchObject({ plan: null, userErrors: [{ code: 'FORBIDDEN' }] });
  });
});

/** Instants and ids that are made anew in each run say nothing. */
function steady(attributes: Body[]): Body[] {
  const plain = (value: unknown) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT|^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(value)
      ? '<made anew>'
      : (value ?? null);
  return attributes.map(({ name, before, after }: Body) => ({
    name,
    before: plain(before),
    after: plain(after),
  }));
}
