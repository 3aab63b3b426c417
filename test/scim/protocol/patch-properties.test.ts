import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameJson, type Json } from '../../../src/scim/protocol/index.ts';
import { cpuMs } from '../../support/cpu.ts';
import { ann, CUSTOM, ENT, op, patched, posted, refusal } from './types.ts';

test('many values and many operations take no time', () => {
  const start = cpuMs();
  const same = Array.from({ length: 1000 }, (_, n) => ({ value: 'x', type: `t${n}` }));
  const Operations = [
    op('replace', 'emails', same),
    ...Array.from({ length: 900 }, (_, n) => op('replace', `emails[type eq "t${n}"].display`, 'd')),
  ];
  patched(ann(), Operations);
  expect(refusal(() => patched(ann(), [op('add', 'emails', [...same, { value: 'y' }])]))).toBe(
    'invalidValue',
  );
  expect(cpuMs() - start).toBeLessThan(8000);
});

describe('properties', () => {
  const paths = fc.constantFrom(
    'title',
    'active',
    'name',
    'name.givenName',
    'emails',
    'emails[type eq "work"]',
    'emails[type eq "work"].value',
    'emails.value',
    'roles',
    'roles[primary eq "True"].value',
    'manager',
    `${ENT}:manager.value`,
    ENT,
    `${CUSTOM}:tags`,
    `${CUSTOM}:floor`,
    'userName',
    'id',
    'groups',
    'addresses[type eq "work"].country',
    'nope',
    '__proto__',
    'a[b',
    undefined,
  );
  const values: fc.Arbitrary<Json> = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>,
    fc.constantFrom<Json>(
      'x',
      'True',
      '',
      null,
      [],
      {},
      [{}],
      [{ value: 'x' }],
      { value: '' },
      { value: 'y', primary: true },
      [
        { value: 'x', type: 'work' },
        { value: 'x', type: 'work' },
      ],
    ),
    fc.dictionary(
      fc.oneof(
        fc.constantFrom('title', 'name.givenName', ENT, '__proto__', 'constructor', 'emails', 'id'),
        fc.string(),
      ),
      fc.jsonValue() as fc.Arbitrary<Json>,
    ),
  );
  const operations = fc
    .array(
      fc.record({ op: fc.constantFrom('add', 'Replace', 'remove'), path: paths, value: values }),
      { maxLength: 5 },
    )
    .map(list => JSON.parse(JSON.stringify(list)) as Json[]);

  test('no PATCH brings anything but a ScimError, touches its input or a prototype', () => {
    fc.assert(
      fc.property(operations, fc.boolean(), (list, tolerant) => {
        const before = ann();
        refusal(() => patched(before, list, tolerant));
        expect(before).toEqual(ann());
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  test('the same PATCH sent twice changes nothing the second time, unless it removes', () => {
    fc.assert(
      fc.property(operations, list => {
        const single = list.slice(0, 1).map(each => ({ ...(each as object), op: 'add' }));
        if (refusal(() => patched(ann(), single)) !== undefined) return;
        const once = patched(ann(), single).resource;
        expect(patched(once, single).changed).toBe(false);
      }),
      { numRuns: 800 },
    );
  });

  test('a patched user can be sent back as it is', () => {
    fc.assert(
      fc.property(operations, list => {
        if (refusal(() => patched(ann(), list)) !== undefined) return;
        const { id: _id, meta: _meta, schemas: _schemas, ...after } = patched(ann(), list).resource;
        const { schemas: _own, ...read } = posted(JSON.parse(JSON.stringify(after))).resource;
        const extension = after[ENT] as { manager?: { displayName?: string } } | undefined;
        if (extension?.manager) delete extension.manager.displayName;
        expect(sameJson(read, after)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
