import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, type Provider } from '../support/people.ts';
import { type Body, logged, patch, scim } from './outside.ts';

/** A1-A3 of the table and rule 22: what the log and the report tell afterwards. */
let house: House;
let entra: Provider;
let okta: Provider;
let ann: string;
let group: string;
let started: string;

beforeAll(async () => {
  house = await openHouse();
  started = new Date(Date.now() - 1000).toISOString();
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

const report = async (filter: Record<string, unknown>, more = '') => {
  const data = await house.owner.ask(
    `query ($filter: ProvisioningReportFilter!) { provisioningReport(filter: $filter, first: 100 ${more}) { totalCount pageInfo { hasNextPage endCursor } edges { cursor } nodes { at endUser application direction operation outcome message audit { id action subject { id } correlationId request { id method path status } } } } }`,
    { filter },
  );
  return data['provisioningReport'] as Body;
};
const rows = async (filter: Record<string, unknown>) =>
  ((await report({ timespan: {}, ...filter })).nodes as Body[]).map(
    ({ endUser, application, operation, outcome }) =>
      `${application}: ${operation} ${endUser} ${outcome}`,
  );

describe('A1: the activity log of a provider', () => {
  test('holds on, off and everything that SCIM did', async () => {
    const other = await house.provider({ name: 'Third' });
    const id = await other.user('third@contoso.com');
    await patch(other, `/Users/${id}`, { op: 'replace', path: 'displayName', value: 'The third' });
    await scim(other, 'DELETE', `/Users/${id}`);
    await house.owner.does('identityProviderRotateCredential', { id: other.id });
    await house.owner.does('identityProviderUpdate', { id: other.id, provisioning: 'PAUSED' });
    await house.owner.does('identityProviderUpdate', { id: other.id, provisioning: 'OFF' });
    await house.owner.does('identityProviderUpdate', { id: other.id, provisioning: 'ON' });
    await house.owner.does('identityProviderReplaceCredential', { id: other.id });
    const actions = await logged(house.owner, { identityProviderId: [other.id] });
    expect(actions).toEqual([
      'identityProvider.created',
      'member.created',
      'member.updated',
      'member.deleted',
      'identityProvider.credentialRotated',
      'identityProvider.paused',
      'identityProvider.switchedOff',
      'identityProvider.switchedOn',
      'identityProvider.credentialReplaced',
      'member.unlinked',
    ]);
  });

  test('says who: the provider with its credential, and the exchange that did it', async () => {
    const { tenant } = await house.owner.ask(
      'query ($ids: [ID!]) { tenant { auditLog(filter: { subjectId: $ids }) { nodes { id action at actor { __typename ... on IdentityProviderActor { identityProvider { id } credential { lastFour } } } changes { name before after } request { id method path status identityProvider { id } changes { nodes { id } } } correlationId } } } }',
      { ids: [ann] },
    );
    const updated = (tenant.auditLog.nodes as Body[]).find(
      ({ action }) => action === 'member.disabled',
    )!;
    expect(updated).toMatchObject({
      actor: {
        __typename: 'IdentityProviderActor',
        identityProvider: { id: entra.id },
        credential: { lastFour: entra.secret.slice(-4) },
      },
      changes: [{ name: 'state', before: 'ACTIVE', after: 'DISABLED' }],
      request: {
        method: 'PATCH',
        path: `/Users/${ann}`,
        status: 200,
        identityProvider: { id: entra.id },
        changes: { nodes: [{ id: updated.id }] },
      },
    });
  });
});

describe('what has just happened', () => {
  test('is there for whoever asks next: the exchange, when the provider was seen, when its secret was used', async () => {
    const other = await house.provider({ name: 'Just now' });
    const seen = async () =>
      (
        await house.owner.ask(
          'query ($id: ID!) { identityProvider(id: $id) { health { status lastSeenAt lastChangeAt } credentials { lastUsedAt } requests(first: 5) { totalCount nodes { id method path status } } } }',
          { id: other.id },
        )
      )['identityProvider'] as Body;
    expect(await seen()).toEqual({
      health: { status: 'NEVER_CONNECTED', lastSeenAt: null, lastChangeAt: null },
      credentials: [{ lastUsedAt: null }],
      requests: { totalCount: 0, nodes: [] },
    });
    await scim(other, 'GET', '/Users?count=1');
    expect(await seen()).toMatchObject({
      health: { status: 'OK', lastSeenAt: expect.any(String), lastChangeAt: null },
      credentials: [{ lastUsedAt: expect.any(String) }],
      requests: { totalCount: 1, nodes: [{ method: 'GET', path: '/Users?count=1', status: 200 }] },
    });
    const answer = await other.scim('POST', '/Users', { userName: 'just.now@contoso.com' });
    const now = await seen();
    expect(now).toMatchObject({
      health: { lastChangeAt: expect.any(String) },
      requests: { totalCount: 2, nodes: [{ method: 'POST', status: 201 }, {}] },
    });
    expect([...answer.headers].flat()).toContain(now.requests.nodes[0].id);
    expect(
      await house.owner.ask(
        'query ($id: ID!) { node(id: $id) { __typename ... on ScimRequest { explanation changes { totalCount nodes { action subject { id } } } } } }',
        { id: now.requests.nodes[0].id },
      ),
    ).toMatchObject({
      node: {
        __typename: 'ScimRequest',
        changes: {
          totalCount: 1,
          nodes: [{ action: 'member.created', subject: { id: answer.body.id } }],
        },
      },
    });
  });
});

describe('A2 and rule 22: the provisioning report', () => {
  const of = (who: string) =>
    ['created', 'disabled', 'enabled', 'updated'].map(() => expect.stringContaining(who));

  test.each<[string, () => string]>([
    ['user name', () => 'ann@contoso.com'],
    ['user name in capitals', () => 'ANN@CONTOSO.COM'],
    ['external id', () => 'ext-ann'],
    ['id', () => ann],
  ])('finds an end user by %s', async (_, endUser) => {
    const found = await report({ timespan: {}, endUser: endUser() });
    expect((found.nodes as Body[]).map(({ audit }) => audit.action)).toEqual(
      expect.arrayContaining([
        'member.created',
        'member.disabled',
        'member.enabled',
        'member.updated',
      ]),
    );
    expect(of('x')).toHaveLength(4);
    for (const row of found.nodes as Body[])
      expect(row).toMatchObject({ application: 'Contoso Entra', outcome: 'SUCCESS' });
  });

  test('finds an end user by an address that is not the user name', async () => {
    const id = await entra.user('upn-only', {
      externalId: 'e-upn',
      emails: [{ type: 'work', value: 'Real.Address@contoso.com', primary: true }],
    });
    expect(
      (await report({ timespan: {}, endUser: 'real.address@contoso.com' })).nodes,
    ).toMatchObject([{ audit: { subject: { id } } }]);
    await patch(entra, `/Users/${id}`, { op: 'replace', path: 'userName', value: 'upn-renamed' });
    const names = async (endUser: string) =>
      ((await report({ timespan: {}, endUser })).nodes as Body[]).map(
        ({ audit }) => audit.action as string,
      );
    for (const endUser of ['upn-renamed', 'e-upn', id])
      expect([endUser, (await names(endUser)).toSorted()]).toEqual([
        endUser,
        ['member.created', 'member.updated'],
      ]);
  });

  test.each<[string, () => string]>([
    ['name', () => 'Contoso Entra'],
    ['name in another case', () => 'contoso entra'],
    ['id', () => entra.id],
  ])('by application: %s', async (_, application) => {
    const found = await report({ timespan: {}, application: application() });
    expect(found.totalCount).toBeGreaterThan(5);
    expect(new Set((found.nodes as Body[]).map(each => each.application))).toEqual(
      new Set(['Contoso Entra']),
    );
    expect(await rows({ application: application(), endUser: 'oz@contoso.com' })).toEqual([]);
    expect(await rows({ application: 'Okta', endUser: 'oz@contoso.com' })).toHaveLength(1);
  });

  test('by time span, alone and with the others', async () => {
    const now = new Date(Date.now() + 1000).toISOString();
    const all = await report({ timespan: {} });
    expect((await report({ timespan: { gte: started, lt: now } })).totalCount).toBe(all.totalCount);
    expect((await report({ timespan: { gte: now } })).totalCount).toBe(0);
    expect((await report({ timespan: { lt: started } })).totalCount).toBe(0);
    const middle = (all.nodes as Body[])[3].at as string;
    const [later, earlier] = await Promise.all([
      report({ timespan: { gte: middle } }),
      report({ timespan: { lt: middle } }),
    ]);
    expect(later.totalCount + earlier.totalCount).toBe(all.totalCount);
    expect(
      (
        await report({
          timespan: { gte: started, lt: now },
          endUser: 'ann@contoso.com',
          application: 'Contoso Entra',
          outcome: ['SUCCESS'],
        })
      ).totalCount,
    ).toBe(4 + 1);
  });

  test('by outcome: what failed says why', async () => {
    const failed = await report({ timespan: {}, outcome: ['FAILURE'], application: entra.id });
    expect(failed.nodes).toMatchObject([
      {
        endUser: expect.stringContaining('hand'),
        outcome: 'FAILURE',
        message: expect.stringContaining('made by hand'),
        audit: { request: { status: 409 } },
      },
    ]);
  });

  test('pages through without losing or repeating any', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = (
        await house.owner.ask(
          'query ($after: String) { provisioningReport(filter: { timespan: {} }, first: 3, after: $after) { nodes { audit { id } } pageInfo { hasNextPage endCursor } } }',
          { after },
        )
      )['provisioningReport'] as Body;
      seen.push(...(page.nodes as Body[]).map(({ audit }) => audit.id as string));
      after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor as string) : null;
    } while (after);
    expect(seen).toEqual(
      ((await report({ timespan: {} })).nodes as Body[]).map(({ audit }) => audit.id),
    );
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('is for those who may read the log', async () => {
    const query = '{ provisioningReport(filter: { timespan: {} }) { totalCount } }';
    expect((await house.auditor.graphql(query)).errors).toBeUndefined();
    expect((await house.member.graphql(query)).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ]);
    expect((await house.stranger.ask(query))['provisioningReport'].totalCount).toBe(0);
  });
});

describe('A3: groups being pushed, with their mapped role', () => {
  test('are the teams of origin SCIM', async () => {
    const [role] = (
      (await house.owner.ask('{ tenant { roles { id name } } }'))['tenant'].roles as Body[]
    ).filter(({ name }) => name === 'Auditor');
    await house.owner.does('teamCreate', { name: 'By hand' });
    await okta.group('Unmapped');
    await house.owner.does('roleMappingsSet', { mappings: [{ teamId: group, roleId: role.id }] });
    const { tenant } = await house.owner.ask(
      '{ tenant { teams(filter: { origin: [SCIM] }, orderBy: [{ field: NAME }]) { totalCount nodes { name mappedRole { position role { name } } provenance { origin managed identityProvider { name kind } } } } } }',
    );
    expect(tenant.teams).toEqual({
      totalCount: 2,
      nodes: [
        {
          name: 'Sales',
          mappedRole: { position: expect.any(Number), role: { name: 'Auditor' } },
          provenance: {
            origin: 'SCIM',
            managed: true,
            identityProvider: { name: 'Contoso Entra', kind: 'ENTRA_ID' },
          },
        },
        {
          name: 'Unmapped',
          mappedRole: null,
          provenance: {
            origin: 'SCIM',
            managed: true,
            identityProvider: { name: 'Okta', kind: 'OKTA' },
          },
        },
      ],
    });
    await house.owner.does('roleMappingsSet', { mappings: [] });
  });
});
