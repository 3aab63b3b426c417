import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, type Provider } from '../support/people.ts';
import { patch, scim } from './outside.ts';

/** Rules 21 and 23: what is written down, and that it stays. */
let house: House;
let entra: Provider;
let okta: Provider;
let ann: string;
let group: string;

beforeAll(async () => {
  house = await openHouse();
  entra = await house.provider({ name: 'Contoso Entra' });
  okta = await house.provider({ name: 'Okta', kind: 'OKTA' });
  ann = await entra.user('ann@contoso.com', { externalId: 'ext-ann', name: { givenName: 'Ann' } });
  group = await entra.group('Sales', [ann]);
  await patch(entra, `/Users/${ann}`, { op: 'replace', path: 'active', value: 'False' });
  await patch(entra, `/Users/${ann}`, { op: 'replace', path: 'active', value: 'True' });
  await patch(entra, `/Users/${ann}`, { op: 'replace', path: 'title', value: 'Lead' });
  await okta.user('oz@contoso.com');
  await house.owner.does('memberInvite', { email: 'hand@northwind.example' });
  await scim(entra, 'POST', '/Users', { userName: 'hand@northwind.example' });
});
afterAll(() => house.close({ owed: 'anything' }));

describe('rule 21: one entry for each change, none for nothing', () => {
  test('repeating what is so already writes and bumps nothing, whichever door', async () => {
    const version = async () =>
      JSON.stringify(
        await house.owner.ask(
          'query ($ann: ID!, $group: ID!) { member(id: $ann) { version updatedAt } team(id: $group) { version updatedAt } tenant { auditLog(first: 1) { totalCount } } }',
          { ann, group },
        ),
      );
    const { body: user } = await entra.scim('GET', `/Users/${ann}`);
    const { body: whole } = await entra.scim('GET', `/Groups/${group}`);
    const team = (
      await house.owner.does('teamCreate', { name: 'Same', memberIds: [ann] }, 'team { id }')
    )['team'].id;
    await house.owner.does('memberLockRole', { id: ann });
    const before = await version();
    const quiet: [string, () => Promise<unknown>][] = [
      [
        'PATCH title',
        () => patch(entra, `/Users/${ann}`, { op: 'Replace', path: 'title', value: 'Lead' }),
      ],
      [
        'PATCH active',
        () => patch(entra, `/Users/${ann}`, { op: 'Replace', path: 'active', value: 'True' }),
      ],
      ['PATCH nothing', () => patch(entra, `/Users/${ann}`)],
      ['PUT the same', () => scim(entra, 'PUT', `/Users/${ann}`, user)],
      ['PUT the same group', () => scim(entra, 'PUT', `/Groups/${group}`, whole)],
      [
        'add who is in',
        () =>
          patch(entra, `/Groups/${group}`, { op: 'Add', path: 'members', value: [{ value: ann }] }),
      ],
      [
        'remove who is not in',
        () =>
          patch(entra, `/Groups/${group}`, {
            op: 'remove',
            path: 'members[value eq "0199aaaa-0000-7000-8000-000000000000"]',
          }),
      ],
      [
        'rename to the same',
        () =>
          patch(entra, `/Groups/${group}`, { op: 'replace', path: 'displayName', value: 'Sales' }),
      ],
      ['teamAddMembers', () => house.owner.does('teamAddMembers', { id: team, memberIds: [ann] })],
      ['teamUpdate', () => house.owner.does('teamUpdate', { id: team, name: 'Same' })],
      [
        'teamRemoveMembers',
        () => house.owner.does('teamRemoveMembers', { id: team, memberIds: [house.owner.id] }),
      ],
      [
        'memberUpdate',
        () => house.owner.does('memberUpdate', { id: house.member.id, givenName: 'Mia' }),
      ],
      ['memberEnable', () => house.owner.does('memberEnable', { id: house.member.id })],
      ['memberLockRole', () => house.owner.does('memberLockRole', { id: ann })],
      ['roleMappingsSet', () => house.owner.does('roleMappingsSet', { mappings: [] })],
      [
        'identityProviderUpdate',
        () =>
          house.owner.does('identityProviderUpdate', {
            id: entra.id,
            provisioning: 'ON',
            name: 'Contoso Entra',
            adoption: 'ASK',
            features: { acceptGroups: true },
          }),
      ],
      ['tokenRevoke twice', async () => undefined],
    ];
    for (const [what, work] of quiet) {
      await work();
      expect([what, await version()]).toEqual([what, before]);
    }
  });

  test('one PATCH is one entry for the member, with before and after, and the entries of one call have one correlation id', async () => {
    const id = await entra.user('one@contoso.com');
    const answer = await entra.scim('PATCH', `/Users/${id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [
        { op: 'Replace', path: 'title', value: 'A' },
        { op: 'Replace', path: 'name.givenName', value: 'One' },
        { op: 'replace', path: 'active', value: false },
        { op: 'replace', path: 'title', value: 'B' },
      ],
    });
    expect(answer.status).toBe(200);
    const { member } = await house.owner.ask(
      'query ($id: ID!) { member(id: $id) { history(first: 10) { totalCount nodes { action correlationId request { id } changes { name before after } } } } }',
      { id },
    );
    expect(member.history.totalCount).toBe(2);
    expect(member.history.nodes[0]).toMatchObject({
      changes: expect.arrayContaining([
        { name: 'givenName', before: null, after: 'One' },
        { name: 'state', before: 'ACTIVE', after: 'DISABLED' },
      ]),
    });
    expect([...answer.headers].flat()).toContain(member.history.nodes[0].request.id);
    const both = await house.owner.ask(
      'query ($id: String!) { tenant { auditLog(filter: { correlationId: $id }) { nodes { action } } } }',
      { id: member.history.nodes[0].correlationId },
    );
    expect(both['tenant'].auditLog.nodes).toHaveLength(1);
  });
});

describe('rule 23: the log can only be appended to', () => {
  test.each([
    'update audit_entries set action = action',
    'delete from audit_entries',
    'truncate audit_entries',
    'drop table audit_entries',
    'alter table audit_entries add column x int',
  ])('%s is not for the application', async statement => {
    await expect(house.database.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  test('nor are its partitions', async () => {
    const { rows: partitions } = await house.database.pool.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_entries'::regclass`,
    );
    for (const { name } of partitions)
      await expect(house.database.pool.query(`delete from ${name}`)).rejects.toMatchObject({
        code: '42501',
      });
  });
});
