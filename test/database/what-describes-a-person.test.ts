import { expect, test } from 'vitest';
import { databaseBefore } from '../support/before-step.ts';

const TENANT = '00000000-0000-4000-8000-000000000001';
const BOSS = '0199c0de-0000-7000-8000-00000000b055';
const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const LONG = 'x'.repeat(2_001);

/** What a profile held, what the columns hold afterwards, and what is left in the profile. */
const PROFILES: [title: string, held: object, columns: object, left?: object][] = [
  ['nothing', {}, {}],
  [
    'a title',
    { title: ' Lead  engineer', nickName: 'A' },
    { title: ' Lead  engineer', titleKey: 'lead  engineer' },
    { nickName: 'A' },
  ],
  [
    'the enterprise extension with nothing else in it',
    { [ENT]: { department: 'R&D', employeeNumber: '007' } },
    { department: 'R&D', departmentKey: 'r&d', employeeNumber: '007', employeeNumberKey: '007' },
    {},
  ],
  [
    'the enterprise extension with more in it',
    { [ENT]: { department: 'R&D', costCenter: '4', manager: { value: BOSS.toUpperCase() } } },
    { department: 'R&D', departmentKey: 'r&d', managerId: BOSS },
    { [ENT]: { costCenter: '4', manager: { value: BOSS.toUpperCase() } } },
  ],
  ['a manager who is no id', { [ENT]: { manager: { value: 'the boss' } } }, {}],
  [
    'numbers, one of work behind others',
    {
      phoneNumbers: [
        { type: 'mobile', value: '1' },
        { type: 'Work' },
        { type: 'Work', value: '2' },
      ],
    },
    { phoneNumber: '2' },
  ],
  [
    'numbers, none of work',
    { phoneNumbers: [{ display: '0' }, { value: '1' }, { value: '2' }] },
    { phoneNumber: '1' },
  ],
  ['a locale', { locale: 'de-CH', preferredLanguage: 'en' }, { locale: 'de-CH' }],
  ['a preferred language alone', { preferredLanguage: 'en-US' }, { locale: 'en-US' }],
  ['a title too long for an index', { title: LONG, phoneNumbers: [{ value: LONG }] }, {}],
];

test('what was kept as it was pushed gets columns of its own, and nothing of it is lost', async () => {
  const { client, takeStep } = await databaseBefore('0014');
  try {
    await client.query(`insert into tenants (id, name) values ('${TENANT}', 'Old')`);
    await client.query(
      `insert into roles (tenant_id, id, name, rank) values ('${TENANT}', '${TENANT}', 'Reader', 1)`,
    );
    for (const [name, held] of PROFILES)
      await client.query(
        `insert into members (tenant_id, id, user_name, display_name, profile, role_id) values ('${TENANT}', gen_random_uuid(), $1, $1, $2, '${TENANT}')`,
        [name, JSON.stringify(held)],
      );
    await takeStep();
    const { rows } = await client.query<Record<string, unknown>>(
      `select user_name as name, title, title_key as "titleKey", department, department_key as
        "departmentKey", employee_number as "employeeNumber",
         employee_number_key as "employeeNumberKey", manager_id as "managerId", phone_number as
         "phoneNumber", locale, profile, version from members`,
    );
    const found = new Map(rows.map(({ name, ...row }) => [name, row]));
    for (const [name, held, columns, left = held] of PROFILES) {
      const { profile, version, ...row } = found.get(name) ?? {};
      const filled = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
      expect({ filled, profile, version }, name).toEqual({
        filled: columns,
        profile: left,
        version: 1,
      });
    }
  } finally {
    await client.end();
  }
});
