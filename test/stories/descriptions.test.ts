import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, type Provider } from '../support/people.ts';
import { type Body, CORE, find, patch, scim } from './outside.ts';

/**
 * What providers say of people beside their names, as the provider reads it again and as the
 * console shows it.
 */
const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const NOBODY = '0199c0de-0000-7000-8000-00000000dead';
let house: House;
let entra: Provider;
let boss: string;
let ann: string;

beforeAll(async () => {
  house = await openHouse();
  entra = await house.provider({ name: 'Entra' });
  boss = await entra.user('boss@d.example', { title: 'Head of  R&D' });
  ann = await entra.user('ann@d.example', {
    title: 'Engineer',
    phoneNumbers: [
      { type: 'mobile', value: '+47 2' },
      { type: 'work', value: '+47 1' },
    ],
    preferredLanguage: 'en-US',
    [ENT]: { employeeNumber: '007', department: 'R&D', costCenter: '9', manager: boss },
  });
});
afterAll(() => house.close({ owed: 'anything' }));

const DESCRIBED = 'title department employeeNumber phoneNumber locale manager { id userName }';
const shown = async (id: string): Promise<Body> =>
  (await house.owner.ask(`query ($id: ID!) { member(id: $id) { ${DESCRIBED} } }`, { id }))[
    'member'
  ];
const told = async (id: string): Promise<Body> => (await scim(entra, 'GET', `/Users/${id}`))[1];
const changes = (id: string, ...operations: object[]) =>
  patch(entra, `/Users/${id}`, ...operations);
const nobody = () => entra.user(`n${Math.random()}@d.example`);

describe('what is pushed of a person', () => {
  test('is read in GraphQL, and told to its provider as it was sent', async () => {
    expect(await shown(ann)).toEqual({
      title: 'Engineer',
      department: 'R&D',
      employeeNumber: '007',
      phoneNumber: '+47 1',
      locale: 'en-US',
      manager: { id: boss, userName: 'boss@d.example' },
    });
    expect(await shown(boss)).toMatchObject({
      title: 'Head of  R&D',
      department: null,
      manager: null,
    });
    const user = await told(ann);
    expect(user).toMatchObject({
      schemas: [CORE, ENT],
      title: 'Engineer',
      phoneNumbers: [
        { type: 'mobile', value: '+47 2' },
        { type: 'work', value: '+47 1' },
      ],
    });
    expect(user[ENT]).toEqual({
      employeeNumber: '007',
      department: 'R&D',
      costCenter: '9',
      manager: { value: boss, $ref: `${entra.tenantUrl}/Users/${boss}` },
    });
  });

  test('changes and goes by PATCH and PUT', async () => {
    const id = await nobody();
    await changes(
      id,
      { op: 'add', path: `${ENT}:department`, value: 'Ops' },
      { op: 'add', path: 'title', value: 'Lead' },
    );
    expect(await shown(id)).toMatchObject({ title: 'Lead', department: 'Ops' });
    await changes(
      id,
      { op: 'remove', path: `${ENT}:department` },
      { op: 'replace', path: 'title', value: '' },
    );
    expect(await shown(id)).toMatchObject({ title: null, department: null });
    expect(await told(id)).not.toHaveProperty([ENT]);
    const { userName } = await told(id);
    await scim(entra, 'PUT', `/Users/${id}`, {
      schemas: [CORE],
      userName,
      [ENT]: { employeeNumber: '8' },
    });
    expect(await shown(id)).toMatchObject({ employeeNumber: '8', phoneNumber: null });
    const [, { meta }] = await changes(id, {
      op: 'replace',
      path: `${ENT}:employeeNumber`,
      value: '8',
    });
    expect(meta.version).toBe((await told(id)).meta.version);
  });

  test.each([
    ['text', () => boss],
    ['an object', () => ({ value: boss })],
    ['a list of one', () => [{ value: boss, $ref: `${entra.tenantUrl}/Users/${boss}` }]],
  ])('a manager comes as %s', async (_, value) => {
    const id = await nobody();
    await changes(id, { op: 'Add', path: `${ENT}:manager`, value: value() });
    expect((await shown(id)).manager).toMatchObject({ id: boss });
    expect((await told(id))[ENT].manager.value).toBe(boss);
    await changes(id, { op: 'Replace', path: `${ENT}:manager`, value: '' });
    expect((await shown(id)).manager).toBeNull();
    expect(await told(id)).not.toHaveProperty([ENT]);
  });

  test('a locale is the one that was sent, else the preferred language; both are told apart', async () => {
    await changes(ann, { op: 'add', path: 'locale', value: 'de-CH' });
    expect((await shown(ann)).locale).toBe('de-CH');
    expect(await told(ann)).toMatchObject({ locale: 'de-CH', preferredLanguage: 'en-US' });
    await changes(ann, { op: 'remove', path: 'locale' });
    expect((await shown(ann)).locale).toBe('en-US');
    expect(await told(ann)).not.toHaveProperty('locale');
    expect(await find(entra, 'Users', 'preferredLanguage eq "en-us" and not (locale pr)')).toEqual([
      ann,
    ]);
  });

  test('a text that is too long for an index is kept and told, not refused', async () => {
    const title = 'x'.repeat(2_001);
    const id = await entra.user('long@d.example', { title });
    expect((await shown(id)).title).toBeNull();
    expect((await told(id)).title).toBe(title);
    await changes(id, { op: 'replace', path: 'title', value: 'short' });
    expect([(await shown(id)).title, (await told(id)).title]).toEqual(['short', 'short']);
  });
});

describe('a manager', () => {
  const manager = (id: string, value: string) =>
    changes(id, { op: 'replace', path: `${ENT}:manager`, value });

  test('who is unknown is kept and told, and shown when that member appears', async () => {
    const id = await nobody();
    await manager(id, NOBODY);
    expect((await told(id))[ENT].manager.value).toBe(NOBODY);
    expect((await shown(id)).manager).toBeNull();
    // In a bulk request a reference may come before the User that it names.
    const user = (name: string, extension = {}) => ({
      schemas: [CORE],
      userName: `${name}@bulk.example`,
      ...extension,
    });
    const [, { Operations }] = await scim(entra, 'POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [
        {
          method: 'POST',
          path: '/Users',
          bulkId: 'a',
          data: user('a', { [ENT]: { manager: { value: 'bulkId:b' } } }),
        },
        {
          method: 'POST',
          path: '/Users',
          bulkId: 'b',
          data: user('b', { [ENT]: { manager: { value: 'bulkId:a' } } }),
        },
      ],
    });
    const [a, b] = (Operations as { location: string }[]).map(({ location }) =>
      location.split('/').at(-1)!,
    );
    // Two who report to each other are shown as deep as it is asked.
    expect((await shown(a!)).manager.id).toBe(b);
    expect((await shown(b!)).manager.id).toBe(a);
  });

  test('who is deleted is nobody’s manager any more, and the provider reads what it sent', async () => {
    const [id, leaver] = [await nobody(), await nobody()];
    await manager(id, leaver);
    await scim(entra, 'DELETE', `/Users/${leaver}`);
    expect((await shown(id)).manager).toBeNull();
    expect((await told(id))[ENT].manager.value).toBe(leaver);
    await house.owner.does('memberRestore', { id: leaver });
    expect((await shown(id)).manager).toMatchObject({ id: leaver });
  });

  test('of another provider is told of no name, and only by the id that was sent', async () => {
    const okta = await house.provider({ name: 'Okta' });
    const other = await okta.user('other@okta.example');
    const id = await nobody();
    await manager(id, other);
    expect((await told(id))[ENT].manager).toEqual({
      value: other,
      $ref: `${entra.tenantUrl}/Users/${other}`,
    });
    expect((await scim(entra, 'GET', `/Users/${other}`))[0]).toBe(404);
    expect((await shown(id)).manager).toEqual({ id: other, userName: 'other@okta.example' });
  });

  test('of many members is read with one statement', async () => {
    for (let n = 0; n < 5; n++) await manager(await nobody(), boss);
    let managers: Body[] = [];
    const sent = await house.statementsOf(async () => {
      const { tenant } = await house.owner.ask(
        'query ($boss: ID!) { tenant { members(filter: { managerId: [$boss] }) { nodes { manager { id } } } } }',
        { boss },
      );
      managers = (tenant.members.nodes as Body[]).map(node => node.manager.id as string);
    });
    expect(managers.length).toBeGreaterThan(4);
    expect(new Set(managers)).toEqual(new Set([boss]));
    // Beside the one that answers the whole query, with which this is compared.
    const read = sent.filter(text => /^\s*select tenant_id .*from members\s+where/s.test(text));
    expect(read.length).toBe(2);
  });
});

describe('is found', () => {
  const members = async (filter: object, orderBy?: object[]) =>
    (
      await house.owner.ask(
        'query ($filter: MemberFilter, $orderBy: [MemberOrder!]) { tenant { members(first: 100, filter: $filter, orderBy: $orderBy) { totalCount nodes { userName department } } } }',
        { filter, orderBy },
      )
    )['tenant'].members.nodes as Body[];

  test.each([
    { department: { eq: 'r&d' } },
    { department: { startsWith: 'R&' }, title: { contains: 'GINE' } },
    { employeeNumber: { in: ['007', '9'] } },
    { title: { eq: 'ENGINEER' }, not: { title: { ne: 'engineer' } } },
    { and: [{ employeeNumber: { eq: '007' } }] },
  ])('in GraphQL by %j', async filter => {
    expect((await members(filter)).map(({ userName }) => userName)).toEqual(['ann@d.example']);
  });

  test('in GraphQL by whom they report to, by nobody for what is no id', async () => {
    expect((await members({ managerId: [boss] })).length).toBeGreaterThan(0);
    expect(await members({ managerId: ['nobody', NOBODY.replace('dead', 'beef')] })).toEqual([]);
  });

  test.each([
    'title eq "engineer"',
    `${ENT}:department eq "R&d" and title sw "Eng"`,
    `${ENT}:employeeNumber eq "007"`,
    `${ENT}:employeeNumber pr and title co "ngin"`,
    `schemas eq "${ENT}" and title eq "Engineer"`,
  ])('by the provider with %s', async filter => {
    expect(await find(entra, 'Users', filter)).toEqual([ann]);
  });

  test('by the provider with a manager, of its own only', async () => {
    expect(await find(entra, 'Users', `id eq "${ann}" and ${ENT}:manager eq "${boss}"`)).toEqual([
      ann,
    ]);
    expect(
      await find(
        entra,
        'Users',
        `${ENT}:manager.value eq "${boss}" and userName eq "ann@d.example"`,
      ),
    ).toEqual([ann]);
    const only = await entra.user('only@d.example', { [ENT]: { department: 'Alone' } });
    expect(
      await find(entra, 'Users', `schemas eq "${ENT}" and userName eq "only@d.example"`),
    ).toEqual([only]);
  });

  test('sorted by department, page by page, those without one at the end', async () => {
    const sorted = await members({}, [{ field: 'DEPARTMENT' }]);
    const departments = sorted.map(({ department }) => department as string | null);
    const named = departments.filter(department => department !== null);
    expect(named.length).toBeGreaterThan(1);
    expect(departments.slice(0, named.length)).toEqual(
      named.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)),
    );
    const walked: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { tenant }: Body = await house.owner.ask(
        'query ($after: String) { tenant { members(first: 3, after: $after, orderBy: [{ field: DEPARTMENT, direction: DESC }]) { pageInfo { hasNextPage endCursor } nodes { userName } } } }',
        { after },
      );
      walked.push(...(tenant.members.nodes as Body[]).map(({ userName }) => userName as string));
      ({ endCursor: after, hasNextPage: more } = tenant.members.pageInfo);
    }
    expect(walked.toSorted()).toEqual(sorted.map(({ userName }) => userName as string).toSorted());
  });
});

test('the log says what changed under its own name, and who wrote it last', async () => {
  const id = await entra.user('logged@d.example', {
    title: 'One',
    [ENT]: { department: 'A', costCenter: '1' },
  });
  await changes(
    id,
    { op: 'replace', path: `${ENT}:department`, value: 'B' },
    { op: 'replace', path: `${ENT}:manager`, value: boss },
  );
  const { member } = await house.owner.ask(
    `query ($id: ID!) { member(id: $id) {
      history(first: 1) { nodes { action changes { name before after } } }
      attributes(names: ["department", "title", "managerId"]) { name value owner providerValue
      writtenBy { __typename } request { method } }
      links { drift { name } } editableFields } }`,
    { id },
  );
  const [entry] = member.history.nodes;
  expect(entry.changes).toContainEqual({ name: 'department', before: 'A', after: 'B' });
  expect(entry.changes).toContainEqual({ name: 'managerId', before: null, after: boss });
  const said = {
    owner: 'SCIM',
    providerValue: null,
    writtenBy: { __typename: 'IdentityProviderActor' },
  };
  expect(member.attributes).toMatchObject([
    { name: 'title', value: 'One', ...said, request: { method: 'POST' } },
    { name: 'department', value: 'B', ...said, request: { method: 'PATCH' } },
    { name: 'managerId', value: boss, ...said, request: { method: 'PATCH' } },
  ]);
  expect(member.links).toEqual([{ drift: [] }]);
  expect(member.editableFields).not.toContain('title');
});
