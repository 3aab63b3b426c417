import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { AUDITED } from '../../src/directory/audit/delta.ts';
import { stage } from '../support/company.ts';

const here = stage();
const tables = AUDITED.join('|');
/**
 * Statements that write an audited table past the one seam. `for update` locks and writes nothing.
 */
const WRITES = new RegExp(
  String.raw`(insertInto|updateTable|deleteFrom)\(\s*['"](${tables})\b|(insert into|(?<!for |no key |do )update|delete from)\s+(${tables})\b`,
  'g',
);

test('rows of audited tables are written in one file', () => {
  const src = fileURLToPath(new URL('../../src/', import.meta.url));
  const files = globSync('**/*.ts', { cwd: src });
  const offences = files.flatMap(file =>
    [...readFileSync(`${src}${file}`, 'utf8').matchAll(WRITES)].map(([text]) => `${file}: ${text}`),
  );
  expect(files).toContain('directory/tables/row-writes.ts');
  expect(offences).toEqual([]);
});

test.each([
  `db.updateTable('members').set({})`,
  'sql`delete from memberships s where true`',
  'sql`insert into teams (id) values (1)`',
])('a file that says %s would be found', text => {
  expect(text.match(WRITES)).not.toBeNull();
});

test('a change that writes a row and says nothing is a fault, and leaves nothing behind', async () => {
  const { owner } = await here.company();
  const silent = owner.change(() =>
    owner.insert('roles', { id: crypto.randomUUID(), name: 'Silent', rank: 9 }, ['id']),
  );
  await expect(silent).rejects.toThrow(/1 row\(s\) were changed and no entry says so.*roles/);
  expect((await owner.roles.all()).map(({ name }) => name)).not.toContain('Silent');
});

test('nothing is written outside a change', async () => {
  const { owner } = await here.company();
  const role = { id: crypto.randomUUID(), name: 'Alone', rank: 9 };
  await expect(owner.insert('roles', role, ['id'])).rejects.toThrow('outside a change');
  expect((await owner.roles.all()).map(({ name }) => name)).not.toContain('Alone');
});

test('no secret, digest or password is told by a delta', () => {
  for (const table of ['credentials', 'invitations', 'sign_in_bindings'])
    expect(AUDITED).not.toContain(table);
});
