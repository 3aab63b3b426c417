import { beforeAll, describe, expect, test } from 'vitest';
import {
  type MemberCondition,
  type ProfileAttribute,
  Refusal,
  type TeamCondition,
} from '../../src/directory/index.ts';
import { addMembers, addMemberships, addTeams } from '../support/crowd.ts';
import { type Company, stage } from '../support/company.ts';

const on = stage();
let company: Company;
let teamId: string;

const people: Record<string, Record<string, unknown>> = {
  anna: {
    user_name: 'Anna@Example.com',
    email: 'anna@example.com',
    display_name: 'Anna Änderung',
    given_name: 'Anna',
    profile: { title: 'Engineer', active: true },
  },
  bob: {
    user_name: 'bob_100%',
    email: null,
    display_name: 'Bob\\Slash',
    given_name: null,
    profile: {
      title: 'engineer',
      logins: 7,
      emails: [
        { type: 'work', value: 'B@work.example' },
        { type: 'home', value: 'b@home.example', primary: true },
      ],
    },
  },
  bobx: {
    user_name: 'bobX100x',
    email: 'x@example.com',
    display_name: 'Other',
    given_name: 'X',
    profile: {
      'emails': [{ type: 'home', value: 'B@work.example' }],
      'urn:example:ext': { hired: '2031-05-17T09:30:00+02:00', crew: 'Blue' },
    },
  },
  gone: { user_name: 'gone@example.com', email: null, display_name: 'Gone', state: 'DELETED' },
  off: {
    user_name: 'off@example.com',
    email: null,
    display_name: 'Off',
    state: 'DISABLED',
    external_id: 'X-1',
    role_locked: true,
  },
};
const nameOf = new Map<string, string>();

beforeAll(async () => {
  company = await on.company();
  const blank = {
    given_name: null,
    state: 'ACTIVE',
    profile: {},
    external_id: null,
    role_locked: false,
    origin: 'JIT',
  };
  const entries = Object.entries(people);
  const ids = await addMembers(company.system, entries.length, at => ({
    ...blank,
    ...entries[at]![1],
  }));
  ids.forEach((id, at) => nameOf.set(id, entries[at]![0]));
  [teamId] = (await addTeams(company.system, 1, () => ({ name: 'Crew_1%' }))) as [string];
  await addMemberships(company.system, [
    [teamId, ids[0]!],
    [teamId, ids[2]!],
  ]);
});

async function who(condition: MemberCondition): Promise<string> {
  const { items } = await company.admin.members.page({
    where: { and: [{ field: 'origin', op: 'eq', value: 'JIT' }, condition] },
    first: 100,
  });
  return items.map(({ row }) => nameOf.get(row.id)).join(' ');
}

const field = (
  name: 'userName' | 'email' | 'displayName' | 'givenName' | 'query' | 'externalId',
  op: 'eq' | 'ne' | 'in' | 'contains' | 'startsWith' | 'endsWith' | 'present' | 'gt',
  value?: string | string[],
  caseExact?: boolean,
): MemberCondition => ({ field: name, op, value, caseExact });
const attribute = (name: string, more: Partial<ProfileAttribute> = {}): ProfileAttribute => ({
  attribute: name,
  type: 'string',
  caseExact: false,
  multiValued: false,
  ...more,
});
const emailType = attribute('emails', { sub: 'type', multiValued: true });
const emailValue = attribute('emails', { sub: 'value', multiValued: true });

const cases: [string, MemberCondition, string][] = [
  ['equality ignores case', field('userName', 'eq', 'ANNA@example.COM'), 'anna'],
  ['equality heeds case when told to', field('userName', 'eq', 'ANNA@example.COM', true), ''],
  [
    'equality that heeds case finds what is written so',
    field('userName', 'eq', 'Anna@Example.com', true),
    'anna',
  ],
  [
    'one of several, ignoring case',
    field('userName', 'in', ['BOB_100%', 'off@EXAMPLE.com']),
    'bob off',
  ],
  [
    'an underscore and a percent sign mean themselves',
    field('userName', 'contains', 'b_100%'),
    'bob',
  ],
  ['so they do at the start', field('userName', 'startsWith', 'BOB_1'), 'bob'],
  ['and at the end', field('userName', 'endsWith', '0%'), 'bob'],
  ['a backslash means itself', field('displayName', 'contains', '\\sla'), 'bob'],
  ['letters beyond ASCII fold too', field('displayName', 'contains', 'äNDER'), 'anna'],
  ['a part of two letters is found', field('displayName', 'contains', 'ff'), 'off'],
  [
    'what is absent differs from every value',
    field('email', 'ne', 'anna@example.com'),
    'bob bobx off',
  ],
  ['what is absent is not present', field('email', 'present'), 'anna bobx'],
  ['not of something absent holds', { not: field('givenName', 'eq', 'Anna') }, 'bob bobx off'],
  ['not of not is what it was', { not: { not: field('givenName', 'eq', 'anna') } }, 'anna'],
  ['any of nothing is nobody', { or: [] }, ''],
  ['all of nothing is everybody', { and: [] }, 'anna bob bobx off'],
  ['free text looks for each word', field('query', 'contains', 'change bob'), ''],
  ['free text spans name and address', field('query', 'contains', 'other x@'), 'bobx'],
  ['a NUL is in no text', field('userName', 'contains', 'a\0'), ''],
  ['an id that cannot be one is nobody', { field: 'id', op: 'eq', value: "'; --" }, ''],
  ['of ids, those that can be', { field: 'roleId', op: 'in', value: ['nonsense'] }, ''],
  [
    'deleted members are asked for by name',
    { field: 'state', op: 'in', value: ['DELETED', 'DISABLED'] },
    'gone off',
  ],
  ['a locked role', { field: 'roleLocked', op: 'eq', value: true }, 'off'],
  ['external ids heed case', field('externalId', 'eq', 'x-1'), ''],
  ['order of text', field('userName', 'gt', 'bobb'), 'bobx off'],
  [
    'a profile text ignores case',
    { profile: attribute('title'), op: 'eq', value: 'ENGINEER' },
    'anna bob',
  ],
  [
    'a profile text heeds case',
    { profile: attribute('title', { caseExact: true }), op: 'eq', value: 'engineer' },
    'bob',
  ],
  [
    'what a profile lacks differs',
    { profile: attribute('title'), op: 'ne', value: 'Engineer' },
    'bobx off',
  ],
  [
    'a profile number',
    { profile: attribute('logins', { type: 'integer' }), op: 'gte', value: 7 },
    'bob',
  ],
  [
    'a profile flag',
    { profile: attribute('active', { type: 'boolean' }), op: 'eq', value: true },
    'anna',
  ],
  [
    'a profile instant, whatever its zone',
    {
      profile: attribute('hired', { extension: 'urn:example:ext', type: 'dateTime' }),
      op: 'eq',
      value: '2031-05-17T07:30:00Z',
    },
    'bobx',
  ],
  [
    'an extension attribute',
    { profile: attribute('crew', { extension: 'urn:example:ext' }), op: 'startsWith', value: 'bl' },
    'bobx',
  ],
  [
    'presence in a profile',
    { profile: attribute('emails', { multiValued: true }), op: 'present' },
    'bob bobx',
  ],
  ['any value of a list', { profile: emailValue, op: 'eq', value: 'b@work.example' }, 'bob bobx'],
  ['of a list, some value differs', { profile: emailType, op: 'ne', value: 'home' }, 'bob'],
  [
    'everything of one element',
    {
      element: {
        attribute: attribute('emails', { multiValued: true }),
        where: {
          and: [
            { profile: emailType, op: 'eq', value: 'work' },
            { profile: emailValue, op: 'eq', value: 'b@work.example' },
          ],
        },
      },
    },
    'bob',
  ],
  [
    'not within an element',
    {
      element: {
        attribute: attribute('emails', { multiValued: true }),
        where: { not: { profile: emailType, op: 'eq', value: 'home' } },
      },
    },
    'bob',
  ],
];

describe('members are found by', () => {
  test.each(cases)('%s', async (_title, condition, expected) => {
    expect(await who(condition)).toBe(expected);
  });
});

test('members are found by the team that they are in', async () => {
  expect(await who({ field: 'teamId', op: 'eq', value: teamId })).toBe('anna bobx');
});

test('managed means linked to a provider that is not off', async () => {
  const member = await company.provisioned('Managed');
  const managed = async (value: boolean) =>
    (
      await company.admin.members.page({
        where: { field: 'managed', op: 'eq', value },
        first: 500,
      })
    ).items.some(({ row }) => row.id === member.id);
  expect([await managed(true), await managed(false)]).toEqual([true, false]);
  await company.switchTo('OFF');
  expect([await managed(true), await managed(false)]).toEqual([false, true]);
});

test('teams are found by name and by who is in them', async () => {
  const found = async (where: TeamCondition) =>
    (await company.admin.teams.page({ where })).items.map(({ row }) => row.name);
  const [anna] = [...nameOf].find(([, name]) => name === 'anna')!;
  expect(await found({ field: 'name', op: 'contains', value: 'W_1%' })).toEqual(['Crew_1%']);
  expect(await found({ field: 'memberId', op: 'eq', value: anna })).toEqual(['Crew_1%']);
  expect(
    await found({
      and: [
        { field: 'query', op: 'contains', value: 'crew' },
        { not: { field: 'memberId', op: 'eq', value: anna } },
      ],
    }),
  ).toEqual([]);
});

test('a filter that is too deep or too long is refused', async () => {
  let deep: MemberCondition = field('userName', 'eq', 'a');
  for (let depth = 0; depth < 50; depth++) deep = { not: deep };
  const long: MemberCondition = {
    or: Array.from({ length: 201 }, () => field('userName', 'eq', 'a')),
  };
  for (const condition of [deep, long]) {
    await expect((async () => company.admin.members.page({ where: condition }))()).rejects.toThrow(
      Refusal,
    );
  }
});
