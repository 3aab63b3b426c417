import { expect, test } from 'vitest';
import { Actor, Directory, PERMISSIONS } from '../../src/directory/index.ts';
import { CORE, PUBLIC_URL } from '../support/scim-client.ts';
import { scimStage } from '../support/scim-stage.ts';

const here = scimStage();
const error = (status: number, scimType?: string) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
  status: String(status),
  ...(scimType && { scimType }),
  detail: expect.any(String),
});

test('only a token that is alive opens the door, and every way of failing looks the same', async () => {
  const { company, entra } = await here.scene();
  const other = await company.owner.identityProviders.create({ name: 'Other', kind: 'SCIM' });
  const wrong = [
    entra.as('x'),
    entra.as(other.secretToken!),
    entra.as(`${entra.token.slice(0, -1)}_`),
    entra.as(entra.token, other.provider.id),
    entra.as(entra.token, '01900000-0000-7000-8000-000000000000'),
    entra.as(entra.token, 'nonsense'),
  ];
  const answers = await Promise.all(wrong.map(client => client.get('/Users')));
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 401, body: error(401) });
    expect(answer.text).toBe(answers[0]!.text);
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="scim", error="invalid_token"',
    );
    expect(answer.headers.get('content-type')).toBe('application/scim+json');
  }
  expect((await entra.get('/Users', { authorization: '' })).headers.get('www-authenticate')).toBe(
    'Bearer realm="scim"',
  );
  for (const scheme of ['Bearer', 'bearer', 'Token'])
    expect((await entra.get('/Users', { authorization: `${scheme} ${entra.token}` })).status).toBe(
      200,
    );
});

test("a person's token works with the permission, and the audit names the person through the provider", async () => {
  const { company, entra } = await here.scene();
  const ada = await company.person('Ada');
  const grace = await company.person('Grace');
  const issue = async (memberId: string, permissions = PERMISSIONS) =>
    (await company.system.credentials.issuePersonal(memberId, 'test', { permissions })).secret;
  const owner = entra.as(await issue(ada.id));
  const { id } = await owner.user('zed@contoso.com');
  const { rows } = await here.owner.query(
    'select actor, provider_id from audit_entries where subject_id = $1',
    [id],
  );
  expect(rows).toEqual([
    {
      provider_id: company.providerId,
      actor: expect.objectContaining({
        kind: 'member',
        memberId: ada.id,
        providerId: company.providerId,
      }),
    },
  ]);
  expect((await entra.get(`/Users/${id}`)).status).toBe(200);
  expect(await entra.as(await issue(grace.id)).get('/Users')).toMatchObject({
    status: 403,
    body: error(403),
  });
  const nowhere = await owner.as(owner.token, '01900000-0000-7000-8000-000000000000').get('/Users');
  const elsewhere = await here.company();
  expect(nowhere).toMatchObject({ status: 404, body: error(404) });
  expect((await owner.as(owner.token, elsewhere.providerId).get('/Users')).text).toBe(nowhere.text);
  await company.switchTo('OFF');
  expect(await owner.get('/Users')).toMatchObject({ status: 401 });
  await company.owner.members.disable(ada.id).catch(() => {});
});

test('paused answers reads and asks writers to come back; off answers nobody', async () => {
  const { company, entra } = await here.scene();
  const { id } = await entra.user('ann@contoso.com');
  await company.switchTo('PAUSED');
  expect((await entra.get(`/Users/${id}`)).status).toBe(200);
  expect(
    (
      await entra.post('/Users/.search', {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      })
    ).status,
  ).toBe(200);
  for (const answer of [
    await entra.post('/Users', {}),
    await entra.patch(`/Users/${id}`, []),
    await entra.delete(`/Users/${id}`),
    await entra.post('/Bulk', {}),
  ]) {
    expect(answer).toMatchObject({ status: 503, body: error(503) });
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  }
  await company.switchTo('OFF');
  expect(await entra.get('/Users')).toMatchObject({ status: 401, body: error(401) });
});

test.each([
  ['', '/Users', 1],
  ['/', 'Users', 1],
  ['', '/users/', 1],
  ['', '/Users?', 1],
  ['/Users', '/Users', 1],
  ['/Users/', '/Users?aadOptscim062020', 1],
  ['/?aadOptscim062020', '/Users?count=5', 1],
  ['?aadOptscim062020', '/Users', 1],
  ['/Users', '/Groups', 0],
  ['/Users', '/ServiceProviderConfig', undefined],
  ['/v2', '/Users', 1],
  ['/scim/v2', '/Users', 1],
  ['', '/Users?cursor_x=1&foo=bar&AzureAdScimPatch2017', 1],
])('the Tenant URL with %j and %j behind it finds its way', async (slip, path, total) => {
  const { entra } = await here.scene();
  const { id } = await entra.user('ann@contoso.com');
  const answer = await entra.get(slip + path);
  expect(answer.status).toBe(200);
  expect(answer.body.totalResults).toBe(total);
  if (slip === '/Users' && path === '/Users')
    expect((await entra.get(`/Users/Users/${id}`)).body.id).toBe(id);
});

test('what is asked wrongly is told how', async () => {
  const { entra } = await here.scene();
  const { id } = await entra.user('ann@contoso.com');
  const cases: [Promise<{ status: number; body: unknown; headers: Headers }>, number, string?][] = [
    [entra.get('/Nothing'), 404],
    [entra.get(`/Users/${id}/more`), 404],
    [entra.get('/Users/no-id'), 404],
    [entra.get('/Users/01900000-0000-7000-8000-000000000000'), 404],
    [entra.delete('/Users'), 405],
    [entra.post('/Schemas', {}), 405],
    [entra.get('/Me'), 501],
    [entra.get('/Schemas?filter=id%20pr'), 403],
    [entra.get('/Users?filter=userName%20eq'), 400, 'invalidFilter'],
    [entra.get('/Users?filter=nothing%20eq%20%22x%22'), 400, 'invalidFilter'],
    [entra.get('/Users?filter=active%20gt%20true'), 400, 'invalidFilter'],
    [entra.post('/Users', '{'), 400, 'invalidSyntax'],
    [entra.post('/Users', 'x', { 'content-type': 'text/plain' }), 415],
    [entra.post('/Users', { schemas: [CORE] }), 400, 'invalidValue'],
    [entra.post('/Users', { schemas: [CORE], userName: '\ud800' }), 400, 'invalidSyntax'],
    [entra.post('/Users', { schemas: [CORE], userName: 'x'.repeat(3_000) }), 400, 'invalidValue'],
    [entra.patch('/Users/no-id', [{ op: 'jump' }]), 400, 'invalidSyntax'],
    [entra.patch('/Users/no-id', []), 404],
    [entra.patch(`/Users/${id}`, [{ op: 'replace', path: 'id', value: 'x' }]), 400, 'mutability'],
    [entra.patch(`/Users/${id}`, [{ op: 'remove' }]), 400, 'noTarget'],
    [entra.patch(`/Users/${id}`, [{ op: 'replace', path: 'a[', value: 'x' }]), 400, 'invalidPath'],
    [entra.get('/Users?sortBy=nothing'), 400, 'invalidValue'],
    [entra.get('/Users?cursor=x'), 400, 'invalidCursor'],
    [entra.get('/Users?cursor&count=501'), 400, 'invalidCount'],
    [entra.post('/Users', { schemas: [CORE], userName: 'ANN@contoso.com' }), 409, 'uniqueness'],
  ];
  for (const [asked, status, scimType] of cases)
    expect(await asked).toMatchObject({ status, body: error(status, scimType) });
  expect((await entra.delete('/Users')).headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS');
  expect((await entra.send('OPTIONS', '/Users')).headers.get('allow')).toBe(
    'GET, POST, HEAD, OPTIONS',
  );
  expect(
    await fetch(entra.base.replace('/v2/', '/v1/') + '/Users').then(answer => answer.json()),
  ).toEqual(error(400, 'invalidVers'));
  expect(
    await fetch(entra.base + '/Users', {
      method: 'HEAD',
      headers: { authorization: `Bearer ${entra.token}` },
    }).then(async answer => [answer.status, await answer.text()]),
  ).toEqual([200, '']);
});

test('a version is an entity tag', async () => {
  const { entra } = await here.scene();
  const { id } = await entra.user('ann@contoso.com');
  expect((await entra.get(`/Users/${id}`, { 'if-none-match': 'W/"v1"' })).status).toBe(304);
  const change = [{ op: 'replace', path: 'title', value: 'x' }];
  expect(await entra.patch(`/Users/${id}`, change, { 'if-match': 'W/"v7"' })).toMatchObject({
    status: 412,
    body: error(412),
  });
  expect(
    (await entra.patch(`/Users/${id}`, change, { 'if-match': 'W/"v1", W/"v9"' })).headers.get(
      'etag',
    ),
  ).toBe('W/"v2"');
  expect((await entra.delete(`/Users/${id}`, { 'if-match': 'W/"v1"' })).status).toBe(412);
  expect((await entra.delete(`/Users/${id}`, { 'if-match': '*' })).status).toBe(204);
  const group = await entra.group('Sales');
  const { id: ben } = await entra.user('ben@contoso.com');
  expect(
    (
      await entra.patch(
        `/Groups/${group.id}`,
        [{ op: 'add', path: 'members', value: [{ value: ben }] }],
        { 'if-match': 'W/"v1"' },
      )
    ).headers.get('etag'),
  ).toBe('W/"v2"');
  expect((await entra.get(`/Groups/${group.id}`, { 'if-none-match': 'W/"v1"' })).status).toBe(200);
  expect((await entra.get(`/Groups/${group.id}`, { 'if-none-match': 'W/"v2"' })).status).toBe(304);
  expect(
    (
      await entra.patch(`/Groups/${group.id}`, [{ op: 'remove', path: 'members' }], {
        'if-match': 'W/"v1"',
      })
    ).status,
  ).toBe(412);
});

test('each exchange is told to the inspector, without secrets, and tied to what it changed', async () => {
  const { company, entra } = await here.scene();
  const made = await entra.post('/Users', {
    schemas: [CORE],
    userName: 'ann@contoso.com',
    active: 'True',
    password: 'hunter2',
    nonsense: 1,
  });
  const exchangeId = made.headers.get('scim-request-id')!;
  await entra.get('/Users?filter=userName+eq+%22ann%40contoso.com%22');
  await entra.post('/Users', { schemas: [CORE], userName: 'ann@contoso.com' });
  await here.flush();
  const { rows } = await here.owner.query(
    'select * from scim_exchanges where provider_id = $1 order by id',
    [company.providerId],
  );
  expect(rows.map(row => [row.method, row.path, row.status, row.changed])).toEqual([
    ['POST', '/Users', 201, true],
    ['GET', '/Users?filter=userName+eq+%22ann%40contoso.com%22', 200, false],
    ['POST', '/Users', 409, false],
  ]);
  expect(rows[0]).toMatchObject({
    id: exchangeId,
    repairs: ['A truth value came as text.'],
    request_body: { password: '[removed]' },
    response_body: { userName: 'ann@contoso.com' },
  });
  expect(rows[0].explanation).toBe(
    `The sender wanted to create the User 'ann@contoso.com'. ann@contoso.com was made a member. Ignored, since nothing here is called so: password, nonsense.`,
  );
  expect(rows[2].explanation).toContain('It was refused: A User with userName');
  const entries = await here.owner.query(
    'select action from audit_entries where exchange_id = $1',
    [exchangeId],
  );
  expect(entries.rows).toEqual([{ action: 'member.created' }]);
  expect(JSON.stringify(here.lines)).not.toContain('hunter2');
  expect(
    (
      await here.owner.query(
        'select last_change_at from provider_activity where provider_id = $1',
        [company.providerId],
      )
    ).rows[0].last_change_at,
  ).toBeInstanceOf(Date);
  const reader = new Directory(
    here.store,
    new Actor({
      tenantId: company.tenantId,
      record: { kind: 'system', name: 'x' },
      permissions: PERMISSIONS,
    }),
    { correlationId: 'x' },
  );
  expect((await reader.exchanges.page(company.providerId)).items).toHaveLength(3);
});

test('what is offered is told, with addresses of ours and the custom attributes of the provider', async () => {
  const { company, entra } = await here.scene();
  const urn = 'urn:ietf:params:scim:schemas:extension:Acme:2.0:User';
  await company.owner.identityProviders.update(company.providerId, {
    extensionAttributes: [
      { urn, name: 'badge', type: 'STRING' },
      { urn, name: 'floor', type: 'INTEGER' },
    ],
  });
  const schemas = (await entra.get('/Schemas?startIndex=1&attributes=x')).body;
  expect(schemas.totalResults).toBe(schemas.Resources.length);
  const acme = schemas.Resources.find((schema: { id: string }) => schema.id === urn);
  expect(acme).toMatchObject({
    name: 'Acme',
    attributes: [
      { name: 'badge', type: 'string' },
      { name: 'floor', type: 'integer' },
    ],
    meta: { location: `${PUBLIC_URL}/scim/v2/${company.providerId}/Schemas/${urn}` },
  });
  expect((await entra.get(`/Schemas/${urn}`)).body).toEqual(acme);
  expect((await entra.get('/ResourceTypes/User')).body.schemaExtensions).toContainEqual({
    schema: urn,
    required: false,
  });
  expect((await entra.get('/ServiceProviderConfig')).body).toMatchObject({
    patch: { supported: true },
    meta: { location: `${entra.publicBase}/ServiceProviderConfig` },
  });
  expect((await entra.get('/Schemas/urn:nothing')).status).toBe(404);
  const { id } = await entra.user('ann@contoso.com', { [urn]: { badge: 'B7' } });
  expect(
    (await entra.patch(`/Users/${id}`, [{ op: 'Add', path: `${urn}:floor`, value: '3' }])).body[
      urn
    ],
  ).toEqual({ badge: 'B7', floor: 3 });
  expect(
    (await entra.find('Users', `${urn}:floor ge 3 and ${urn}:badge eq "b7"`)).body.totalResults,
  ).toBe(1);
});

test('Bulk does each operation for itself, and one may speak of another', async () => {
  const { entra } = await here.scene();
  const { status, body } = await entra.post('/Bulk', {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    Operations: [
      {
        method: 'POST',
        path: '/Groups',
        bulkId: 'g',
        data: {
          schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
          displayName: 'Sales',
          members: [{ value: 'bulkId:u' }],
        },
      },
      {
        method: 'POST',
        path: '/Users',
        bulkId: 'u',
        data: { schemas: [CORE], userName: 'ann@contoso.com' },
      },
      {
        method: 'POST',
        path: '/Users',
        bulkId: 'v',
        data: { schemas: [CORE], userName: 'ANN@contoso.com' },
      },
      { method: 'DELETE', path: '/Users/01900000-0000-7000-8000-000000000000' },
    ],
  });
  expect(status).toBe(200);
  expect(body.Operations.map((operation: { status: string }) => operation.status)).toEqual([
    '201',
    '201',
    '409',
    '404',
  ]);
  const group = (await entra.get(`/Groups/${body.Operations[0].location.split('/').at(-1)}`)).body;
  expect(group.members).toHaveLength(1);
  expect((await entra.get('/?count=10')).body).toMatchObject({
    totalResults: 2,
    Resources: [{ userName: 'ann@contoso.com' }, { displayName: 'Sales' }],
  });
  expect(
    (
      await entra.post('/.search', {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
        filter: 'displayName eq "sales"',
        count: 1,
      })
    ).body,
  ).toMatchObject({ totalResults: 1, itemsPerPage: 1 });
});
