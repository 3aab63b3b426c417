import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';
import type { Provider } from '../support/provider.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const GRP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

let house: House;
let provider: Provider;
let ann: string;
let ben: string;
let sales: string;
beforeAll(async () => {
  house = await openHouse();
  provider = await house.provider();
  ann = await provider.user('ann@x.example', {
    displayName: 'Ann',
    title: 'Lead',
    userType: 'Employee',
    name: { familyName: "O'Brien" },
    ims: [{ type: 'skype', value: 'zz' }],
    [ENT]: { department: 'R&D (x)' },
    emails: [
      { type: 'work', value: 'a1@x' },
      { type: 'home', value: 'a2@x', primary: true },
    ],
  });
  ben = await provider.user('ben@x.example', { name: { givenName: 'Ben', familyName: 'Ek' } });
  sales = await provider.group('Sales', [ann, ben]);
  await provider.group('Support', [ann]);
  await provider.group('Empty');
});
afterAll(() => house.close({ owed: 'anything' }));

async function found(
  filter: string,
  where: 'Users' | 'Groups' = 'Users',
): Promise<string[] | [number, string]> {
  const { status, body } = await provider.scim(
    'GET',
    `/${where}?filter=${encodeURIComponent(filter)}`,
  );
  return status === 200
    ? body.Resources.map(
        (each: { userName?: string; displayName: string }) =>
          each.userName?.replace('@x.example', '') ?? each.displayName,
      )
    : [status, body.scimType];
}
const [A, B, both, none] = [['ann'], ['ben'], ['ann', 'ben'], []];

test.each([
  ['title eq "lead" and userType eq "x" or userName eq "ANN@x.example"', A],
  ['userName eq "x" or title eq "Lead" and userType eq "x"', none],
  ['not (title eq "x") and not(userType eq "Employee")', B],
  ['TITLE EQ "Lead" AND USERTYPE PR', A],
  ['Not (title Pr) Or userType Sw "E"', both],
  [`name.familyName eq "O'Brien"`, A],
  ['emails[type eq "work"] and emails[value co "a2"]', A],
  ['emails[type eq "work" and value co "a2"]', none],
  ['emails[type eq "x"] or ims[type eq "skype" and value eq "zz"]', A],
  ['emails[primary ne true and type eq "work"].value eq "a1@x"', A],
  ['emails[not (type eq "work")]', A],
  ['title eq null', B],
  ['title ne null', A],
  ['title ne "lead"', B],
  [`schemas eq "${CORE}"`, both],
  [`schemas eq "${ENT.toUpperCase()}"`, A],
  [`schemas eq "${GRP}"`, none],
  ['schemas co "enterprise"', A],
  [`schemas ne "${CORE}"`, A],
  ['schemas pr', both],
  ['meta.version eq "W/\\"v1\\""', both],
  ['meta.version eq "W/\\"1\\""', both],
  ['groups.display eq "support"', A],
  ['groups[display sw "S" and not (display co "port")]', both],
  ['groups ne "x"', both],
  ['groups.type eq "direct" and userName sw "b"', B],
  ['groups[display eq "Sales" and display eq "Support"]', none],
  ['displayName pr', A],
  ['displayName eq "Ben Ek"', none],
  ['not (displayName pr)', B],
  ['title co "%"', none],
  ['title eq "\\u004cead"', A],
  ['title eq "\\u0000"', [400, 'invalidFilter']],
  ['meta.lastModified gt "2011-05-13T04:42:34+02:00"', both],
] as [string, (string | number)[]][])('Users: %s', async (filter, names) => {
  expect(await found(filter)).toEqual(names);
});

test('of Groups and those who are in them', async () => {
  const [S, T, E] = ['Sales', 'Support', 'Empty'];
  for (const [filter, names] of [
    [`members eq "${ben}"`, [S]],
    [`members ne "${ann}"`, [S]],
    [`not (members eq "${ben}")`, [T, E]],
    ['members pr', [S, T]],
    ['members.display eq "ANN"', [S, T]],
    ['members[display sw "ben"]', [S]],
    [`members[value eq "${ann}" and value eq "${ben}"]`, []],
    [`members eq "${ann}" and members eq "${ben}"`, [S]],
    [`members[value eq "${ann}" and type eq "User"]`, [S, T]],
    [`members[not (value eq "${ann}")]`, [S]],
    [`members.$ref eq "${provider.tenantUrl}/Users/${ben}"`, [S]],
    ['members.type eq "Group"', []],
    [`id eq "${sales}" and members eq "${ben}"`, [S]],
    [`schemas eq "${GRP}"`, [S, T, E]],
  ] as [string, string[]][])
    expect([filter, await found(filter, 'Groups')]).toEqual([filter, names]);
});

test('what is no filter is told so, however it is broken', async () => {
  const broken = [
    'active gt true',
    'active co "t"',
    'title xx "a"',
    'title eq',
    'title eq lead',
    '(title eq "x"',
    'title eq "x")',
    'title eq "x" and',
    'title eq "x',
    'emails[type eq "work"',
    'emails[].value eq "x"',
    'nope eq "x"',
    'emails.nope eq 1',
    'not title eq "x"',
    'meta.created eq "yesterday"',
    'meta.created co "2026"',
    'title gt null',
    'name eq "x"',
    "title eq 'x'",
    'emails[type eq "work" and phoneNumbers[type eq "x"]]',
    `${ENT} eq "x"`,
    '\0',
    '[]',
    'title eq {"a":1}',
    '__proto__ eq "x"',
    'emails[constructor eq "x"]',
    '('.repeat(4_000),
    'x'.repeat(9_000),
    Array(300).fill('title pr').join(' and '),
    `${'not ('.repeat(100)}title pr${')'.repeat(100)}`,
  ];
  for (const filter of broken)
    expect([filter.slice(0, 60), await found(filter)]).toEqual([
      filter.slice(0, 60),
      [400, 'invalidFilter'],
    ]);
});
