import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, type Provider } from '../support/people.ts';
import { type Body, patch, scim } from './outside.ts';

/**
 * What product frontends and internal tools ask of the contract: lists that can be walked, filters
 * that mean what they say, facts that explain themselves.
 */
let house: House;
let entra: Provider;
const ids: Record<string, string> = {};

beforeAll(async () => {
  house = await openHouse();
  entra = await house.provider({ name: 'Entra' });
  for (const { id, name } of (await house.owner.ask('{ tenant { roles { id name } } }'))['tenant']
    .roles as Body[])
    ids[name] = id;
  for (let n = 0; n < 6; n++)
    ids[`m${n}`] = (
      await house.owner.does(
        'memberInvite',
        {
          email: `m${n}@hand.example`,
          givenName: ['Anna', 'ANNA', 'Bea', 'Béa', 'Zoë', '100%_x'][n],
          familyName: 'Hand',
        },
        'member { id }',
      )
    )['member'].id;
  for (let n = 6; n < 12; n++)
    ids[`m${n}`] = await entra.user(`m${n}@sync.example`, {
      displayName: `Sync ${n}`,
      active: n !== 11,
    });
  ids['Sales'] = await entra.group('Sales', [ids['m6']!, ids['m7']!, ids['m8']!]);
  ids['Chess'] = (
    await house.owner.does(
      'teamCreate',
      { name: 'Chess', memberIds: [ids['m0'], ids['m6'], ids['m9']] },
      'team { id }',
    )
  )['team'].id;
  await house.owner.does('memberLockRole', { id: ids['m7'], roleId: ids['Auditor'] });
  await house.owner.does('memberSetRole', { id: ids['m1'], roleId: ids['Admin'] });
  await house.owner.does('memberDisable', { id: ids['m2'] });
  await house.owner.does('memberDelete', { id: ids['m5'] });
});
afterAll(() => house.close({ owed: 'anything' }));

const named = (nodes: Body[]) =>
  nodes
    .map(({ id }) => Object.keys(ids).find(name => ids[name] === id) ?? (id as string))
    .toSorted();
const members = async (filter: Record<string, unknown>) => {
  const { tenant } = await house.owner.ask(
    'query ($filter: MemberFilter) { tenant { members(first: 100, filter: $filter) { totalCount nodes { id } } } }',
    { filter },
  );
  expect(tenant.members.totalCount).toBe(tenant.members.nodes.length);
  return named(tenant.members.nodes).filter(name => /^m\d/.test(name));
};

describe('filters of members', () => {
  test.each<[string, () => Record<string, unknown>, string[]]>([
    ['state', () => ({ state: ['DISABLED'] }), ['m11', 'm2']],
    ['states', () => ({ state: ['DELETED', 'DISABLED'] }), ['m11', 'm2', 'm5']],
    ['no state at all', () => ({ state: [] }), []],
    ['origin', () => ({ origin: ['SCIM'] }), ['m10', 'm11', 'm6', 'm7', 'm8', 'm9']],
    [
      'origins',
      () => ({ origin: ['MANUAL', 'IMPORT'], email: { contains: '@hand.' } }),
      ['m0', 'm1', 'm2', 'm3', 'm4'],
    ],
    ['managed', () => ({ managed: true }), ['m10', 'm11', 'm6', 'm7', 'm8', 'm9']],
    [
      'not managed',
      () => ({ managed: false, userName: { startsWith: 'M' } }),
      ['m0', 'm1', 'm2', 'm3', 'm4'],
    ],
    [
      'provider',
      () => ({ identityProviderId: [entra.id] }),
      ['m10', 'm11', 'm6', 'm7', 'm8', 'm9'],
    ],
    ['role', () => ({ roleId: [ids['Auditor'], ids['Admin']] }), ['m1', 'm7']],
    ['team', () => ({ teamId: [ids['Sales']] }), ['m6', 'm7', 'm8']],
    ['teams', () => ({ teamId: [ids['Sales'], ids['Chess']] }), ['m0', 'm6', 'm7', 'm8', 'm9']],
    ['locked', () => ({ roleLocked: true }), ['m7']],
    ['email eq in another case', () => ({ email: { eq: 'M0@HAND.example' } }), ['m0']],
    [
      'userName in',
      () => ({ userName: { in: ['M6@sync.example', 'm0@hand.example', 'nobody'] } }),
      ['m0', 'm6'],
    ],
    [
      'email ne',
      () => ({ email: { ne: 'm0@hand.example', contains: '@HAND' } }),
      ['m1', 'm2', 'm3', 'm4'],
    ],
    [
      'userName startsWith and contains',
      () => ({ userName: { startsWith: 'm1', contains: 'sync' } }),
      ['m10', 'm11'],
    ],
    ['free text over the name', () => ({ query: 'anna' }), ['m0', 'm1']],
    [
      'free text over the address',
      () => ({ query: '@SYNC' }),
      ['m10', 'm11', 'm6', 'm7', 'm8', 'm9'],
    ],
    ['free text of two words', () => ({ query: 'zoë hand' }), ['m4']],
    ['free text with a sign that means something in SQL', () => ({ query: '%' }), []],
    ['with another', () => ({ query: '_' }), []],
    ['with a quote', () => ({ query: "'" }), []],
    ['with a backslash', () => ({ query: '\\' }), []],
    ['and', () => ({ and: [{ origin: ['SCIM'] }, { teamId: [ids['Chess']] }] }), ['m6', 'm9']],
    [
      'or',
      () => ({
        or: [{ roleLocked: true }, { state: ['DELETED'] }, { email: { eq: 'm0@hand.example' } }],
      }),
      ['m0', 'm5', 'm7'],
    ],
    [
      'not',
      () => ({ not: { origin: ['SCIM'] }, userName: { contains: '@hand' } }),
      ['m0', 'm1', 'm2', 'm3', 'm4'],
    ],
    [
      'deep',
      () => ({
        or: [
          { and: [{ teamId: [ids['Sales']] }, { not: { roleLocked: true } }] },
          { not: { or: [{ managed: true }, { not: { query: 'bea' } }] } },
        ],
      }),
      ['m2', 'm6', 'm8'],
    ],
    ['an empty or', () => ({ or: [] }), []],
    ['an empty and', () => ({ and: [], teamId: [ids['Sales']] }), ['m6', 'm7', 'm8']],
    ['an empty not', () => ({ not: {} }), []],
    [
      'changed since',
      () => ({ updatedAt: { gte: '2020-01-01T00:00:00Z' }, teamId: [ids['Sales']] }),
      ['m6', 'm7', 'm8'],
    ],
    ['changed before', () => ({ updatedAt: { lt: '2020-01-01T00:00:00Z' } }), []],
    ['ids that are none', () => ({ teamId: ['x'] }), []],
    ['nothing in', () => ({ userName: { in: [] } }), []],
  ])('%s', async (_, filter, found) => {
    expect(await members(filter())).toEqual(found);
  });
});

describe('walks', () => {
  const walk = async (on: string, args: string, back = false) => {
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let turn = 0; turn < 50; turn++) {
      const place: string = back
        ? `last: 3${cursor ? `, before: "${cursor}"` : ''}`
        : `first: 3${cursor ? `, after: "${cursor}"` : ''}`;
      const { tenant } = await house.owner.ask(
        `{ tenant { list: ${on}(${place}${args}) { edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
      );
      const { edges, nodes, pageInfo } = tenant.list as Body;
      expect((edges as Body[]).map(({ node }) => node.id)).toEqual(
        (nodes as Body[]).map(({ id }) => id),
      );
      expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([
        edges[0]?.cursor ?? null,
        edges.at(-1)?.cursor ?? null,
      ]);
      if (back) seen.unshift(...(nodes as Body[]).map(({ id }) => id as string));
      else seen.push(...(nodes as Body[]).map(({ id }) => id as string));
      if (!(back ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) return seen;
      cursor = back ? pageInfo.startCursor : pageInfo.endCursor;
    }
    throw new Error('This walk does not end.');
  };
  const whole = async (on: string, args: string) =>
    (
      (await house.owner.ask(`{ tenant { list: ${on}(first: 100${args}) { nodes { id } } } }`))[
        'tenant'
      ].list.nodes as Body[]
    ).map(({ id }) => id as string);

  test.each([
    ['members', ''],
    ...['DISPLAY_NAME', 'EMAIL', 'CREATED_AT', 'UPDATED_AT', 'ROLE'].flatMap(field =>
      ['ASC', 'DESC'].map(direction => [
        'members',
        `, orderBy: [{ field: ${field}, direction: ${direction} }]`,
      ]),
    ),
    ['members', ', orderBy: [{ field: ROLE }, { field: DISPLAY_NAME, direction: DESC }]'],
    ['members', ', filter: { or: [{ managed: true }, { roleLocked: true }] }'],
    ['teams', ''],
    ...['NAME', 'CREATED_AT', 'MEMBER_COUNT'].flatMap(field =>
      ['ASC', 'DESC'].map(direction => [
        'teams',
        `, orderBy: [{ field: ${field}, direction: ${direction} }]`,
      ]),
    ),
  ] as [string, string][])(
    '%s%s: forward and backward meet everybody once, in the same order',
    async (on, args) => {
      const all = await whole(on, args);
      expect(new Set(all).size).toBe(all.length);
      expect(await walk(on, args)).toEqual(all);
      expect(await walk(on, args, true)).toEqual(all);
    },
  );

  test('a cursor stays where it was while rows are added before and behind it', async () => {
    const first = (
      await house.owner.ask(
        '{ tenant { members(first: 4, orderBy: [{ field: EMAIL }]) { nodes { email } pageInfo { endCursor } } } }',
      )
    )['tenant'].members as Body;
    for (const email of ['a.first@hand.example', 'zz.last@hand.example'])
      await house.owner.does('memberInvite', { email });
    const next = (
      await house.owner.ask(
        'query ($after: String) { tenant { members(first: 100, after: $after, orderBy: [{ field: EMAIL }]) { nodes { email } pageInfo { hasPreviousPage hasNextPage } totalCount } } }',
        { after: first.pageInfo.endCursor },
      )
    )['tenant'].members as Body;
    const emails = (next.nodes as Body[]).map(({ email }) => email as string);
    expect(emails).not.toContain('a.first@hand.example');
    expect(emails.at(-1)).toBe('zz.last@hand.example');
    for (const { email } of first.nodes as Body[]) expect(emails).not.toContain(email);
    expect(next.totalCount).toBe(emails.length + 5);
    expect(next.pageInfo).toEqual({ hasPreviousPage: true, hasNextPage: false });
  });

  test.each([
    'first: 501',
    'first: -1',
    'last: -1',
    'after: "nonsense"',
    'before: "nonsense", last: 2',
    'first: 2, after: ""',
  ])('members(%s) is refused in words, not by a fault', async args => {
    const { status, errors } = await house.owner.graphql(
      `{ tenant { members(${args}) { nodes { id } } } }`,
    );
    expect(status).toBeLessThan(500);
    if (errors) expect(errors[0]!.extensions.code).not.toBe('INTERNAL_SERVER_ERROR');
    else expect(args).toBe('first: 2, after: ""');
  });

  test('a cursor of another list or order opens nothing by a fault', async () => {
    const { tenant } = await house.owner.ask(
      '{ tenant { members(first: 1) { pageInfo { endCursor } } } }',
    );
    const { errors } = await house.owner.graphql(
      'query ($after: String) { tenant { teams(first: 1, after: $after) { nodes { id } } m: members(first: 1, after: $after, orderBy: [{ field: EMAIL }]) { nodes { id } } } }',
      { after: tenant.members.pageInfo.endCursor },
    );
    for (const { extensions } of errors ?? [])
      expect(extensions.code).not.toBe('INTERNAL_SERVER_ERROR');
  });

  test('first: 0 tells only how many there are', async () => {
    expect(
      (
        await house.owner.ask(
          '{ tenant { teams(first: 0) { totalCount nodes { id } pageInfo { hasNextPage } } } }',
        )
      )['tenant'].teams,
    ).toMatchObject({ totalCount: 2, nodes: [] });
  });
});

describe('one member', () => {
  test('is found by any one handle, in any case', async () => {
    const by = async (args: string) =>
      (await house.owner.ask(`{ member(${args}) { id } }`))['member']?.id ?? null;
    expect(await by(`id: "${ids['m6']}"`)).toBe(ids['m6']);
    expect(await by('userName: "M6@Sync.Example"')).toBe(ids['m6']);
    expect(await by('email: "M6@SYNC.example"')).toBe(ids['m6']);
    expect(await by('externalId: "ext-m6@sync.example"')).toBe(ids['m6']);
    expect(await by('externalId: "EXT-m6@sync.example"')).toBeNull();
    for (const args of [
      '',
      '(userName: null)',
      `(id: "${ids['m6']}", userName: "m6@sync.example")`,
    ])
      expect((await house.owner.graphql(`{ member${args} { id } }`)).errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT' } },
      ]);
    expect(
      await house.owner.ask('{ a: team(name: "SALES") { id } b: team(name: "nothing") { id } }'),
    ).toEqual({ a: { id: ids['Sales'] }, b: null });
  });

  test('says of each attribute who owns it, who wrote it last and what the provider last sent', async () => {
    await patch(entra, `/Users/${ids['m6']}`, {
      op: 'replace',
      path: 'name.givenName',
      value: 'Given',
    });
    const { member } = await house.owner.ask(
      'query ($id: ID!) { member(id: $id) { attributes { name value owner identityProvider { id } writtenBy { __typename ... on IdentityProviderActor { identityProvider { id } } } writtenAt providerValue } links { id externalId identityProvider { id } lastSeenAt drift { name } } teams { nodes { team { name } origin since } } onboarding { state sentCount } provenance { origin managed detached externalId identityProvider { id kind } } } }',
      { id: ids['m6'] },
    );
    expect((member.attributes as Body[]).find(({ name }) => name === 'givenName')).toMatchObject({
      value: 'Given',
      owner: 'SCIM',
      identityProvider: { id: entra.id },
      writtenBy: { __typename: 'IdentityProviderActor', identityProvider: { id: entra.id } },
    });
    expect(member).toMatchObject({
      links: [{ externalId: 'ext-m6@sync.example', identityProvider: { id: entra.id }, drift: [] }],
      provenance: {
        origin: 'SCIM',
        managed: true,
        detached: false,
        externalId: 'ext-m6@sync.example',
        identityProvider: { id: entra.id, kind: 'ENTRA_ID' },
      },
    });
    expect(
      (member.teams.nodes as Body[]).map(({ team, origin }) => `${team.name} ${origin}`).toSorted(),
    ).toEqual(['Chess MANUAL', 'Sales SCIM']);
    const only = await house.owner.ask(
      'query ($id: ID!) { member(id: $id) { attributes(names: ["email", "nothing"]) { name } } }',
      { id: ids['m6'] },
    );
    expect(only['member'].attributes).toEqual([{ name: 'email' }]);
  });

  test('shows drift where it was edited while its provider was off', async () => {
    const okta = await house.provider({ name: 'Drifting' });
    const id = await okta.user('drift@sync.example', { name: { givenName: 'There' } });
    await house.owner.does('identityProviderUpdate', { id: okta.id, provisioning: 'OFF' });
    await house.owner.does('memberUpdate', { id, givenName: 'Here' });
    await house.owner.does('identityProviderUpdate', { id: okta.id, provisioning: 'ON' });
    const { member } = await house.owner.ask(
      'query ($id: ID!) { member(id: $id) { links { drift { name here there } } attributes(names: ["givenName"]) { value providerValue writtenBy { __typename } } provenance { managed } } }',
      { id },
    );
    expect(member).toMatchObject({
      provenance: { managed: true },
      attributes: [{ value: 'Here', providerValue: 'There', writtenBy: { __typename: 'Member' } }],
    });
    expect((member.links[0].drift as Body[]).find(({ name }) => name === 'givenName')).toEqual({
      name: 'givenName',
      here: 'Here',
      there: 'There',
    });
  });

  test('has a history, newest first, and each id in it is a node', async () => {
    const { member } = await house.owner.ask(
      'query ($id: ID!) { member(id: $id) { history(first: 2) { totalCount nodes { id action } pageInfo { hasNextPage endCursor } } } }',
      { id: ids['m7'] },
    );
    expect((member.history.nodes as Body[])[0].action).toBe('member.roleLocked');
    const nodes = (
      await house.owner.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { type: __typename id } }', {
        ids: [
          member.history.nodes[0].id,
          ids['m6'],
          ids['Sales'],
          ids['Admin'],
          entra.id,
          'nobody',
          house.tenant.tenantId,
        ],
      })
    )['nodes'] as Body[];
    expect(nodes.map(each => each?.type ?? null)).toEqual([
      'AuditEntry',
      'Member',
      'Team',
      'Role',
      'IdentityProvider',
      null,
      'Tenant',
    ]);
  });
});

describe('the log', () => {
  test.each<[string, () => Record<string, unknown>, (entries: Body[]) => void]>([
    [
      'action',
      () => ({ action: ['team.created'] }),
      entries => expect(entries.map(({ subjectName }) => subjectName)).toEqual(['Chess', 'Sales']),
    ],
    [
      'subject',
      () => ({ subjectId: [ids['m2']] }),
      entries =>
        expect(entries.map(({ action }) => action)).toEqual(['member.disabled', 'member.invited']),
    ],
    [
      'actor',
      () => ({ actorId: [house.owner.id], action: ['team.created'] }),
      entries => expect(entries).toHaveLength(1),
    ],
    [
      'provider and outcome',
      () => ({ identityProviderId: [entra.id], outcome: ['FAILURE'] }),
      entries => expect(entries).toEqual([]),
    ],
    [
      'time',
      () => ({ at: { lt: '2020-01-01T00:00:00Z' } }),
      entries => expect(entries).toEqual([]),
    ],
    [
      'nothing that is known',
      () => ({ action: ['no.such'], correlationId: 'x' }),
      entries => expect(entries).toEqual([]),
    ],
  ])('is filtered by %s', async (_, filter, check) => {
    const { tenant } = await house.owner.ask(
      'query ($filter: AuditFilter) { tenant { auditLog(first: 100, filter: $filter) { totalCount nodes { id action subjectName } } } }',
      { filter: filter() },
    );
    expect(tenant.auditLog.totalCount).toBe(tenant.auditLog.nodes.length);
    check(tenant.auditLog.nodes);
  });
});

describe('the requests of a provider', () => {
  test('are found by method, status, text, time and whether they changed something', async () => {
    await scim(entra, 'POST', '/Users', { userName: 'm6@sync.example' });
    await scim(entra, 'GET', '/Users?filter=userName+eq+%22needle%40haystack.example%22');
    const requests = async (filter: Record<string, unknown>) =>
      (
        await house.owner.ask(
          'query ($id: ID!, $filter: ScimRequestFilter) { identityProvider(id: $id) { requests(first: 100, filter: $filter) { totalCount nodes { method path status changes { nodes { action } } explanation requestBody } } } }',
          { id: entra.id, filter },
        )
      )['identityProvider'].requests.nodes as Body[];
    expect(await requests({ statusGte: 400, statusLt: 500 })).toMatchObject([
      { method: 'POST', status: 409, explanation: expect.stringContaining('already exists') },
    ]);
    expect(await requests({ query: 'NEEDLE@haystack' })).toMatchObject([
      { method: 'GET', status: 200 },
    ]);
    expect(
      (await requests({ method: ['post'], changed: true })).every(
        ({ status, changes }) => status === 201 && (changes as { nodes: Body[] }).nodes.length > 0,
      ),
    ).toBe(true);
    expect((await requests({ query: ids['Sales'] })).length).toBeGreaterThan(0);
    expect(await requests({ at: { lt: '2020-01-01T00:00:00Z' } })).toEqual([]);
    expect(JSON.stringify(await requests({}))).not.toContain(entra.secret);
  });
});
