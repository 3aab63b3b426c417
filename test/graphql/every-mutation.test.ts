import { type GraphQLInputObjectType, type GraphQLObjectType, getNamedType } from 'graphql';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directorySchema } from '../../src/graphql/schema/schema.ts';
import { changedBetween, seenBy, toldSince } from '../support/deltas.ts';
import { type House, openHouse, type Provider } from '../support/people.ts';

let house: House;
let roles: Record<string, string>;
beforeAll(async () => {
  house = await openHouse();
  roles = Object.fromEntries(
    (await house.tenant.roles.all()).map(role => [role.name.toLowerCase(), role.id]),
  );
});
afterAll(() => house.close({ owed: 'anything' }));

const mutations = Object.values(directorySchema().getMutationType()!.getFields());
const inputOf = (name: string) =>
  getNamedType(
    mutations.find(each => each.name === name)!.args.find(arg => arg.name === 'input')!.type,
  ) as GraphQLInputObjectType;

describe.each(mutations.map(({ name }) => name))('%s', name => {
  test('can be asked for as a plan, and for that plan only', () => {
    const { dryRun, expectedPlan } = inputOf(name).getFields();
    expect([dryRun?.type.toString(), dryRun?.defaultValue, expectedPlan?.type.toString()]).toEqual([
      'Boolean',
      false,
      'String',
    ]);
    const payload = getNamedType(
      mutations.find(each => each.name === name)!.type,
    ) as GraphQLObjectType;
    expect(payload.getFields()['plan']?.type.toString()).toBe('ChangePlan');
    expect(payload.getFields()['userErrors']?.type.toString()).toBe('[UserError!]!');
  });
});

const made = async (name = `Hand ${randomUUID().slice(0, 8)}`) => (await house.made({ name })).id;
const team = async (memberIds: string[] = []) =>
  (
    await house.owner.does(
      'teamCreate',
      { name: `Team ${randomUUID().slice(0, 8)}`, memberIds },
      'team { id name }',
    )
  )['team'] as { id: string; name: string };
const done = async (mutation: string, input: Record<string, unknown>, fields = '') => {
  const answer = await house.owner.does(mutation, input, fields);
  if (answer.userErrors.length > 0) throw new Error(JSON.stringify(answer.userErrors));
  return answer;
};
const provider = (): Promise<Provider> =>
  house.provider({ name: `Provider ${randomUUID().slice(0, 8)}` });
const off = async (): Promise<Provider> => {
  const one = await provider();
  await one.user(`${randomUUID().slice(0, 8)}@off.example`);
  await done('identityProviderUpdate', { id: one.id, provisioning: 'OFF' });
  return one;
};
const role = async () =>
  (
    await done(
      'roleCreate',
      { name: `Role ${randomUUID().slice(0, 8)}`, permissions: ['DIRECTORY_READ'] },
      'role { id }',
    )
  )['role'].id as string;
const token = async () =>
  (
    await done(
      'tokenCreate',
      { name: 'One', kind: 'SERVICE', permissions: ['DIRECTORY_READ'] },
      'token { id }',
    )
  )['token'].id as string;
const conflict = async () => {
  const one = await provider();
  const { email } = await house.made({ name: `Clash ${randomUUID().slice(0, 8)}` });
  await one.scim('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: email,
    externalId: randomUUID(),
    active: true,
  });
  const { identityProvider } = await house.owner.ask(
    `{ identityProvider(id: "${one.id}") { conflicts { nodes { id } } } }`,
  );
  return identityProvider.conflicts.nodes[0].id as string;
};

/** An input for each that changes something; a mutation that is missing here fails its test. */
const inputs: Record<string, () => Promise<Record<string, unknown>>> = {
  memberInvite: async () => ({
    email: `${randomUUID()}@hand.example`,
    teamIds: [(await team()).id],
  }),
  memberUpdate: async () => ({ id: await made(), familyName: 'Changed' }),
  memberDisable: async () => ({ id: await made(), reason: 'Left' }),
  memberEnable: async () => {
    const id = await made();
    await done('memberDisable', { id });
    return { id };
  },
  memberDelete: async () => {
    const id = await made();
    await team([id]);
    return { id };
  },
  memberRestore: async () => {
    const id = await made();
    await team([id]);
    await done('memberDelete', { id });
    return { id };
  },
  memberSetRole: async () => ({ id: await made(), roleId: roles['auditor'] }),
  memberLockRole: async () => ({
    id: await made(),
    reason: 'Kept',
    expiresAt: '2099-01-01T00:00:00Z',
  }),
  memberUnlockRole: async () => {
    const id = await made();
    await done('memberLockRole', { id });
    return { id };
  },
  memberSetLink: async () => ({
    memberId: await made(),
    identityProviderId: (await provider()).id,
    externalId: randomUUID(),
  }),
  membersSendActivation: async () => ({ ids: [await made(), await made()] }),
  teamCreate: async () => ({ name: `New ${randomUUID()}`, memberIds: [await made()] }),
  teamUpdate: async () => ({ id: (await team()).id, name: `Renamed ${randomUUID()}` }),
  teamDelete: async () => ({ id: (await team([await made(), await made()])).id }),
  teamRestore: async () => {
    const { id } = await team([await made()]);
    await done('teamDelete', { id });
    return { id };
  },
  teamAddMembers: async () => ({ id: (await team()).id, memberIds: [await made()] }),
  teamRemoveMembers: async () => {
    const id = await made();
    return { id: (await team([id])).id, memberIds: [id] };
  },
  roleMappingsSet: async () => ({
    mappings: [{ teamId: (await team([await made()])).id, roleId: roles['auditor'] }],
  }),
  tenantSetDefaultRole: async () => ({ roleId: await role() }),
  roleCreate: async () => ({ name: `New ${randomUUID()}`, permissions: ['AUDIT_READ'] }),
  roleUpdate: async () => ({ id: await role(), permissions: ['AUDIT_READ'] }),
  roleDelete: async () => ({ id: await role() }),
  tokenCreate: async () => ({ name: 'New', kind: 'SERVICE', permissions: ['DIRECTORY_READ'] }),
  tokenRevoke: async () => ({ id: await token() }),
  tenantCreate: async () => ({ name: `Child ${randomUUID()}` }),
  tenantUpdate: async () => ({ name: `Tenant ${randomUUID()}` }),
  identityProviderCreate: async () => ({ name: `New ${randomUUID()}`, kind: 'SCIM' }),
  identityProviderUpdate: async () => ({ id: (await provider()).id, strict: true }),
  identityProviderDelete: async () => {
    const { id } = await off();
    const { identityProvider } = await house.owner.ask(
      `{ identityProvider(id: "${id}") { name } }`,
    );
    return { id, name: identityProvider.name };
  },
  identityProviderRotateCredential: async () => ({ id: (await provider()).id, overlapHours: 3 }),
  identityProviderReplaceCredential: async () => ({ id: (await provider()).id }),
  conflictResolve: async () => ({ ids: [await conflict()], choice: 'LINK_KEEP' }),
};

/**
 * What is there, as far as a change could show in it: a digest for each table, without the count of
 * what leaves meanwhile.
 */
async function everything(): Promise<string> {
  const tables = [
    'members',
    'teams',
    'memberships',
    'roles',
    'role_mappings',
    'identity_providers',
    'credentials',
    'conflict_cases',
    'deleted_teams',
    'mail_counts',
    'tenants',
  ];
  const said: (string | undefined)[] = [];
  for (const table of tables) {
    const found = await sql<{ said: string }>`
      select coalesce(md5(string_agg(to_jsonb(t)::text, ' '
      order by to_jsonb(t)::text)), '') as said from ${sql.table(table)} t
      where to_jsonb(t)->>'address_key' like '>%' is not true`.execute(house.tenant.db);
    said.push(`${table} ${found.rows[0]?.said}`);
  }
  return said.join('\n');
}

const PLAN =
  'plan { digest summary { created updated disabled deleted roleChanges membershipChanges conflicts } changes { totalCount nodes { action subjectName } } }';

describe.each(mutations.map(({ name }) => name))('%s', name => {
  test('does what its plan showed, and nothing else', async () => {
    const input = await inputs[name]!();
    const before = await everything();
    const first = await house.owner.does(name, { ...input, dryRun: true }, PLAN);
    expect(first.userErrors).toEqual([]);
    expect(first['plan'].changes.totalCount).toBeGreaterThan(0);
    const again = await house.owner.does(name, { ...input, dryRun: true }, PLAN);
    expect(again['plan'].digest).toBe(first['plan'].digest);
    const other = await house.owner.does(name, { ...input, expectedPlan: '0'.repeat(32) });
    expect(other.userErrors).toMatchObject([{ code: 'STALE_VERSION', field: ['expectedPlan'] }]);
    expect(await everything()).toBe(before);
    const seen = await seenBy(house.tenant.db);
    const applied = await house.owner.does(name, {
      ...input,
      expectedPlan: first['plan'].digest as string,
    });
    expect(applied.userErrors).toEqual([]);
    expect(await everything()).not.toBe(before);
    // Rule 21: every changed column of every audited row is in one entry's delta, and nothing is
    // told that did not change.
    const now = await seenBy(house.tenant.db);
    expect(await toldSince(house.tenant.db, seen)).toEqual(changedBetween(seen.rows, now.rows));
  });
});
