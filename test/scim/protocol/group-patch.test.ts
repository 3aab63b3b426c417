import { describe, expect, test } from 'vitest';
import { planGroupPatch, readPatch, type Json } from '../../../src/scim/protocol/index.ts';
import { cpuMs } from '../../support/cpu.ts';
import { GRP, groupType, patched, refusal } from './types.ts';

const plan = (Operations: Json, tolerant = true) =>
  planGroupPatch(readPatch({ Operations }, groupType, { tolerant }));
const effects = (operations: Json) =>
  plan(operations).effects.map(effect => {
    if (effect.kind === 'set') return ['set', effect.attributes];
    if ('members' in effect) return [effect.kind, ...effect.members.map(({ id }) => id)];
    return 'ids' in effect ? [effect.kind, ...effect.ids] : [effect.kind];
  });

describe('what a PATCH asks of a group', () => {
  test.each<[string, Json, unknown]>([
    [
      'a rename by path',
      [{ op: 'Replace', path: 'displayName', value: 'EU' }],
      [['set', { displayName: 'EU' }]],
    ],
    [
      'a rename without path',
      [
        {
          op: 'replace',
          value: { id: 'g', displayName: 'EU', externalId: '8aa1', schemas: [GRP] },
        },
      ],
      [['set', { displayName: 'EU', externalId: '8aa1' }]],
    ],
    [
      'members added, the older dialect',
      [{ op: 'Add', path: 'members', value: [{ $ref: null, value: 'a' }] }],
      [['addMembers', 'a']],
    ],
    [
      'members removed by list',
      [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: 'a' }, { value: 'b' }] }],
      [['removeMembers', 'a', 'b']],
    ],
    [
      'one member removed by filter',
      [{ op: 'remove', path: 'members[value eq "a"]' }],
      [['removeMembers', 'a']],
    ],
    [
      'several removed by filter',
      [{ op: 'remove', path: 'members[value eq "a" or value eq "b"]' }],
      [['removeMembers', 'a', 'b']],
    ],
    [
      'a filter that names no ids',
      [{ op: 'remove', path: 'members[display co "x"]' }],
      [['removeMatching']],
    ],
    ['all removed', [{ op: 'remove', path: 'members' }], [['removeAllMembers']]],
    [
      'an empty list removed removes nobody',
      [{ op: 'remove', path: 'members', value: [] }],
      [['removeMembers']],
    ],
    [
      'a list replaced',
      [
        {
          op: 'replace',
          path: 'members',
          value: [{ value: 'a' }, { value: 'a' }, { value: 'b', display: 'B' }],
        },
      ],
      [['replaceMembers', 'a', 'b']],
    ],
    [
      'replaced by nothing',
      [{ op: 'replace', path: 'members', value: [] }],
      [['removeAllMembers']],
    ],
    ['nothing added', [{ op: 'add', path: 'members', value: [] }], []],
    [
      'bare text for ids',
      [
        { op: 'add', path: 'members', value: ['a', 'b'] },
        { op: 'add', path: 'members', value: 'c' },
      ],
      [
        ['addMembers', 'a', 'b'],
        ['addMembers', 'c'],
      ],
    ],
    ['one object', [{ op: 'add', path: 'members', value: { value: 'a' } }], [['addMembers', 'a']]],
    [
      'members.value as path',
      [
        { op: 'add', path: 'members.value', value: 'a' },
        { op: 'remove', path: 'members.value', value: 'b' },
      ],
      [
        ['addMembers', 'a'],
        ['removeMembers', 'b'],
      ],
    ],
    [
      'the whole group without path',
      [{ op: 'replace', value: { displayName: 'EU', members: [{ value: 'a' }] } }],
      [
        ['set', { displayName: 'EU' }],
        ['replaceMembers', 'a'],
      ],
    ],
    [
      'order is kept',
      [
        { op: 'remove', path: 'members' },
        { op: 'add', path: 'members', value: [{ value: 'a' }] },
        { op: 'replace', path: 'externalId', value: '' },
      ],
      [['removeAllMembers'], ['addMembers', 'a'], ['set', { externalId: null }]],
    ],
  ])('%s', (_title, operations, expected) => expect(effects(operations)).toEqual(expected));

  test.each<[string, Json, string]>([
    ['a member without id', [{ op: 'add', path: 'members', value: [{}] }], 'invalidValue'],
    ['a member that is null', [{ op: 'add', path: 'members', value: [null] }], 'invalidValue'],
    [
      'a member with an empty id',
      [{ op: 'add', path: 'members', value: [{ value: '' }] }],
      'invalidValue',
    ],
    ['an object as id', [{ op: 'add', path: 'members', value: [{ value: {} }] }], 'invalidValue'],
    [
      'a member rewritten',
      [{ op: 'replace', path: 'members[value eq "a"].value', value: 'b' }],
      'mutability',
    ],
    [
      'a member replaced under a filter',
      [{ op: 'replace', path: 'members[value eq "a"]', value: { value: 'b' } }],
      'mutability',
    ],
    ['a name removed', [{ op: 'remove', path: 'displayName' }], 'mutability'],
    [
      'a display name of a member',
      [{ op: 'replace', path: 'members[value eq "a"].display', value: 'x' }],
      'mutability',
    ],
  ])('%s is refused', (_title, operations, expected) =>
    expect(refusal(() => plan(operations))).toBe(expected),
  );

  test('ten thousand members are read in a moment', () => {
    const value = Array.from({ length: 10_000 }, (_, n) => ({ value: `id-${n}` }));
    const start = cpuMs();
    expect(effects([{ op: 'add', path: 'members', value }])[0]).toHaveLength(10_001);
    const { resource } = patched(
      { displayName: 'EU', members: value },
      [
        { op: 'add', path: 'members', value },
        { op: 'remove', path: 'members', value },
      ],
      true,
      groupType,
    );
    expect(resource).toEqual({ displayName: 'EU' });
    expect(cpuMs() - start).toBeLessThan(1500);
    expect(
      refusal(() => plan([{ op: 'add', path: 'members', value: [...value, { value: 'more' }] }])),
    ).toBe('invalidValue');
  });

  test('the plan and the patched resource agree', () => {
    const group = { displayName: 'EU', members: [{ value: 'a' }, { value: 'b' }] };
    const after = patched(
      group,
      [
        { op: 'Add', path: 'members', value: [{ value: 'b', type: 'User' }, { value: 'c' }] },
        { op: 'remove', path: 'members[value eq "a"]' },
      ],
      true,
      groupType,
    );
    expect(after.resource.members).toEqual([{ value: 'b', type: 'User' }, { value: 'c' }]);
  });
});
