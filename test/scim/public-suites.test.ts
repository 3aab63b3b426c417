import { expect, test } from 'vitest';
import { type Body, CORE, ENT, GRP, type ScimClient } from '../support/scim-client.ts';
import { scimStage } from '../support/scim-stage.ts';

/** What the public SCIM suites ask, beside what the other files tell. */
const here = scimStage();
const MESSAGE = 'urn:ietf:params:scim:api:messages:2.0';

/** So many Users at once. */
async function crowd(entra: ScimClient, count: number): Promise<string[]> {
  const { body } = await entra.post('/Bulk', {
    schemas: [`${MESSAGE}:BulkRequest`],
    Operations: Array.from({ length: count }, (_, at) => ({
      method: 'POST',
      path: '/Users',
      bulkId: `u${at}`,
      data: { schemas: [CORE], userName: `crowd${at}@x.example` },
    })),
  });
  return body.Operations.map(({ location }: Body) => location.split('/').at(-1));
}

test('a PATCH on a Group answers 200 with it up to a hundred members, and 204 above', async () => {
  const { entra } = await here.scene();
  const ids = await crowd(entra, 101);
  const { id } = await entra.group('Hundred', ids.slice(0, 99));
  const path = `/Groups/${id}`;
  const add = (at: number) => [{ op: 'add', path: 'members', value: [{ value: ids[at] }] }];
  const rename = [{ op: 'replace', path: 'displayName', value: 'Hundred' }];
  const hundredth = await entra.patch(path, add(99));
  expect([hundredth.status, hundredth.body]).toEqual([200, (await entra.get(path)).body]);
  expect(hundredth.body.members).toHaveLength(100);
  const next = await entra.patch(path, add(100));
  expect([next.status, next.text]).toEqual([204, '']);
  expect(next.headers.get('etag')).toBe('W/"v3"');

  const status = async (more: string, prefer?: string) => {
    const answer = await entra.patch(`${path}${more}`, rename, { ...(prefer && { prefer }) });
    return [answer.status, answer.body?.members?.length];
  };
  expect(await status('')).toEqual([204, undefined]);
  expect(await status('?attributes=displayName')).toEqual([200, undefined]);
  expect(await status('?excludedAttributes=members')).toEqual([200, undefined]);
  expect(await status('?attributes=members', 'return=minimal')).toEqual([200, 101]);
  expect(await status('', 'return=representation')).toEqual([200, 101]);
  expect(await status('', 'return=minimal')).toEqual([204, undefined]);
  await entra.patch(path, [{ op: 'replace', path: 'members', value: [] }]);
  expect(await status('')).toEqual([200, 0]);
  expect(await status('', 'return=minimal')).toEqual([204, undefined]);
});

test('Location stands beside every resource that is answered, not only a new one', async () => {
  const { entra } = await here.scene();
  const { id } = await entra.user('ann@x.example');
  const { id: group } = await entra.group('Sales', [id]);
  const change = [{ op: 'replace', path: 'displayName', value: 'Other' }];
  for (const answer of [
    await entra.get(`/Users/${id}`),
    await entra.patch(`/Users/${id}`, change),
    await entra.put(`/Users/${id}`, { schemas: [CORE], userName: 'ann@x.example' }),
    await entra.get(`/Groups/${group}`),
    await entra.patch(`/Groups/${group}`, change),
    await entra.put(`/Groups/${group}`, { schemas: [GRP], displayName: 'Sales' }),
  ]) {
    expect(answer.status).toBe(200);
    expect(answer.headers.get('location')).toBe(answer.body.meta.location);
  }
});

test('no schemas are passed over, an empty list of them is not', async () => {
  const { entra } = await here.scene();
  const { id } = await entra.user('ann@x.example');
  const { id: group } = await entra.group('Sales');
  const operations = { Operations: [{ op: 'replace', path: 'displayName', value: 'x' }] };
  const bulk = {
    Operations: [
      { method: 'POST', path: '/Users', bulkId: 'b', data: { userName: 'c@x.example' } },
    ],
  };
  for (const [method, path, body, status] of [
    ['POST', '/Users', { userName: 'ben@x.example' }, 201],
    ['PUT', `/Users/${id}`, { userName: 'ann@x.example' }, 200],
    ['PATCH', `/Users/${id}`, operations, 200],
    ['POST', '/Groups', { displayName: 'Other' }, 201],
    ['PUT', `/Groups/${group}`, { displayName: 'Sales' }, 200],
    ['PATCH', `/Groups/${group}`, operations, 200],
    ['POST', '/Bulk', bulk, 200],
    ['POST', '/Users/.search', { filter: 'userName pr' }, 200],
    ['POST', '/.search', { filter: 'id pr' }, 200],
  ] as const) {
    expect(await entra.send(method, path, { ...body, schemas: [] })).toMatchObject({
      status: 400,
      body: { scimType: 'invalidSyntax', detail: expect.stringContaining("'schemas'") },
    });
    expect([method, path, (await entra.send(method, path, body)).status]).toEqual([
      method,
      path,
      status,
    ]);
  }
});

test('a filter in brackets behind the name of an attribute to send is passed over', async () => {
  const { entra } = await here.scene();
  const emails = [{ value: 'ann@x.example', type: 'work', primary: true }];
  const { id } = await entra.user('ann@x.example', { emails, title: 'Lead' });
  const asked = async (parameter: string, names: string) => {
    const {
      schemas: _,
      id: __,
      ...rest
    } = (await entra.get(`/Users/${id}?${parameter}=${encodeURIComponent(names)}`)).body;
    return rest;
  };
  for (const names of [
    'emails[type eq "work"]',
    'emails [type eq "work" and value co "a,b]\\""]',
    'emails[type eq "home"],nothing[x',
  ])
    expect(await asked('attributes', names)).toEqual({ emails });
  expect(await asked('attributes', 'title,emails[type eq "work"].value')).toEqual({
    title: 'Lead',
    emails: [{ value: 'ann@x.example' }],
  });
  expect(await asked('excludedAttributes', 'emails[type eq "work"],meta,groups')).toEqual({
    userName: 'ann@x.example',
    active: true,
    title: 'Lead',
  });
});

test('over Users and Groups together, what one of them does not have has no value there', async () => {
  const { entra } = await here.scene();
  const ann = await entra.user('ann@x.example', { title: 'Lead' });
  await entra.user('ben@x.example', { displayName: 'Sales' });
  const { id: sales } = await entra.group('Sales', [ann.id]);
  await entra.group('Empty');
  const names = ({ Resources }: Body) =>
    Resources.map((one: Body) => one.userName ?? `${one.displayName}!`);
  const found = async (filter: string, more: Record<string, unknown> = {}) => {
    const body = { schemas: [`${MESSAGE}:SearchRequest`], filter, ...more };
    const posted = await entra.post('/.search', body);
    const got = await entra.get(`/?filter=${encodeURIComponent(filter)}`);
    expect([posted.status, got.status]).toEqual([200, 200]);
    if (Object.keys(more).length === 0) expect(got.body).toEqual(posted.body);
    return [posted.body.totalResults, ...names(posted.body)];
  };
  expect(await found('userName eq "ann@x.example" or displayName eq "Sales"')).toEqual([
    3,
    'ann@x.example',
    'ben@x.example',
    'Sales!',
  ]);
  expect(await found(`userName eq "ann@x.example" or members.value eq "${ann.id}"`)).toEqual([
    2,
    'ann@x.example',
    'Sales!',
  ]);
  expect(await found('not (title pr)')).toEqual([3, 'ben@x.example', 'Sales!', 'Empty!']);
  expect(await found('title eq null and members eq null')).toEqual([2, 'ben@x.example', 'Empty!']);
  expect(await found('userName ne "ann@x.example"')).toEqual([
    3,
    'ben@x.example',
    'Sales!',
    'Empty!',
  ]);
  expect(await found(`emails[type eq "work"] or id eq "${sales}"`)).toEqual([1, 'Sales!']);
  expect(await found('userName sw "a" and displayName pr')).toEqual([0]);
  expect(await found(`${ENT}:department eq "x" or displayName sw "s"`)).toEqual([
    2,
    'ben@x.example',
    'Sales!',
  ]);
  expect(await found('id pr', { sortBy: 'userName', sortOrder: 'descending', count: 3 })).toEqual([
    4,
    'ben@x.example',
    'ann@x.example',
    expect.stringMatching(/!$/),
  ]);
  for (const filter of ['nothing eq "x" or userName pr', 'active gt true or displayName pr'])
    expect(await entra.post('/.search', { filter })).toMatchObject({
      status: 400,
      body: { scimType: 'invalidFilter' },
    });
  expect((await entra.post('/.search', { sortBy: 'nothing' })).status).toBe(400);
  expect((await entra.find('Groups', 'userName eq "x"')).status).toBe(400);
});

test('what is published: schemas of resources only, and only Users are kinds of members', async () => {
  const { entra } = await here.scene();
  const { body } = await entra.get('/Schemas');
  const schemas = body.Resources as Body[];
  expect(schemas.filter(({ id }) => id.includes(':api:messages:'))).toEqual([]);
  expect((await entra.get(`/Schemas/${MESSAGE}:Error`)).status).toBe(404);
  const named = (id: string) => schemas.find(schema => schema.id === id);
  expect(named(CORE).description).toBe('User Account');
  const members = named(GRP).attributes.find(({ name }: Body) => name === 'members');
  const part = (name: string) => members.subAttributes.find((sub: Body) => sub.name === name);
  expect(part('$ref').referenceTypes).toEqual(['User']);
  expect(part('type').canonicalValues).toEqual(['User']);
  const { id } = await entra.group('Inner');
  const outer = await entra.post('/Groups', {
    schemas: [GRP],
    displayName: 'Outer',
    members: [{ value: id, type: 'Group' }],
  });
  expect(outer).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
});

const bulk = (entra: ScimClient, Operations: unknown[], more: object = {}) =>
  entra.post('/Bulk', { schemas: [`${MESSAGE}:BulkRequest`], ...more, Operations });
const statuses = (body: Body) => body.Operations.map(({ status }: Body) => status);
const post = (bulkId: string, path: string, data: object) => ({
  method: 'POST',
  path,
  bulkId,
  data,
});

test('Bulk: two Users are made who manage each other, and a Group with them, in any order', async () => {
  const { entra } = await here.scene();
  const boss = (bulkId: string, of: string) =>
    post(bulkId, '/Users', {
      schemas: [CORE, ENT],
      userName: `${bulkId}@x.example`,
      [ENT]: { manager: { value: `bulkId:${of}` } },
      groups: [{ value: 'bulkId:g' }],
    });
  const { body, text } = await bulk(entra, [
    post('g', '/Groups', {
      schemas: [GRP],
      displayName: 'Both',
      members: [{ value: 'bulkId:ann' }, { value: 'bulkId:ben' }],
    }),
    boss('ann', 'ben'),
    boss('ben', 'ann'),
    boss('own', 'own'),
  ]);
  expect([statuses(body), text]).toEqual([['201', '201', '201', '201'], text]);
  const [group, ann, ben, own] = await Promise.all(
    body.Operations.map(async ({ location }: Body) =>
      entra.get(location.slice(entra.publicBase.length)).then(answer => answer.body),
    ),
  );
  expect([ann[ENT].manager.value, ben[ENT].manager.value, own[ENT].manager.value]).toEqual([
    ben.id,
    ann.id,
    own.id,
  ]);
  expect(group.members.map(({ value }: Body) => value).toSorted()).toEqual(
    [ann.id, ben.id].toSorted((a, b) => (a < b ? -1 : 1)),
  );
});

test('Bulk: of a circle that cannot be closed nothing remains, and the rest is done', async () => {
  const { company, entra } = await here.scene();
  await entra.user('taken@x.example');
  const { body } = await bulk(entra, [
    post('a', '/Users', { userName: 'a@x.example', [ENT]: { manager: 'bulkId:b' } }),
    post('b', '/Users', { userName: 'taken@x.example', [ENT]: { manager: 'bulkId:a' } }),
    post('c', '/Users', { userName: 'c@x.example' }),
    post('g', '/Groups', { displayName: 'G', members: [{ value: 'bulkId:h' }] }),
    post('h', '/Groups', { displayName: 'H', members: [{ value: 'bulkId:g' }] }),
  ]);
  expect(statuses(body)).toEqual(['409', '409', '201', '400', '409']);
  expect(body.Operations[1].response).toMatchObject({ scimType: 'uniqueness' });
  expect((await entra.get('/Users')).body.totalResults).toBe(2);
  expect((await entra.get('/Groups')).body.totalResults).toBe(0);
  const told = await here.owner.query(
    `select action from audit_entries where tenant_id = $1 and subject_name = 'a@x.example'`,
    [company.tenantId],
  );
  expect(told.rows).toEqual([]);
});

test('Bulk: a path that cannot be decoded fails for itself, whatever was done before it', async () => {
  const { entra } = await here.scene();
  const { id } = await entra.user('ann@x.example');
  for (const path of ['/Users/%ff', '/Users/%', '/Users/%E0%A4%A', '/Groups/%', '/Users/%00']) {
    const { status, body } = await bulk(entra, [
      { method: 'PATCH', path: `/Users/${id}`, data: { Operations: [] } },
      { method: 'DELETE', path },
      { method: 'PUT', path, data: { userName: 'x', displayName: 'x' } },
      { method: 'PATCH', path: `/Users/${id}`, data: { Operations: [] } },
    ]);
    expect([path, status, statuses(body)]).toEqual([path, 200, ['200', '404', '404', '200']]);
    expect((await entra.delete(path)).status).toBe(404);
  }
});

test('Bulk: a fault of ours is the 500 of one operation, and logged; the others are told', async () => {
  const { entra } = await here.scene();
  await here.owner
    .query(`create function fail() returns trigger language plpgsql as $$ begin raise exception
      'no'; end $$;
    create trigger fail before insert on members for each row
    when (new.user_name = 'fault@x.example') execute function fail()`);
  here.lines.length = 0;
  const { status, body } = await bulk(entra, [
    post('a', '/Users', { userName: 'a@x.example' }),
    post('f', '/Users', { userName: 'fault@x.example' }),
    post('b', '/Users', { userName: 'b@x.example' }),
  ]);
  await here.owner.query('drop trigger fail on members; drop function fail');
  expect([status, statuses(body)]).toEqual([200, ['201', '500', '201']]);
  expect(here.lines.map(({ msg }) => msg)).toContain('An operation of a bulk request failed.');
  expect((await entra.get('/Users')).body.totalResults).toBe(2);
});
