import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runMaintenance } from '../../src/directory/index.ts';
import { type House, openHouse } from '../support/people.ts';

let house: House;
let roles: Record<string, string>;
beforeAll(async () => {
  house = await openHouse();
  roles = Object.fromEntries(
    (await house.tenant.roles.all()).map(role => [role.name.toLowerCase(), role.id]),
  );
});
afterAll(() => house.close({ owed: 'anything' }));

const done = async (mutation: string, input: Record<string, unknown>, fields = '') => {
  const answer = await house.owner.does(mutation, input, fields);
  if (answer.userErrors.length > 0) throw new Error(JSON.stringify(answer.userErrors));
  return answer;
};
const team = async (name: string, memberIds: string[]) =>
  (await done('teamCreate', { name, memberIds }, 'team { id }'))['team'].id as string;
const map = (teamId: string, roleId: string) =>
  done('roleMappingsSet', { mappings: [{ teamId, roleId }] });
const TEAM = `team { id name provenance { origin managed detached } mappedRole { role { name } } members { nodes { member { id } origin } } }`;
const SUMMARY = 'plan { summary { deleted updated roleChanges membershipChanges } }';

describe('a deleted team', () => {
  test('is planned with every membership that ends and every role that changes', async () => {
    const ada = await house.made({ name: 'Team One' });
    await house.tenant.change(async () => {
      await sql`update members set hand_role_id = null where id = ${ada.id}`.execute(
        house.tenant.db,
      );
    });
    const bea = await house.made({ name: 'Team Two' });
    const id = await team('Planned', [ada.id, bea.id]);
    await map(id, roles['auditor']!);
    const planned = await done('teamDelete', { id, dryRun: true }, SUMMARY);
    expect(planned['plan'].summary).toMatchObject({
      membershipChanges: 2,
      roleChanges: 1,
      deleted: 2,
    });
  });

  test('comes back with those who are still here, and with its mapping; its name was free meanwhile', async () => {
    const [stays, goes] = [
      await house.made({ name: 'Stays Here' }),
      await house.made({ name: 'Goes Away' }),
    ];
    const id = await team('Comes back', [stays.id, goes.id]);
    await map(id, roles['auditor']!);
    await done('teamDelete', { id });
    expect(await house.owner.ask(`{ team(id: "${id}") { id } node(id: "${id}") { id } }`)).toEqual({
      team: null,
      node: null,
    });
    await done('memberDelete', { id: goes.id });
    const other = await team('Comes back', []);
    expect((await house.owner.does('teamRestore', { id })).userErrors).toMatchObject([
      { code: 'ALREADY_TAKEN' },
    ]);
    await done('teamDelete', { id: other });
    const { team: back } = await done('teamRestore', { id }, TEAM);
    expect(back).toMatchObject({
      id,
      name: 'Comes back',
      mappedRole: { role: { name: 'Auditor' } },
      members: { nodes: [{ member: { id: stays.id }, origin: 'MANUAL' }] },
    });
    expect((await done('teamRestore', { id }, 'team { id }'))['team']).toEqual({ id });
  });

  test('comes back unlinked when its provider deleted it', async () => {
    const provider = await house.provider({ name: 'Deletes teams' });
    const user = await provider.user('in@team.example');
    const id = await provider.group('Pushed', [user]);
    expect((await provider.scim('DELETE', `/Groups/${id}`)).status).toBe(204);
    const { team: back } = await done('teamRestore', { id }, TEAM);
    expect(back).toMatchObject({
      provenance: { origin: 'SCIM', managed: false, detached: true },
      members: { nodes: [{ member: { id: user } }] },
    });
    expect((await provider.scim('GET', `/Groups/${id}`)).status).toBe(404);
  });

  test('keeps its link while the provider is off, so that the next cycle finds it', async () => {
    const provider = await house.provider({ name: 'Off and on' });
    const id = await provider.group('Kept link', [await provider.user('kept@link.example')]);
    await done('identityProviderUpdate', { id: provider.id, provisioning: 'OFF' });
    await done('teamDelete', { id });
    await done('teamRestore', { id });
    const on = await done(
      'identityProviderUpdate',
      { id: provider.id, provisioning: 'ON' },
      'secretToken',
    );
    provider.secret = on['secretToken'] as string;
    expect((await provider.scim('GET', `/Groups/${id}`)).status).toBe(200);
  });

  test('is restored only by those who may give the role that it gives', async () => {
    const boss = await house.made({ name: 'Boss Team' });
    const id = await team('Owners to be', [boss.id]);
    await map(id, roles['owner']!);
    await done('teamDelete', { id });
    expect((await house.admin.does('teamRestore', { id })).userErrors).toMatchObject([
      { code: 'FORBIDDEN' },
    ]);
    expect((await house.member.does('teamRestore', { id })).userErrors).toMatchObject([
      { code: 'FORBIDDEN' },
    ]);
    expect((await house.stranger.does('teamRestore', { id })).userErrors).toMatchObject([
      { code: 'NOT_FOUND' },
    ]);
  });

  test('is gone for good after thirty days', async () => {
    const id = await team('Forgotten', [house.member.id]);
    await done('teamDelete', { id });
    await house.tenant.change(async () => {
      await sql`update deleted_teams set deleted_at = now() - interval '31 days' where id = ${id}`.execute(
        house.tenant.db,
      );
    });
    expect((await house.owner.does('teamRestore', { id })).userErrors).toMatchObject([
      { code: 'NOT_FOUND', field: ['id'] },
    ]);
    await runMaintenance(house.database.store);
    const { rows } = await sql`select 1 from deleted_teams where id = ${id}`.execute(
      house.tenant.db,
    );
    expect(rows).toEqual([]);
  });
});

describe('a deleted provider', () => {
  test('must be off, and its name is typed', async () => {
    const { id } = await house.provider({ name: 'Stubborn' });
    const remove = (input: object) => house.owner.does('identityProviderDelete', { id, ...input });
    expect((await remove({ name: 'Stubborn' })).userErrors).toMatchObject([
      { code: 'INVALID', field: ['id'] },
    ]);
    await done('identityProviderUpdate', { id, provisioning: 'OFF' });
    expect((await remove({ name: 'stubborn' })).userErrors).toMatchObject([
      { code: 'INVALID', field: ['name'] },
    ]);
    expect(
      (await house.auditor.does('identityProviderDelete', { id, name: 'Stubborn' })).userErrors,
    ).toMatchObject([{ code: 'FORBIDDEN' }]);
  });

  test('leaves its members and teams unlinked, frees its name, and is still told in the log', async () => {
    const provider = await house.provider({ name: 'Gone' });
    const user = await provider.user('left@behind.example');
    const group = await provider.group('Left behind', [user]);
    await done('identityProviderUpdate', { id: provider.id, provisioning: 'OFF' });
    await done('identityProviderDelete', { id: provider.id, name: 'Gone' });
    const facts = await house.owner.ask(
      `{ identityProvider(id: "${provider.id}") { id } node(id: "${provider.id}") { id }
         member(id: "${user}") { state links { id } provenance { origin managed detached
         identityProvider { name } } history { nodes { action actor { __typename ...
         on IdentityProviderActor { identityProvider { name } } } request { identityProvider { name
         } } } } }
         team(id: "${group}") { members { nodes { member { id } } } }
         tenant { identityProviders { nodes { name } } } }`,
    );
    expect(facts).toMatchObject({
      identityProvider: null,
      node: null,
      member: {
        state: 'ACTIVE',
        links: [],
        provenance: {
          origin: 'SCIM',
          managed: false,
          detached: true,
          identityProvider: { name: 'Gone' },
        },
      },
      team: { members: { nodes: [{ member: { id: user } }] } },
    });
    expect(facts['member'].history.nodes).toContainEqual({
      action: 'member.created',
      actor: { __typename: 'IdentityProviderActor', identityProvider: { name: 'Gone' } },
      request: { identityProvider: { name: 'Gone' } },
    });
    expect(facts['member'].history.nodes).toContainEqual(
      expect.objectContaining({ action: 'member.unlinked' }),
    );
    expect(
      facts['tenant'].identityProviders.nodes.map(({ name }: { name: string }) => name),
    ).not.toContain('Gone');
    expect((await provider.scim('GET', '/Users')).status).toBe(401);
    const personal = await fetch(`${provider.tenantUrl}/Users`, {
      headers: { authorization: `Bearer ${house.owner.token}` },
    });
    expect(personal.status).toBe(404);
    const again = await house.provider({ name: 'gone' });
    expect(again.id).not.toBe(provider.id);
  });
});

describe('a tenant', () => {
  test('is renamed by those who administer it', async () => {
    const { tenant } = await done('tenantUpdate', { name: ' Northwind AG ' }, 'tenant { name }');
    expect(tenant).toEqual({ name: 'Northwind AG' });
    expect((await house.admin.does('tenantUpdate', { name: 'Mine' })).userErrors).toMatchObject([
      { code: 'FORBIDDEN' },
    ]);
    expect((await house.owner.does('tenantUpdate', { name: ' ' })).userErrors).toMatchObject([
      { code: 'INVALID', field: ['name'] },
    ]);
    const child = (await done('tenantCreate', { name: 'Child' }, 'tenant { id }'))['tenant'];
    const named = await done(
      'tenantUpdate',
      { tenantId: child.id, name: 'Renamed child' },
      'tenant { id name }',
    );
    expect(named['tenant']).toEqual({ id: child.id, name: 'Renamed child' });
    const { tenant: told } = await house.owner.ask(
      '{ tenant { auditLog(filter: { action: ["tenant.updated"] }) { nodes { changes { name before after } } } } }',
    );
    expect(told.auditLog.nodes).toContainEqual({
      changes: [{ name: 'name', before: 'Northwind', after: 'Northwind AG' }],
    });
  });
});
