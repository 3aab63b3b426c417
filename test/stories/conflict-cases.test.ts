import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, type Provider } from '../support/people.ts';
import { type Body, find, loggedBy, patch, scim, memberOf, teamOf } from './outside.ts';

/** Rule 10: conflict cases, opened by a provider and settled by a person. */
let house: House;
let entra: Provider;
let ann: string;
let sales: string;
let bob: string;
let count = 0;
beforeAll(async () => {
  house = await openHouse();
  entra = await house.provider({ name: 'Entra' });
  ann = await entra.user('ann@contoso.com', { externalId: 'x-ann' });
  sales = await entra.group('Sales', [ann]);
  bob = (
    await house.owner.does(
      'memberInvite',
      { email: 'bob@northwind.example', givenName: 'Bob' },
      'member { id }',
    )
  )['member'].id;
  await house.owner.does('teamCreate', { name: 'Chess', memberIds: [bob, ann] }, 'team { id }');
});
afterAll(() => house.close({ owed: 'anything' }));

describe('rule 10: conflict cases', () => {
  test('many are settled at once; a dry run settles none; an unknown one settles nothing', async () => {
    const source = await house.provider({ name: 'Clashing' });
    const names = ['k1', 'k2', 'k3'].map(name => `${name}@northwind.example`);
    const ours = new Map<string, string>();
    for (const email of names)
      ours.set(
        email,
        (await house.owner.does('memberInvite', { email }, 'member { id }'))['member'].id as string,
      );
    for (const userName of names) {
      const [status, body] = await scim(source, 'POST', '/Users', {
        userName: userName.toUpperCase(),
        externalId: `x-${userName}`,
      });
      expect([status, body.scimType]).toEqual([409, 'uniqueness']);
      expect(body.detail).toMatch(/by hand/);
    }
    const open = async () =>
      (await house.owner.ask(
        'query ($id: ID!) { identityProvider(id: $id) { conflicts { totalCount nodes { id kind attempts choices sent candidates { id } openedAt } } } tenant { attention { subject { id } suggestedMutation } } }',
        { id: source.id },
      )) as Body;
    const before = await open();
    expect(before.identityProvider.conflicts.totalCount).toBe(3);
    for (const each of before.identityProvider.conflicts.nodes as Body[]) {
      expect(each).toMatchObject({
        kind: 'member',
        attempts: 1,
        choices: expect.arrayContaining(['LINK_KEEP', 'LINK_OVERWRITE', 'CREATE_NEW', 'REJECT']),
        candidates: [{ id: ours.get(String(each.sent.userName).toLowerCase()) }],
      });
      expect(
        (before.tenant.attention as Body[]).find(({ subject }) => subject.id === each.id),
      ).toMatchObject({ suggestedMutation: 'conflictResolve' });
    }
    const ids = (before.identityProvider.conflicts.nodes as Body[]).map(({ id }) => id as string);
    expect(
      await house.owner.does(
        'conflictResolve',
        { ids: [...ids, randomUUID()], choice: 'LINK_KEEP' },
        'cases { id }',
      ),
    ).toMatchObject({ cases: null, userErrors: [{ code: 'NOT_FOUND' }] });
    expect((await open()).identityProvider.conflicts.totalCount).toBe(3);
    expect(
      (await house.member.does('conflictResolve', { ids, choice: 'LINK_KEEP' })).userErrors,
    ).toMatchObject([{ code: 'FORBIDDEN' }]);
    expect(
      await house.owner.does(
        'conflictResolve',
        { ids, choice: 'LINK_KEEP', dryRun: true },
        'plan { changes { totalCount } }',
      ),
    ).toMatchObject({ userErrors: [], plan: { changes: { totalCount: 6 } } });
    expect(
      (await house.owner.does('conflictResolve', { ids, choice: 'LINK_KEEP' }, 'cases { id }'))
        .userErrors,
    ).toEqual([]);
    expect((await open()).identityProvider.conflicts.totalCount).toBe(0);
    for (const userName of names) {
      expect(await find(source, 'Users', `userName eq "${userName}"`)).toEqual([
        ours.get(userName),
      ]);
      expect(await find(source, 'Users', `externalId eq "x-${userName}"`)).toEqual([
        ours.get(userName),
      ]);
      expect(
        await memberOf(
          house.owner,
          ours.get(userName)!,
          'provenance { origin managed identityProvider { id } externalId }',
        ),
      ).toEqual({
        provenance: {
          origin: 'MANUAL',
          managed: true,
          identityProvider: { id: source.id },
          externalId: `x-${userName}`,
        },
      });
    }
    expect(
      (await house.owner.does('memberUpdate', { id: ours.get(names[0]!), givenName: 'No' }))
        .userErrors,
    ).toMatchObject([{ code: 'PROVISIONED_READ_ONLY' }]);
  });

  test("a team: linked, once its manual members are out; then its members are the provider's to say", async () => {
    const source = await house.provider({ name: 'Team clash' });
    const team = (await house.owner.does('teamCreate', { name: 'Rowing' }, 'team { id }'))['team']
      .id as string;
    expect(
      (await scim(source, 'POST', '/Groups', { displayName: 'ROWING', externalId: 'g-row' }))[0],
    ).toBe(409);
    const { identityProvider } = await house.owner.ask(
      'query ($id: ID!) { identityProvider(id: $id) { conflicts { nodes { id kind } } } }',
      { id: source.id },
    );
    expect(identityProvider.conflicts.nodes).toMatchObject([{ kind: 'team' }]);
    expect(
      (
        await house.owner.does('conflictResolve', {
          ids: [identityProvider.conflicts.nodes[0].id],
          choice: 'LINK_KEEP',
        })
      ).userErrors,
    ).toEqual([]);
    expect(await find(source, 'Groups', 'displayName eq "rowing"')).toEqual([team]);
    expect(await teamOf(house.owner, team, 'name provenance { origin managed }')).toEqual({
      name: 'Rowing',
      provenance: { origin: 'MANUAL', managed: true },
    });
    expect(
      (await house.owner.does('teamAddMembers', { id: team, memberIds: [bob] })).userErrors,
    ).toMatchObject([{ code: 'MANUAL_MEMBER_IN_PROVISIONED_TEAM' }]);
  });

  test('a case is over when what stood in the way is gone, renamed or linked, and back when it is back', async () => {
    const source = await house.provider({ name: 'Overtaken' });
    const open = async () =>
      (await house.owner.ask(
        'query ($id: ID!) { identityProvider(id: $id) { conflicts { totalCount nodes { id } } } tenant { attention { message } } }',
        { id: source.id },
      )) as Body;
    const ours = async (email: string) =>
      (await house.owner.does('memberInvite', { email }, 'member { id }'))['member'].id as string;
    const clash = async (userName: string) => {
      const id = await ours(userName);
      expect((await scim(source, 'POST', '/Users', { userName }))[0]).toBe(409);
      return id;
    };
    const [renamed, deleted, linked] = [
      await clash('o1@northwind.example'),
      await clash('o2@northwind.example'),
      await clash('o3@northwind.example'),
    ];
    const { nodes } = (await open()).identityProvider.conflicts;
    expect(nodes).toHaveLength(3);
    await house.owner.does('memberUpdate', { id: renamed, email: 'o1b@northwind.example' });
    await house.owner.does('memberDelete', { id: deleted });
    await house.owner.does('memberSetLink', {
      memberId: linked,
      identityProviderId: source.id,
      externalId: 'o3',
    });
    const after = await open();
    expect(after.identityProvider.conflicts).toEqual({ totalCount: 0, nodes: [] });
    expect(JSON.stringify(after.tenant.attention)).not.toMatch(/o[123]@/);
    expect(
      (await house.owner.does('conflictResolve', { ids: [nodes[0].id], choice: 'LINK_KEEP' }))
        .userErrors,
    ).toMatchObject([{ code: 'INVALID', field: ['ids', '0'] }]);
    expect((await scim(source, 'POST', '/Users', { userName: 'o2@northwind.example' }))[0]).toBe(
      201,
    );
    await house.owner.does('memberUpdate', { id: renamed, email: 'o1@northwind.example' });
    expect((await open()).identityProvider.conflicts.totalCount).toBe(1);
  });

  test('a team with manual members inside is not linked: they are named, and the case', async () => {
    const source = await house.provider({ name: 'Full team' });
    await house.owner.does('teamCreate', { name: 'Sailing', memberIds: [bob] });
    expect((await scim(source, 'POST', '/Groups', { displayName: 'Sailing' }))[0]).toBe(409);
    const { identityProvider } = await house.owner.ask(
      'query ($id: ID!) { identityProvider(id: $id) { conflicts { nodes { id } } } }',
      { id: source.id },
    );
    const ids = [identityProvider.conflicts.nodes[0].id];
    expect(
      (await house.owner.does('conflictResolve', { ids, choice: 'LINK_KEEP' })).userErrors,
    ).toMatchObject([
      { code: 'MANUAL_MEMBER_IN_PROVISIONED_TEAM', field: ['ids', '0'], holder: { id: bob } },
    ]);
    expect(
      (await house.owner.does('conflictResolve', { ids, choice: 'REJECT' })).userErrors,
    ).toEqual([]);
    expect(
      await loggedBy(house.owner, () =>
        house.owner.does('conflictResolve', { ids, choice: 'REJECT' }),
      ),
    ).toEqual([]);
  });

  test('a PATCH or PUT that renames into a manual one is a 409 too, and takes nothing over', async () => {
    const id = await entra.user(`renamed-${++count}@contoso.com`);
    expect(
      await patch(entra, `/Users/${id}`, {
        op: 'replace',
        path: 'userName',
        value: 'BOB@northwind.example',
      }),
    ).toMatchObject([409, { scimType: 'uniqueness' }]);
    expect(
      (await scim(entra, 'PUT', `/Users/${id}`, { userName: 'bob@northwind.example' }))[0],
    ).toBe(409);
    expect(
      await patch(entra, `/Groups/${sales}`, {
        op: 'replace',
        path: 'displayName',
        value: 'chess',
      }),
    ).toMatchObject([409, { scimType: 'uniqueness' }]);
    expect(await memberOf(house.owner, bob, 'provenance { managed origin }')).toEqual({
      provenance: { managed: false, origin: 'MANUAL' },
    });
  });
});
