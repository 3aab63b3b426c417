import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const TOP = 'main, commands, open, service, server, config, database, tables, migrate';
const ROOMS = [
  'directory',
  'graphql',
  'scim',
  'scim/protocol',
  'rest',
  'outbound',
  'platform',
  'platform/http',
  'text',
];

/** Who may import whom, through the other's index.ts. What is not here is not allowed. */
const DOORS: Record<string, readonly string[]> = {
  'directory': ['text'],
  'graphql': ['directory', 'platform/http'],
  'scim': ['directory', 'platform/http', 'scim/protocol', 'text'],
  'scim/protocol': ['text'],
  'rest': ['directory', 'platform/http'],
  'outbound': ['directory', 'scim/protocol', 'platform'],
  'platform': [],
  'platform/http': ['platform'],
  'text': [],
  [TOP]: ROOMS,
};

const roomOf = (file: string) =>
  ROOMS.filter(room => file.startsWith(`${room}/`)).at(-1) ??
  (file.includes('/') ? 'no room' : TOP);

/** What one file imports that it should not. */
function offences(file: string, text: string): string[] {
  const specifiers = [
    ...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g),
  ].map(match => match[1]!);
  return specifiers
    .map(specifier => path.posix.join(path.posix.dirname(file), specifier))
    .filter(target => {
      const [from, to] = [roomOf(file), roomOf(target)];
      // its own room, or outside the house (migrations, package.json)
      if (from === to || target.startsWith('..')) return false;
      return !DOORS[from]?.includes(to) || target !== `${to}/index.ts`;
    })
    .map(target => `${file} imports ${target}`);
}

test('every room imports its own files and the doors it may use', () => {
  const src = fileURLToPath(new URL('../src/', import.meta.url));
  const files = globSync('**/*.ts', { cwd: src });
  expect(files.length).toBeGreaterThan(10);
  expect(files.flatMap(file => offences(file, readFileSync(path.join(src, file), 'utf8')))).toEqual(
    [],
  );
});

test.each([
  ['directory/actor.ts', "import { x } from '../scim/index.ts'", true],
  ['directory/actor.ts', "import type { Log } from '../platform/index.ts'", true],
  ['graphql/members.ts', "import { y } from '../scim/index.ts'", true],
  ['graphql/members.ts', "export { x } from '../directory/members/member.ts'", true],
  ['graphql/members.ts', "const x = await import('../directory/members/member.ts')", true],
  ['graphql/members.ts', "import '../main.ts'", true],
  ['rest/record.ts', "import { createPool } from '../platform/index.ts'", true],
  ['rest/record.ts', "import { readBody } from '../platform/http/body.ts'", true],
  ['rest/record.ts', "import { readBody } from '../platform/http/index.ts'", false],
  ['platform/log.ts', "import { Fault } from './http/index.ts'", true],
  ['rest/record.ts', "import { bearer } from '../graphql/index.ts'", true],
  ['scim/protocol/filter.ts', "import { scim } from '../index.ts'", true],
  ['scim/users.ts', "import { parse } from './protocol/filter.ts'", true],
  ['platform/log.ts', "import { readConfig } from '../config.ts'", true],
  ['drawer/helpers.ts', "import { Directory } from '../directory/index.ts'", true],
  ['server.ts', "import { deep } from './platform/log.ts'", true],
  ['graphql/members.ts', "import { Directory } from '../directory/index.ts'", false],
  ['scim/users.ts', "import { parse } from './protocol/index.ts'", false],
  ['directory/teams/team.ts', "import { Member } from '../members/member.ts'", false],
  ['server.ts', "import type { Config } from './config.ts'", false],
  ['database.ts', "import { steps } from '../migrations/index.ts'", false],
])('%s: %s is told: %s', (file, text, told) => {
  expect(offences(file, text)).toHaveLength(told ? 1 : 0);
});
