import { expect, test } from 'vitest';
import { GRP } from '../support/scim-client.ts';
import { scimStage } from '../support/scim-stage.ts';

const here = scimStage();

async function scene() {
  const { company, entra } = await here.scene();
  const users = [
    await entra.user('ann@contoso.com'),
    await entra.user('ben@contoso.com'),
    await entra.user('cy@contoso.com'),
  ];
  const [ann, ben, cy] = users.map(({ id }) => id as string) as [string, string, string];
  return { company, entra, ann, ben, cy };
}
const ids = (group: { members: { value: string }[] }) =>
  group.members.map(({ value }) => value).toSorted();

test('a Group is a team of the provider, with its members', async () => {
  const { company, entra, ann } = await scene();
  const made = await entra.post('/Groups', {
    schemas: [GRP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
    externalId: '8aa1',
    displayName: 'Sales (1)',
    members: [{ value: ann }],
  });
  expect(made.status).toBe(201);
  expect(made.body).toEqual({
    schemas: [GRP],
    id: expect.any(String),
    externalId: '8aa1',
    displayName: 'Sales (1)',
    members: [
      {
        value: ann,
        $ref: `${entra.publicBase}/Users/${ann}`,
        type: 'User',
        display: 'ann@contoso.com',
      },
    ],
    meta: {
      resourceType: 'Group',
      created: expect.any(String),
      lastModified: expect.any(String),
      location: `${entra.publicBase}/Groups/${made.body.id}`,
      version: 'W/"v1"',
    },
  });
  expect(await company.inside(made.body)).toEqual(['ann@contoso.com']);
  expect((await entra.get(`/Groups/${made.body.id}`)).body).toEqual(made.body);
  expect((await entra.get(`/Users/${ann}`)).body.groups).toEqual([
    { value: made.body.id, $ref: made.body.meta.location, display: 'Sales (1)', type: 'direct' },
  ]);
  expect(
    (await entra.get(`/Groups/${made.body.id}?excludedAttributes=members`)).body.members,
  ).toBeUndefined();
});

test('every way to add and remove members', async () => {
  const { entra, ann, ben, cy } = await scene();
  const { id } = await entra.group('Sales');
  const after = async (operations: unknown) => {
    const answer = await entra.patch(`/Groups/${id}`, operations);
    const { body } = await entra.get(`/Groups/${id}`);
    expect([answer.status, answer.body]).toEqual([200, body]);
    return ids(body);
  };
  expect(
    await after([{ op: 'Add', path: 'members', value: [{ $ref: null, value: ann }] }]),
  ).toEqual([ann]);
  expect(
    await after([{ op: 'add', path: 'members', value: [{ value: ann }, { value: ben }] }]),
  ).toEqual([ann, ben].toSorted());
  expect(
    await after([{ op: 'Remove', path: 'members', value: [{ $ref: null, value: ann }] }]),
  ).toEqual([ben]);
  expect(
    await after([
      { op: 'remove', path: `members[value eq "${ben}"]` },
      { op: 'add', path: 'members', value: [{ value: cy, display: 'x' }] },
    ]),
  ).toEqual([cy]);
  expect(
    await after([{ op: 'replace', path: 'members', value: [{ value: ann }, { value: ben }] }]),
  ).toEqual([ann, ben].toSorted());
  expect(
    await after([{ op: 'replace', value: { id, displayName: 'Sales EU', externalId: 'e' } }]),
  ).toEqual([ann, ben].toSorted());
  expect(await after([{ op: 'remove', path: 'members[display sw "ann"]' }])).toEqual([ben]);
  expect(await after([{ op: 'replace', path: 'members', value: [] }])).toEqual([]);
  expect(await after([{ op: 'add', value: { members: [{ value: cy }] } }])).toEqual([cy]);
  expect(await after([{ op: 'remove', path: 'members' }])).toEqual([]);
});

test('a PATCH answers with the Group when it is asked to', async () => {
  const { entra, ann } = await scene();
  const { id } = await entra.group('Sales', [ann]);
  const rename = [{ op: 'replace', path: 'displayName', value: 'Sales EU' }];
  expect(await entra.patch(`/Groups/${id}?attributes=displayName`, rename)).toMatchObject({
    status: 200,
    body: { schemas: [GRP], id, displayName: 'Sales EU' },
  });
  expect(
    (await entra.patch(`/Groups/${id}`, rename, { prefer: 'return=representation' })).body,
  ).toMatchObject({ displayName: 'Sales EU', members: [{ value: ann }] });
  expect(
    (await entra.put(`/Groups/${id}`, { schemas: [GRP], displayName: 'Sales' })).body,
  ).toMatchObject({ displayName: 'Sales', members: [{ value: ann }] });
  expect(
    (await entra.put(`/Groups/${id}`, { schemas: [GRP], displayName: 'Sales', members: [] })).body,
  ).toMatchObject({ members: [] });
});

test('an unknown member is a 400 that names it, and nothing of the PATCH remains', async () => {
  const { entra, ann } = await scene();
  const { id } = await entra.group('Sales');
  const unknown = '01900000-0000-7000-8000-000000000000';
  for (const value of [unknown, 'no id at all']) {
    const answer = await entra.patch(`/Groups/${id}`, [
      { op: 'replace', path: 'displayName', value: 'Other' },
      { op: 'add', path: 'members', value: [{ value: ann }, { value }] },
    ]);
    expect(answer).toMatchObject({
      status: 400,
      body: { scimType: 'invalidValue', detail: expect.stringContaining(value) },
    });
  }
  expect((await entra.get(`/Groups/${id}`)).body).toMatchObject({
    displayName: 'Sales',
    members: [],
    meta: { version: 'W/"v1"' },
  });
});

test('Groups are found by name, external id and members', async () => {
  const { entra, ann, ben } = await scene();
  const sales = await entra.group('Sales & Co (EU)', [ann], { externalId: 'S1' });
  await entra.group('Empty');
  const found = async (filter: string) =>
    (await entra.find('Groups', filter, '&excludedAttributes=members')).body.Resources.map(
      (group: { displayName: string }) => group.displayName,
    );
  for (const filter of [
    'displayName eq "SALES & co (EU)"',
    'externalId eq "S1"',
    `members eq "${ann}"`,
    `members.value eq "${ann}"`,
    `members[value eq "${ann}"]`,
    `id eq "${sales.id}" and members eq "${ann}"`,
    `members.value eq "${ann}" and displayName sw "sales"`,
    'members pr',
    `meta.location eq "${sales.meta.location}"`,
  ]) {
    expect([filter, await found(filter)]).toEqual([filter, ['Sales & Co (EU)']]);
  }
  for (const filter of [
    'externalId eq "s1"',
    `members eq "${ben}"`,
    'displayName eq "Sales"',
    `id eq "${sales.id}" and members eq "${ben}"`,
  ])
    expect([filter, await found(filter)]).toEqual([filter, []]);
  expect(
    Object.keys(
      (await entra.find('Groups', `id eq "${sales.id}" and members eq "${ann}"`, '&attributes=id'))
        .body.Resources[0],
    ).toSorted(),
  ).toEqual(['id', 'schemas']);
});

test('where groups are not wanted, lists are empty and writes are refused', async () => {
  const { company, entra } = await scene();
  const { id } = await entra.group('Sales');
  await company.owner.identityProviders.update(company.providerId, {
    features: { acceptGroups: false },
  });
  expect(await entra.get('/Groups')).toMatchObject({
    status: 200,
    body: { totalResults: 0, Resources: [] },
  });
  for (const answer of [
    await entra.post('/Groups', { displayName: 'X' }),
    await entra.patch(`/Groups/${id}`, []),
    await entra.put(`/Groups/${id}`, {}),
    await entra.delete(`/Groups/${id}`),
  ]) {
    expect(answer).toMatchObject({ status: 403, body: { status: '403' } });
  }
});

test('deleting a Group ends it', async () => {
  const { entra, ann } = await scene();
  const { id } = await entra.group('Sales', [ann]);
  expect((await entra.delete(`/Groups/${id}`)).status).toBe(204);
  expect((await entra.delete(`/Groups/${id}`)).status).toBe(404);
  expect((await entra.get(`/Groups/${id}`)).status).toBe(404);
  expect((await entra.get(`/Users/${ann}`)).body.groups).toBeUndefined();
  await entra.group('Sales');
});
