import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CORE, ENT } from '../support/scim-client.ts';
import { scimStage } from '../support/scim-stage.ts';

const here = scimStage();

const names = [
  'userName',
  'externalId',
  'id',
  'active',
  'name',
  'name.givenName',
  'emails',
  'emails.value',
  'emails.primary',
  'groups',
  'groups.value',
  'groups.display',
  'meta.created',
  'meta.lastModified',
  'meta.location',
  'meta.version',
  'meta',
  'schemas',
  'roles.value',
  'x509Certificates.value',
  'addresses.country',
  'photos.value',
  `${ENT}:manager`,
  `${ENT}:manager.value`,
  'displayName',
  'title',
  'nothing',
];
const name = fc.constantFrom(...names);
const literal = fc.oneof(
  fc.constantFrom(
    '"x"',
    'true',
    '"True"',
    'null',
    '1',
    '-1.5e300',
    '1e999',
    '""',
    '"2020-01-01T00:00:00Z"',
    '"+275760-09-13T00:00:00Z"',
    '"0001-01-01T00:00:00Z"',
    '"-000001-01-01T00:00:00Z"',
    '"99999"',
    '"W/\\"1\\""',
    '"01900000-0000-7000-8000-000000000000"',
    '"\\u0000"',
    '"\\ud800"',
    '"%_\\\\"',
    '"https://directory.example/scim/v2/"',
  ),
  fc.string({ maxLength: 50 }).map(text => JSON.stringify(text)),
);
const op = fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'EQ');
const { filter } = fc.letrec<{ filter: string }>(tie => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(name, op, literal).map(([a, b, c]) => `${a} ${b} ${c}`),
    name.map(a => `${a} pr`),
    fc
      .tuple(
        fc.constantFrom('emails', 'roles', 'groups', 'members', 'addresses'),
        fc.constantFrom('value', 'type', 'primary', 'display', 'country'),
        op,
        literal,
        fc.constantFrom('', ' and type eq "work"', ' or primary pr'),
      )
      .map(([a, b, c, d, more]) => `${a}[${b} ${c} ${d}${more}]`),
    fc
      .tuple(tie('filter'), fc.constantFrom('and', 'or'), tie('filter'))
      .map(parts => parts.join(' ')),
    tie('filter').map(inner => `not (${inner})`),
  ),
}));

test('no filter is our fault', async () => {
  const { entra } = await here.scene();
  const { id } = await entra.user('ann@x.example', {
    name: { givenName: 'Ann' },
    emails: [{ value: 'a@x', type: 'work', primary: true }],
    roles: [{ value: 'r' }],
    [ENT]: { manager: { value: 'm' } },
  });
  await entra.group('G', [id]);
  await fc.assert(
    fc.asyncProperty(
      filter,
      fc.constantFrom('Users', 'Groups', ''),
      fc.option(name),
      fc.constantFrom('', '&count=1', '&cursor&count=1', '&startIndex=2'),
      async (text, resource, sortBy, more) => {
        const answer = await entra.get(
          `/${resource}?filter=${encodeURIComponent(text.toWellFormed())}${sortBy ? `&sortBy=${encodeURIComponent(sortBy)}` : ''}${more}`,
        );
        expect([text, answer.status, answer.text]).toEqual([
          text,
          expect.toSatisfy(
            (status: number) =>
              status === 200 || status === 400 || (resource === '' && status === 501),
          ),
          answer.text,
        ]);
      },
    ),
    { numRuns: 500 },
  );
}, 120_000);

test('what one filter finds and its opposite finds is everybody', async () => {
  const { entra } = await here.scene();
  for (const [at, title] of ['x', undefined, 'true', '', '2020-01-01T00:00:00Z'].entries())
    await entra.user(`u${at}@x.example`, {
      title,
      active: at % 2 === 0,
      emails: at > 2 ? [{ value: `u${at}@x`, type: 'home' }] : undefined,
    });
  await fc.assert(
    fc.asyncProperty(filter, async text => {
      const [one, other] = [
        await entra.find('Users', text.toWellFormed()),
        await entra.find('Users', `not (${text.toWellFormed()})`),
      ];
      expect(one.status).toBe(other.status);
      if (one.status === 200)
        expect([text, one.body.totalResults + other.body.totalResults]).toEqual([text, 5]);
    }),
    { numRuns: 200 },
  );
}, 120_000);

const path = fc.oneof(
  name,
  fc
    .tuple(
      fc.constantFrom('emails', 'roles', 'addresses', 'phoneNumbers'),
      fc.constantFrom('type', 'primary', 'value'),
      literal,
      fc.constantFrom('', '.value', '.display', '.country'),
    )
    .map(([a, b, c, d]) => `${a}[${b} eq ${c}]${d}`),
  fc.constantFrom('__proto__', 'constructor.prototype', 'a[', '', `${CORE}:title`),
);
const operation = fc.record(
  {
    op: fc.constantFrom('add', 'Replace', 'remove', 'jump'),
    path,
    value: fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom('True', 'x', '', null, [{ value: 'x' }], { value: 'y', type: 'work' }),
    ),
  },
  { requiredKeys: ['op'] },
);

test('no PATCH is our fault, and a refused one leaves nothing behind', async () => {
  const { entra } = await here.scene();
  const { id } = await entra.user('ann@x.example', {
    emails: [{ value: 'a@x', type: 'work', primary: true }],
  });
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 4 }), async operations => {
      const before = (await entra.get(`/Users/${id}`)).text;
      const answer = await entra.patch(`/Users/${id}`, operations);
      expect([operations, answer.status, answer.text]).toEqual([
        operations,
        expect.toSatisfy((status: number) => status === 200 || status === 400),
        answer.text,
      ]);
      const after = await entra.get(`/Users/${id}`);
      if (answer.status === 400) expect(after.text).toBe(before);
      else expect(after.body).toEqual(answer.body);
    }),
    { numRuns: 300 },
  );
}, 120_000);

test('no User is our fault', async () => {
  const { entra } = await here.scene();
  const attribute = fc.constantFrom(
    'active',
    'name',
    'emails',
    'roles',
    'addresses',
    'displayName',
    'externalId',
    ENT,
    'schemas',
    'meta',
    'id',
    'groups',
    'title',
    'nonsense',
    '__proto__',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.string({ maxLength: 40 }),
      fc.dictionary(attribute, fc.jsonValue({ maxDepth: 4 }), { maxKeys: 6 }),
      async (userName, more) => {
        const answer = await entra.post('/Users', { userName, ...more });
        expect([201, 400, 409]).toContain(answer.status);
        if (answer.status === 201)
          expect((await entra.get(`/Users/${answer.body.id}`)).body).toEqual(answer.body);
      },
    ),
    { numRuns: 300 },
  );
}, 120_000);
