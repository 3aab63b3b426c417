import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';
import type { Wire } from '../support/person.ts';
import type { Provider } from '../support/provider.ts';

/**
 * Whatever /Schemas declares can be written, read, cleared, found and left out, by each way of
 * naming it.
 */
const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const ACME = 'urn:ietf:params:scim:schemas:extension:Acme:2.0:User';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const TEXTS = [
  '  blanks  ',
  'True',
  '0012',
  'ünï ☃ 漢字 😀',
  'a"b\\c\'d',
  '<x>&%_',
  'null',
  '{"a":1}',
  '\t\n',
  'x'.repeat(1_500),
  '__proto__',
];
const OPERATORS: Record<string, readonly string[]> = {
  string: ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'],
  boolean: ['eq', 'ne'],
  integer: ['eq', 'ne', 'gt', 'ge', 'lt', 'le'],
  dateTime: ['eq', 'ne', 'gt', 'ge', 'lt', 'le'],
};
const ALL = OPERATORS['string'] as readonly string[];

let house: House;
let provider: Provider;
let schemas: Wire[];
let people = 0;
beforeAll(async () => {
  house = await openHouse();
  provider = await house.provider();
  const types = { badge: 'STRING', floor: 'INTEGER', vip: 'BOOLEAN', since: 'DATE_TIME' };
  await house.owner.does('identityProviderUpdate', {
    id: provider.id,
    extensionAttributes: Object.entries(types).map(([name, type]) => ({ urn: ACME, name, type })),
  });
  schemas = (await provider.scim('GET', '/Schemas')).body.Resources;
});
afterAll(() => house.close({ owed: 'anything' }));

const userName = () => `s${++people}@x.example`;
const patched = async (id: string, ...Operations: unknown[]) => {
  const { status, body } = await provider.scim('PATCH', `/Users/${id}`, {
    schemas: [PATCH],
    Operations,
  });
  expect([status, body.detail]).toEqual([200, undefined]);
  return body as Wire;
};
const total = async (id: string, filter: string) => {
  const { status, body } = await provider.scim(
    'GET',
    `/Users?filter=${encodeURIComponent(`id eq "${id}" and ${filter}`)}`,
  );
  return status === 200 ? (body.totalResults as number) : (body.scimType as string);
};
const valuesOf = (type: string): unknown[] =>
  ({
    string: TEXTS,
    boolean: [true, false],
    integer: [40, -1, 0],
    dateTime: ['2026-01-02T03:04:05Z', '2025-05-06T07:08:09.123+02:00'],
  })[type] ?? [];
const declared = (urn: string): Wire[] => schemas.find(({ id }) => id === urn)?.['attributes'];

test.each([CORE, ENT, ACME])('every plain attribute of %s', async urn => {
  const prefix = urn === CORE ? '' : `${urn}:`;
  for (const { name, type } of declared(urn).filter(
    ({ name, type }) => type !== 'complex' && name !== 'userName',
  )) {
    const read = (user: Wire) => (urn === CORE ? user : (user[urn] ?? {}))[name];
    const values = valuesOf(type);
    const { status, body: made } = await provider.scim('POST', '/Users', {
      schemas: [CORE],
      userName: userName(),
      ...(urn === CORE ? { [name]: values[0] } : { [urn]: { [name]: values[0] } }),
    });
    expect([status, name, read(made)]).toEqual([201, name, values[0]]);
    const { id } = made;
    for (const [at, value] of values.entries()) {
      const [path, op] = [
        [prefix + name, `${urn}:${name}`, `${urn}:${name}`.toUpperCase(), name][at % 4] as string,
        ['add', 'Replace', 'ADD', 'replace'][at % 4],
      ];
      expect([path, op, read(await patched(id, { op, path, value }))]).toEqual([path, op, value]);
      expect([
        path,
        read(
          (
            await provider.scim('PUT', `/Users/${id}`, {
              schemas: [CORE],
              userName: `${id}@x`,
              [path]: value,
            })
          ).body,
        ),
      ]).toEqual([path, value]);
    }
    for (const given of [
      { [name]: values[1] },
      { [`${urn}:${name}`]: values[1] },
      { [urn]: { [name]: values[1] } },
    ])
      expect([
        name,
        read(await patched(id, { op: 'remove', path: prefix + name }, { op: 'Add', value: given })),
      ]).toEqual([name, values[1]]);

    const literal = JSON.stringify(values[1]);
    for (const op of ALL)
      expect([name, op, typeof (await total(id, `${prefix}${name} ${op} ${literal}`))]).toEqual([
        name,
        op,
        OPERATORS[type]?.includes(op) ? 'number' : 'string',
      ]);
    expect([
      name,
      await total(id, `${prefix}${name} eq ${literal}`),
      await total(id, `${urn}:${name} ne ${literal}`.replace(name, name.toUpperCase())),
      await total(id, `${name} pr`),
    ]).toEqual([name, 1, 0, 1]);
    for (const spelled of [prefix + name, `${urn}:${name}`, name.toUpperCase()]) {
      const [one, rest] = [
        (await provider.scim('GET', `/Users/${id}?attributes=${spelled}`)).body,
        (await provider.scim('GET', `/Users/${id}?excludedAttributes=${spelled}`)).body,
      ];
      expect([spelled, read(one), Object.keys(one).length, read(rest)]).toEqual([
        spelled,
        values[1],
        3,
        undefined,
      ]);
    }
    if (name === 'active') continue;
    for (const cleared of [
      { op: 'replace', value: '' },
      { op: 'Replace', value: null },
      { op: 'replace', value: [] },
      { op: 'Remove' },
    ]) {
      const user = await patched(
        id,
        { op: 'add', path: prefix + name, value: values[0] },
        { ...cleared, path: prefix + name },
      );
      expect([name, cleared, read(user), await total(id, `${prefix}${name} pr`)]).toEqual([
        name,
        cleared,
        undefined,
        0,
      ]);
    }
  }
});

test('every part of every list, by each of its types and as the primary one', async () => {
  for (const { name, subAttributes } of declared(CORE).filter(
    ({ multiValued, mutability }) => multiValued && mutability !== 'readOnly',
  )) {
    const parts: string[] = subAttributes
      .filter((sub: Wire) => !['type', 'primary'].includes(sub['name']))
      .map((sub: Wire) => sub['name']);
    const types: string[] = subAttributes.find((sub: Wire) => sub['name'] === 'type')[
      'canonicalValues'
    ] ?? ['free text'];
    const {
      body: { id },
    } = await provider.scim('POST', '/Users', { userName: userName() });
    for (const type of types) {
      const user = await patched(
        id,
        ...parts.map(part => ({
          op: 'Replace',
          path: `${name}[type eq "${type}"].${part}`,
          value: `${type} ${part}`,
        })),
      );
      const element = user[name].find((each: Wire) => each['type'] === type);
      expect([name, element]).toEqual([
        name,
        { type, ...Object.fromEntries(parts.map(part => [part, `${type} ${part}`])) },
      ]);
      expect(
        await total(id, `${name}[type eq "${type}"].${parts[0]} eq "${type} ${parts[0]}"`),
      ).toBe(1);
      const [primary] = (
        await patched(
          id,
          { op: 'Add', path: `${CORE}:${name}[type eq "${type}"].primary`, value: 'True' },
          { op: 'add', path: `${name}[primary eq "True"].${parts[0]}`, value: ' v ' },
        )
      )[name].filter((each: Wire) => each['primary']);
      expect([name, primary]).toEqual([
        name,
        { ...element, primary: true, [parts[0] as string]: ' v ' },
      ]);
    }
    const { body } = await provider.scim('GET', `/Users/${id}`);
    expect([name, (await provider.scim('PUT', `/Users/${id}`, body)).body]).toEqual([name, body]);
    expect([
      name,
      (await patched(id, { op: 'replace', path: `${name}[type eq "${types[0]}"]`, value: null }))[
        name
      ]?.length ?? 0,
    ]).toEqual([name, types.length - 1]);
    expect([name, (await patched(id, { op: 'replace', path: name, value: [] }))[name]]).toEqual([
      name,
      undefined,
    ]);
  }
});
