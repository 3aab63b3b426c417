import { expect, test } from 'vitest';
import { CORE, ENT } from '../support/scim-client.ts';
import { scimStage } from '../support/scim-stage.ts';

const here = scimStage();

const ann = {
  schemas: [CORE, ENT],
  externalId: 'Ann',
  userName: 'Ann@contoso.com',
  active: true,
  displayName: 'Ann Example',
  title: 'Engineer',
  emails: [
    { type: 'work', value: 'ann@contoso.com', primary: true },
    { type: 'home', value: 'Ann@Home.example' },
  ],
  preferredLanguage: 'en-US',
  name: { givenName: 'Ann', familyName: 'Example', formatted: 'Ann Example' },
  addresses: [
    { type: 'work', streetAddress: '1 Main', locality: 'Oslo', country: 'Norway', formatted: 'HQ' },
  ],
  phoneNumbers: [
    { type: 'work', value: '+47 1' },
    { type: 'mobile', value: '+47 2' },
  ],
  roles: [{ primary: true, value: 'Admin', display: 'Administrator' }],
  [ENT]: { employeeNumber: '7', department: 'R&D', manager: { value: 'somebody unknown' } },
};

test('a User comes back as it was sent, and lives as a member', async () => {
  const { company, entra } = await here.scene();
  const made = await entra.post('/Users', ann);
  expect(made.status).toBe(201);
  expect(made.headers.get('content-type')).toBe('application/scim+json');
  const { id, meta, ...said } = made.body;
  expect(said).toEqual(ann);
  expect(meta).toEqual({
    resourceType: 'User',
    created: expect.any(String),
    lastModified: expect.any(String),
    location: `${entra.publicBase}/Users/${id}`,
    version: 'W/"v1"',
  });
  expect(made.headers.get('location')).toBe(meta.location);
  expect(made.headers.get('etag')).toBe('W/"v1"');
  expect((await entra.get(`/Users/${id}`)).body).toEqual(made.body);
  expect(await company.system.members.get(id)).toMatchObject({
    userName: 'Ann@contoso.com',
    email: 'ann@contoso.com',
    givenName: 'Ann',
    familyName: 'Example',
    displayName: 'Ann Example',
    state: 'ACTIVE',
    origin: 'SCIM',
    externalId: 'Ann',
    pushedRoles: ['admin'],
  });
});

test.each([
  'userName eq "ANN@CONTOSO.COM"',
  'externalId eq "Ann"',
  'emails[type eq "work"].value eq "ANN@contoso.com"',
  'emails eq "ann@home.example"',
  'emails[type eq "home" and value eq "ann@home.example"]',
  `${ENT}:employeeNumber eq "7"`,
  'name.familyName sw "exa"',
  'displayName co "EXAMPLE"',
  'active eq true',
  'active eq "True"',
  'title pr and not (nickName pr)',
  'emails.type eq "home"',
  'roles[primary eq "True"].value eq "admin"',
  'meta.resourceType eq "User"',
  'phoneNumbers[value sw "+47" and type eq "mobile"]',
  `schemas eq "${ENT}"`,
  `${ENT}:manager eq "somebody unknown"`,
  'meta.created gt "2020-01-01T00:00:00Z"',
  'name pr',
  'userName ne "x"',
  'addresses.country eq "norway"',
])('finds by %s', async filter => {
  const { entra } = await here.scene();
  await entra.user('other@contoso.com', { active: false });
  await entra.user('Ann@contoso.com', ann);
  const { status, body } = await entra.find('Users', filter);
  expect(status).toBe(200);
  expect(body.Resources.map((user: { userName: string }) => user.userName)).toContain(
    'Ann@contoso.com',
  );
});

test.each([
  'userName eq "nobody"',
  'externalId eq "ann"',
  'emails[type eq "work"].value eq "ann@home.example"',
  'emails[type eq "home"].value eq "ann@contoso.com"',
  'active eq false',
  'title eq "x"',
  'name.givenName gt "b"',
  'id eq "7"',
  'meta.resourceType eq "Group"',
])('does not find by %s', async filter => {
  const { entra } = await here.scene();
  await entra.user('Ann@contoso.com', ann);
  expect((await entra.find('Users', filter)).body).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: 0,
    startIndex: 1,
    itemsPerPage: 0,
    Resources: [],
  });
});

test('PATCH, PUT and DELETE do what they say, once', async () => {
  const { company, entra } = await here.scene();
  const { id } = await entra.user('Ann@contoso.com', ann);
  const patched = await entra.patch(`/Users/${id}`, [
    { op: 'Replace', path: 'displayName', value: 'Ann B' },
    { op: 'Replace', path: 'emails[type eq "work"].value', value: 'b@contoso.com' },
    { op: 'Replace', path: 'active', value: 'False' },
  ]);
  expect(patched).toMatchObject({
    status: 200,
    body: {
      displayName: 'Ann B',
      active: false,
      meta: { version: 'W/"v2"' },
      emails: [
        { type: 'work', value: 'b@contoso.com', primary: true },
        { type: 'home', value: 'Ann@Home.example' },
      ],
    },
  });
  expect(await company.system.members.get(id)).toMatchObject({
    state: 'DISABLED',
    email: 'b@contoso.com',
  });
  expect(
    (await entra.patch(`/Users/${id}`, [{ op: 'Replace', path: 'active', value: 'False' }])).body
      .meta.version,
  ).toBe('W/"v2"');
  const put = await entra.put(`/Users/${id}`, {
    schemas: [CORE],
    userName: 'ann2@contoso.com',
    name: { givenName: 'Anna' },
  });
  expect(put.body).toMatchObject({
    userName: 'ann2@contoso.com',
    active: false,
    name: { givenName: 'Anna', familyName: 'Example', formatted: 'Ann Example' },
  });
  expect(put.body.title ?? put.body.emails ?? put.body.displayName).toBeUndefined();
  expect((await entra.delete(`/Users/${id}`)).status).toBe(204);
  expect((await entra.get(`/Users/${id}`)).status).toBe(404);
  expect((await entra.delete(`/Users/${id}`)).status).toBe(404);
});
