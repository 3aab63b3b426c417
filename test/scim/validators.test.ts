import { describe, expect, test } from 'vitest';
import { type Body, CORE, ENT, GRP } from '../support/scim-client.ts';
import { scimStage } from '../support/scim-stage.ts';

const here = scimStage();
const words = (name: string) => `${name} #¤%&/()=?\`^*Ω≈ç x`;
const PLAIN = [
  'displayName',
  'title',
  'preferredLanguage',
  'name.givenName',
  'name.familyName',
  'name.formatted',
  'name.honorificPrefix',
  'nickName',
  'userType',
  'locale',
  'timezone',
  'profileUrl',
];
const LISTED = [
  ...['work', 'other', 'home'].map(type => `emails[type eq "${type}"].value`),
  ...['work', 'home', 'other'].flatMap(type =>
    ['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country'].map(
      sub => `addresses[type eq "${type}"].${sub}`,
    ),
  ),
  ...['work', 'mobile', 'fax', 'pager', 'home', 'other'].map(
    type => `phoneNumbers[type eq "${type}"].value`,
  ),
  ...['display', 'value', 'type'].map(sub => `roles[primary eq "True"].${sub}`),
];
const EXTENDED = ['employeeNumber', 'department', 'costCenter', 'organization', 'division'].map(
  name => `${ENT}:${name}`,
);

/** What a validator reads back under the path that it wrote. */
function read(user: Body, path: string): unknown {
  const urn = path.startsWith(ENT) ? user[ENT]?.[path.slice(ENT.length + 1)] : undefined;
  if (path.startsWith(ENT)) return urn;
  const [, list, by, value, sub] = /^(\w+)\[(\w+) eq "(.+)"\]\.(\w+)$/.exec(path) ?? [];
  if (!list) return path.split('.').reduce((held, step) => held?.[step], user);
  return user[list]?.find(
    (element: Body) => String(element[by!]).toLowerCase() === value!.toLowerCase(),
  )?.[sub!];
}

const posted = () => ({
  userName: `${words('userName')}@x`,
  active: true,
  externalId: words('externalId'),
  displayName: words('displayName'),
  profileUrl: words('profileUrl'),
  title: words('t'),
  emails: [{ type: 'work', value: words('mail'), primary: true }],
  phoneNumbers: [{ type: 'work', value: words('tel'), primary: true }],
  addresses: [{ type: 'work', formatted: words('a'), country: words('c'), primary: true }],
  roles: [{ primary: 'True', display: words('d'), value: words('v'), type: words('ty') }],
  name: { formatted: words('f'), familyName: words('fa'), givenName: words('g') },
  [ENT]: {
    employeeNumber: words('e'),
    department: words('d'),
    costCenter: words('c'),
    organization: words('o'),
    division: words('di'),
    manager: { value: words('m') },
  },
  schemas: [CORE, ENT],
});

describe("Microsoft's browser validator", () => {
  test('random text everywhere comes back byte for byte', async () => {
    const { entra } = await here.scene();
    const body = posted();
    const { status, body: made } = await entra.post('/Users', body);
    expect(status).toBe(201);
    const { userName, roles, schemas: _schemas, ...rest } = body;
    expect(made).toMatchObject({ ...rest, roles: [{ ...roles[0], primary: true }] });
    const found = (
      await entra.get(
        `/Users?filter=${encodeURIComponent(`userName eq ${JSON.stringify(userName.toUpperCase())}`)}`,
      )
    ).body;
    expect(found).toMatchObject({ totalResults: 1, Resources: [{ id: made.id, userName }] });
    expect((await entra.post('/Users', body)).status).toBe(409);
    expect(
      await entra.post('/Users', { ...body, userName: 'other', [ENT]: { manager: words('m') } }),
    ).toMatchObject({ status: 201, body: { [ENT]: { manager: { value: words('m') } } } });
  });

  test.each(['Add', 'Replace', 'replace'])(
    '%s of every attribute, one operation each or all in one',
    async op => {
      const { entra } = await here.scene();
      for (const before of [{}, posted()]) {
        const { id } = await entra.user(`u${Math.random()}@x.example`, {
          ...before,
          userName: `u${Math.random()}@x.example`,
        });
        const paths = [...PLAIN, ...LISTED, ...EXTENDED];
        const verbose = await entra.patch(
          `/Users/${id}`,
          paths.map(path => ({ op, path, value: words(path) })),
        );
        expect(verbose.status).toBe(200);
        const user = (await entra.get(`/Users/${id}`)).body;
        for (const path of paths) expect([path, read(user, path)]).toEqual([path, words(path)]);
        const other = (path: string) => words(`${path}2`);
        const terse = [
          ...LISTED.map(path => ({ op, path, value: other(path) })),
          {
            op,
            value: Object.fromEntries([...PLAIN, ...EXTENDED].map(path => [path, other(path)])),
          },
        ];
        expect((await entra.patch(`/Users/${id}`, terse)).status).toBe(200);
        const again = (await entra.get(`/Users/${id}`)).body;
        for (const path of paths) expect([path, read(again, path)]).toEqual([path, other(path)]);
      }
    },
  );

  test('user name, manager, switch and delete', async () => {
    const { entra } = await here.scene();
    const { id } = await entra.user('a@x.example');
    const change = async (...operations: unknown[]) =>
      (await entra.patch(`/Users/${id}`, operations)).body;
    expect((await change({ op: 'replace', value: { userName: 'b@x.example' } })).userName).toBe(
      'b@x.example',
    );
    for (const value of ['01900000-0000-7000-8000-000000000000', 'random text'])
      expect((await change({ op: 'Add', path: `${ENT}:manager`, value }))[ENT].manager.value).toBe(
        value,
      );
    for (const value of ['', { value: '' }, null]) {
      await change({ op: 'Add', path: `${ENT}:manager`, value: 'x' });
      expect((await change({ op: 'Replace', path: `${ENT}:manager`, value }))[ENT]).toBeUndefined();
    }
    expect((await change({ op: 'Replace', path: 'active', value: 'False' })).active).toBe(false);
    expect((await entra.find('Users', 'userName eq "b@x.example"')).body.Resources[0].active).toBe(
      false,
    );
    expect(
      await change(
        { op: 'remove', path: 'preferredLanguage' },
        { op: 'add', path: 'externalId', value: 'e' },
        { op: 'replace', path: 'displayName', value: 'd' },
      ),
    ).toMatchObject({ externalId: 'e', displayName: 'd' });
    expect(
      (
        await change(
          { op: 'remove', path: 'title' },
          { op: 'add', path: 'title', value: 'a' },
          { op: 'replace', path: 'title', value: 'b' },
        )
      ).title,
    ).toBe('b');
    expect([
      (await entra.delete(`/Users/${id}`)).status,
      (await entra.get(`/Users/${id}`)).status,
      (await entra.delete(`/Users/${id}`)).status,
    ]).toEqual([204, 404, 404]);
  });

  test('groups', async () => {
    const { entra } = await here.scene();
    const { id: ann } = await entra.user('ann@x.example');
    const body = { externalId: words('e'), displayName: words('group'), schemas: [GRP] };
    const made = await entra.post('/Groups', body);
    expect(made).toMatchObject({ status: 201, body });
    expect((await entra.post('/Groups', body)).status).toBe(409);
    const { id } = made.body;
    const filter = encodeURIComponent(
      `displayName eq ${JSON.stringify(body.displayName.toUpperCase())}`,
    );
    expect(
      (await entra.get(`/Groups?excludedAttributes=members&filter=${filter}`)).body,
    ).toMatchObject({ totalResults: 1, Resources: [{ id }] });
    expect((await entra.find('Groups', 'displayName eq "nobody"')).body.totalResults).toBe(0);
    for (const operation of [
      { op: 'replace', value: { externalId: 'x' } },
      { op: 'replace', value: { displayName: 'y' } },
      { op: 'replace', path: 'members', value: [{ value: ann }] },
    ])
      expect((await entra.patch(`/Groups/${id}`, [operation])).status).toBe(200);
    expect((await entra.get(`/Groups/${id}`)).body).toMatchObject({
      externalId: 'x',
      displayName: 'y',
      members: [{ value: ann }],
    });
    await entra.patch(`/Groups/${id}`, [{ op: 'remove', path: `members[value eq "${ann}"]` }]);
    expect((await entra.get(`/Groups/${id}`)).body.members).toEqual([]);
    expect([
      (await entra.delete(`/Groups/${id}`)).status,
      (await entra.delete(`/Groups/${id}`)).status,
    ]).toEqual([204, 404]);
  });
});

describe('the gallery validation', () => {
  test('what is cleared with nothing reads back as nothing', async () => {
    const { entra } = await here.scene();
    const targets = [...PLAIN, ...LISTED.filter(path => !path.startsWith('roles')), ...EXTENDED];
    for (const nothing of ['', null]) {
      const { id } = await entra.user(`u${Math.random()}@x.example`, {
        ...posted(),
        userName: `u${Math.random()}@x.example`,
      });
      await entra.patch(
        `/Users/${id}`,
        targets.map(path => ({ op: 'Replace', path, value: words(path) })),
      );
      for (const path of targets)
        expect(
          (await entra.patch(`/Users/${id}`, [{ op: 'Replace', path, value: nothing }])).status,
        ).toBe(200);
      const user = (await entra.get(`/Users/${id}`)).body;
      for (const path of targets) expect([path, read(user, path) ?? '']).toEqual([path, '']);
    }
  });

  test('discovery, creation without schemas, paging with its position told', async () => {
    const { entra } = await here.scene();
    expect(
      await entra.post('/Users', {
        userName: 'a@x.example',
        externalId: 'b7a5f6de-0000-4000-8000-000000000000',
      }),
    ).toMatchObject({
      status: 201,
      body: { userName: 'a@x.example', id: expect.stringMatching(/./) },
    });
    for (let each = 0; each < 11; each++) await entra.user(`${each}@x.example`);
    for (const startIndex of [1, 6, 11])
      expect((await entra.get(`/Users?startIndex=${startIndex}&count=5`)).body).toMatchObject({
        startIndex,
        totalResults: 12,
      });
    const schemas: Body[] = (await entra.get('/Schemas')).body.Resources;
    const user = schemas.find(({ id }) => id === CORE);
    expect(user.attributes.map((attribute: Body) => attribute.name)).toEqual(
      expect.arrayContaining(['userName', 'externalId', 'active', 'emails', 'roles']),
    );
    expect(JSON.stringify(schemas)).not.toMatch(/"password"|"returned":"never"/);
    for (const path of [
      '/Users?count=1',
      '/Groups?count=1',
      '/Users?filter=userName%20eq%20%22%22',
    ])
      expect((await entra.get(path)).status).toBe(200);
  });

  test('every attribute that leaves is one that /Schemas declares', async () => {
    const { entra } = await here.scene();
    const { id } = await entra.user('a@x.example', { ...posted(), userName: 'a@x.example' });
    await entra.group('G', [id]);
    const schemas: Body[] = (await entra.get('/Schemas')).body.Resources;
    const declared = (urn: string) =>
      new Set(
        schemas
          .find(schema => schema.id === urn)
          .attributes.map((attribute: Body) => attribute.name),
      );
    const common = new Set(['schemas', 'id', 'meta', ENT]);
    const user = (await entra.get(`/Users/${id}`)).body;
    expect(
      Object.keys(user).filter(name => !common.has(name) && !declared(CORE).has(name)),
    ).toEqual([]);
    expect(Object.keys(user[ENT]).filter(name => !declared(ENT).has(name))).toEqual([]);
    expect(
      Object.keys((await entra.get('/Groups')).body.Resources[0]).filter(
        name => !common.has(name) && !declared(GRP).has(name),
      ),
    ).toEqual([]);
  });
});
