import { expect, test } from 'vitest';
import { CORE } from '../support/scim-client.ts';
import { scimStage } from '../support/scim-stage.ts';

const here = scimStage();

async function scene() {
  const { company, entra } = await here.scene();
  const ann = await entra.user('ann@contoso.com', { externalId: 'A', displayName: 'Ann' });
  const sales = await entra.group('Sales', [ann.id], { externalId: 'S' });
  const clientAfterOn = async (evictManualMembers = false) =>
    entra.as((await company.switchTo('ON', { evictManualMembers })).secretToken!);
  return { company, entra, ann, sales, clientAfterOn };
}
const audit = async (subject: string) =>
  (
    await here.owner.query<{ line: string }>(
      `select outcome || ' ' || action as line from audit_entries where subject_name = $1 order by id`,
      [subject],
    )
  ).rows.map(({ line }) => line);

test('1: what the provider manages is for it to change, and its changes go through', async () => {
  const { company, entra, ann } = await scene();
  await expect(company.owner.members.update(ann.id, { givenName: 'X' })).rejects.toMatchObject({
    code: 'provisioned-read-only',
  });
  expect(
    (
      await entra.patch(`/Users/${ann.id}`, [
        { op: 'replace', path: 'name.givenName', value: 'Anna' },
      ])
    ).body.name.givenName,
  ).toBe('Anna');
});

test('2 and 9: people made by hand, and what another provider has, are 404 and found by nothing', async () => {
  const { company, entra, ann, sales } = await scene();
  const mateo = await company.person('Mateo');
  const team = await company.team('Engineering');
  const other = await company.owner.identityProviders.create({ name: 'Okta', kind: 'OKTA' });
  const okta = entra.as(other.secretToken!, other.provider.id);
  const random = await entra.get('/Users/01900000-0000-7000-8000-000000000000');
  for (const answer of [
    await entra.get(`/Users/${mateo.id}`),
    await okta.get(`/Users/${ann.id}`),
    await entra.get(`/Groups/${team.id}`),
    await okta.get(`/Groups/${sales.id}`),
    await okta.delete(`/Users/${ann.id}`),
    await entra.delete(`/Users/${mateo.id}`),
    await okta.patch(`/Users/${ann.id}`, [{ op: 'replace', path: 'active', value: false }]),
    await entra.put(`/Users/${mateo.id}`, { schemas: [CORE], userName: 'x' }),
    await okta.patch(`/Groups/${sales.id}`, [{ op: 'remove', path: 'members' }]),
    await entra.patch(`/Groups/${team.id}`, [{ op: 'remove', path: 'members[display sw "x"]' }]),
    await okta.delete(`/Groups/${sales.id}`),
  ])
    expect([answer.status, answer.text]).toEqual([404, random.text]);
  for (const filter of [
    `id eq "${ann.id}"`,
    'userName eq "ann@contoso.com"',
    'emails eq "ann@contoso.com"',
    'externalId eq "A"',
    `groups eq "${sales.id}"`,
  ])
    expect((await okta.find('Users', filter)).body.totalResults).toBe(0);
  for (const filter of [
    `userName eq "${mateo.userName}"`,
    `emails.value eq "${mateo.userName}"`,
    `id eq "${mateo.id}"`,
  ])
    expect((await entra.find('Users', filter)).body.totalResults).toBe(0);
  expect((await okta.get('/Users')).body.totalResults).toBe(0);
  expect((await entra.get('/Users')).body.totalResults).toBe(1);
  expect((await entra.find('Groups', 'displayName eq "Engineering"')).body.totalResults).toBe(0);
  // In a team of the house the member is, but the provider knows nothing of it.
  await company.owner.teams.admit(team.id, [ann.id]);
  expect(
    (await entra.get(`/Users/${ann.id}`)).body.groups.map(
      (group: { display: string }) => group.display,
    ),
  ).toEqual(['Sales']);
  expect((await entra.find('Users', `groups eq "${team.id}"`)).body.totalResults).toBe(0);
});

test('3 and 9: nobody but its own joins a managed team', async () => {
  const { company, entra, sales } = await scene();
  const mateo = await company.person('Mateo');
  expect(
    await entra.patch(`/Groups/${sales.id}`, [
      { op: 'add', path: 'members', value: [{ value: mateo.id }] },
    ]),
  ).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
  expect(await company.inside(sales)).toEqual(['ann@contoso.com']);
});

test('4: what people did with a provisioned member outlives a group sync and a disable, not a delete', async () => {
  const { company, entra, ann, sales } = await scene();
  const team = await company.team('Finance');
  await company.owner.teams.admit(team.id, [ann.id]);
  await entra.patch(`/Groups/${sales.id}`, [{ op: 'replace', path: 'members', value: [] }]);
  await entra.patch(`/Users/${ann.id}`, [{ op: 'replace', path: 'active', value: false }]);
  expect(await company.inside(team)).toContain('ann@contoso.com');
  await entra.delete(`/Users/${ann.id}`);
  expect(await company.inside(team)).not.toContain('ann@contoso.com');
});

test('5 and 7: OFF kills the secret at once; unedited, everything is taken up again', async () => {
  const { company, entra, ann, sales, clientAfterOn } = await scene();
  await company.switchTo('OFF');
  expect((await entra.get('/Users')).status).toBe(401);
  const again = await clientAfterOn();
  expect(
    (await again.find('Users', 'userName eq "ann@contoso.com"')).body.Resources[0],
  ).toMatchObject({ id: ann.id, meta: { version: ann.meta.version } });
  expect((await again.find('Groups', 'displayName eq "Sales"')).body.Resources[0].id).toBe(
    sales.id,
  );
  expect(
    (await again.post('/Users', { schemas: [CORE], userName: 'ann@contoso.com' })).status,
  ).toBe(409);
  expect((await entra.get('/Users')).status).toBe(401);
});

test("6: edited while off, a new one is created, and the old one is in nobody's way", async () => {
  const { company, ann, sales, clientAfterOn } = await scene();
  await company.switchTo('OFF');
  await company.owner.members.update(ann.id, { userName: 'renamed@contoso.com' });
  await company.owner.teams.rename(sales.id, 'Sales here');
  const again = await clientAfterOn(true);
  expect((await again.get(`/Users/${ann.id}`)).status).toBe(404);
  expect((await again.get(`/Groups/${sales.id}`)).status).toBe(404);
  for (const filter of [
    'userName eq "renamed@contoso.com"',
    'userName eq "ann@contoso.com"',
    'externalId eq "A"',
  ])
    expect((await again.find('Users', filter)).body.totalResults).toBe(0);
  const anew = await again.user('ann@contoso.com', { externalId: 'A' });
  expect(anew.id).not.toBe(ann.id);
  const detached = await again.post('/Users', {
    schemas: [CORE],
    userName: 'renamed@contoso.com',
    externalId: 'A',
  });
  expect(detached.status).toBe(201);
  expect((await again.group('Sales', [], { externalId: 'S' })).id).not.toBe(sales.id);
  expect(await company.system.members.get(ann.id)).toMatchObject({
    origin: 'SCIM',
    providerId: null,
  });
});

test('an address that was changed here is the one that the provider reads, until it says otherwise', async () => {
  const { company, entra, clientAfterOn } = await scene();
  const bea = await entra.user('bea', {
    emails: [
      { type: 'work', value: 'bea@contoso.com', primary: true },
      { type: 'home', value: 'bea@home.example' },
    ],
  });
  await company.switchTo('OFF');
  await company.owner.members.update(bea.id, { email: 'bea.new@contoso.com' });
  const again = await clientAfterOn();
  const seen = (await again.get(`/Users/${bea.id}`)).body;
  expect(seen.emails).toEqual([
    { type: 'work', value: 'bea.new@contoso.com', primary: true },
    { type: 'home', value: 'bea@home.example' },
  ]);
  for (const value of ['bea.new@contoso.com', 'bea@contoso.com'])
    expect(
      (await again.find('Users', `emails[type eq "work"].value eq "${value}"`)).body.totalResults,
    ).toBe(1);
  await again.patch(`/Users/${bea.id}`, [{ op: 'replace', path: 'title', value: 'x' }]);
  expect((await again.get(`/Users/${bea.id}`)).body.emails[0].value).toBe('bea.new@contoso.com');
  expect(
    (
      await again.patch(`/Users/${bea.id}`, [
        { op: 'Replace', path: 'emails[type eq "work"].value', value: 'bea@contoso.com' },
      ])
    ).body.emails[0].value,
  ).toBe('bea@contoso.com');
  expect(await company.system.members.get(bea.id)).toMatchObject({ email: 'bea@contoso.com' });
});

test('10: a collision with what people made is a conflict that a person settles', async () => {
  const { company, entra } = await scene();
  const mateo = await company.person('Mateo');
  const post = (userName = mateo.userName.toUpperCase()) =>
    entra.post('/Users', {
      schemas: [CORE],
      userName,
      externalId: 'M',
      password: 'hunter2',
      title: 'Cook',
    });
  for (let time = 0; time < 2; time++)
    expect(await post()).toMatchObject({
      status: 409,
      body: { scimType: 'uniqueness', detail: expect.stringContaining('made by hand') },
    });
  expect(await entra.post('/Groups', { displayName: 'engineering' })).toMatchObject({
    status: 409,
    body: { scimType: 'uniqueness' },
  });
  const cases = (
    await here.owner.query('select * from conflict_cases where provider_id = $1 order by kind', [
      company.providerId,
    ])
  ).rows;
  expect(cases.map(({ kind, attempts }) => [kind, attempts])).toEqual([
    ['member', 2],
    ['team', 1],
  ]);
  expect(JSON.stringify(cases)).not.toContain('hunter2');
  expect(
    (await audit('MATEO@NORTHWIND.EXAMPLE')).filter(line => line.startsWith('FAILURE')),
  ).toHaveLength(2);
  await company.owner.conflicts.resolve([cases[0].id], 'LINK_KEEP');
  const { body } = await entra.find('Users', `userName eq "${mateo.userName}"`);
  expect(body.Resources[0]).toMatchObject({
    id: mateo.id,
    externalId: 'M',
    userName: mateo.userName,
    name: { givenName: 'Mateo', familyName: 'Rossi' },
    active: true,
  });
  expect(await company.system.members.get(mateo.id)).toMatchObject({
    origin: 'MANUAL',
    providerId: company.providerId,
  });
  expect(
    (await entra.patch(`/Users/${mateo.id}`, [{ op: 'replace', path: 'title', value: 'Cook' }]))
      .body.title,
  ).toBe('Cook');
});

test('10: a provider that may adopt links by the exact user name, never who can administer', async () => {
  const { company, entra } = await scene();
  await company.owner.identityProviders.update(company.providerId, { adoption: 'ADOPT' });
  const [mateo, grace] = [await company.person('Mateo'), await company.person('Grace')];
  expect(
    await entra.post('/Users', { schemas: [CORE], userName: mateo.userName, title: 'Cook' }),
  ).toMatchObject({ status: 201, body: { id: mateo.id, title: 'Cook' } });
  expect(await entra.post('/Users', { schemas: [CORE], userName: grace.userName })).toMatchObject({
    status: 409,
  });
});

test('11: the last owner stays, whatever the provider says', async () => {
  const { company, entra } = await scene();
  const ada = await company.person('Ada');
  await company.owner.members.setLink(ada.id, company.providerId, 'ada');
  for (const answer of [
    await entra.patch(`/Users/${ada.id}`, [{ op: 'replace', path: 'active', value: false }]),
    await entra.delete(`/Users/${ada.id}`),
    await entra.put(`/Users/${ada.id}`, { schemas: [CORE], userName: ada.userName, active: false }),
  ]) {
    expect(answer).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('owner') },
    });
  }
  expect(await company.fresh(ada)).toMatchObject({ state: 'ACTIVE' });
});

test('14 and 16: a lock holds, and pushed roles come back as they were pushed', async () => {
  const { company, entra, ann } = await scene();
  await company.owner.roles.setMappings([
    { pushedRole: 'Auditors', roleId: company.roles.auditor },
  ]);
  await company.owner.members.lockRole(ann.id, { reason: 'x' });
  for (const path of ['roleLocked', 'urn:muster:lock', 'roleLock'])
    await entra.patch(`/Users/${ann.id}`, [{ op: 'replace', path, value: false }]);
  const roles = [{ value: 'Auditors', display: 'The auditors', primary: true }];
  expect(
    (await entra.patch(`/Users/${ann.id}`, [{ op: 'add', path: 'roles', value: roles }])).body
      .roles,
  ).toEqual(roles);
  expect(await company.roleOf(ann)).toBe('Member');
  await company.owner.members.unlockRole(ann.id);
  expect(await company.roleOf(ann)).toBe('Auditor');
  expect((await entra.get(`/Users/${ann.id}`)).body.roles).toEqual(roles);
});

test('17: a deleted User is gone for the provider and causes no conflict', async () => {
  const { company, entra, ann } = await scene();
  await entra.delete(`/Users/${ann.id}`);
  for (const answer of [
    await entra.get(`/Users/${ann.id}`),
    await entra.patch(`/Users/${ann.id}`, [{ op: 'replace', path: 'active', value: true }]),
    await entra.put(`/Users/${ann.id}`, { schemas: [CORE], userName: 'x' }),
  ])
    expect(answer.status).toBe(404);
  expect((await entra.find('Users', 'userName eq "ann@contoso.com"')).body.totalResults).toBe(0);
  expect((await entra.user('ann@contoso.com', { externalId: 'A' })).id).not.toBe(ann.id);
  expect(await company.system.members.get(ann.id)).toMatchObject({ state: 'DELETED' });
});

test('C10: four attributes make a usable member', async () => {
  const { company, entra } = await here.scene();
  const { id, ...said } = await entra.user('Zoe@contoso.com', {
    name: { givenName: 'Zoe', familyName: 'Z' },
  });
  expect(await company.system.members.get(id)).toMatchObject({
    email: 'Zoe@contoso.com',
    displayName: 'Zoe Z',
  });
  expect(Object.keys(said).toSorted()).toEqual(['active', 'meta', 'name', 'schemas', 'userName']);
  expect(
    (await entra.find('Users', 'emails[type eq "work"].value eq "zoe@CONTOSO.com"')).body
      .totalResults,
  ).toBe(1);
});

test('two who change one User at once lose nothing', async () => {
  const { entra, ann } = await scene();
  const names = ['title', 'nickName', 'userType', 'locale', 'timezone', 'preferredLanguage'];
  const answers = await Promise.all(
    names.map(path => entra.patch(`/Users/${ann.id}`, [{ op: 'add', path, value: path }])),
  );
  expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
  expect((await entra.get(`/Users/${ann.id}`)).body).toMatchObject(
    Object.fromEntries(names.map(name => [name, name])),
  );
  const posts = await Promise.all(
    Array.from({ length: 5 }, () =>
      entra.post('/Users', { schemas: [CORE], userName: 'once@contoso.com' }),
    ),
  );
  expect(posts.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    201, 409, 409, 409, 409,
  ]);
});
