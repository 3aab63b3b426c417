import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';
import type { Provider, ScimAnswer } from '../support/provider.ts';

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

let house: House;
let provider: Provider;
beforeAll(async () => {
  house = await openHouse();
  provider = await house.provider();
});
afterAll(() => house.close({ owed: 'anything' }));

let people = 0;
const user = () => provider.user(`v${++people}@x.example`);
const patch = (
  path: string,
  Operations: unknown[],
  headers?: Record<string, string>,
): Promise<ScimAnswer> => provider.scim('PATCH', path, { schemas: [PATCH], Operations }, headers);
const add = (group: string, value: string) =>
  patch(`/Groups/${group}`, [{ op: 'add', path: 'members', value: [{ value }] }]);
const tagOf = async (path: string) =>
  (await provider.scim('GET', path)).headers.get('etag') as string;
const unlessIs = async (path: string, tag: string) =>
  (await provider.scim('GET', path, undefined, { 'if-none-match': tag })).status;

test('a 304 never hides that a User joined, left or saw renamed a group', async () => {
  const [ann, group] = [await user(), await provider.group('Sales')];
  const path = `/Users/${ann}`;
  const tag = await tagOf(path);
  expect(await unlessIs(path, tag)).toBe(304);
  for (const step of [
    () => add(group, ann),
    () => patch(`/Groups/${group}`, [{ op: 'replace', path: 'displayName', value: 'Sales EU' }]),
    () => patch(`/Groups/${group}`, [{ op: 'remove', path: 'members' }]),
    () => add(group, ann),
    () => provider.scim('DELETE', `/Groups/${group}`),
  ]) {
    await step();
    expect([
      await unlessIs(path, tag),
      await unlessIs(`${path}?excludedAttributes=groups`, tag),
    ]).toEqual([200, 304]);
  }
  expect((await provider.scim('GET', path)).body.meta.version).toBe(tag);
});

test('whoever saw another version changes nothing, and who is not there is not there', async () => {
  const path = `/Users/${await user()}`;
  await patch(path, [{ op: 'replace', path: 'title', value: 'x' }]);
  for (const [method, body] of [
    ['PATCH', { schemas: [PATCH], Operations: [] }],
    ['PUT', { userName: 'other' }],
    ['DELETE', undefined],
  ] as const)
    expect((await provider.scim(method, path, body, { 'if-match': 'W/"v1"' })).status).toBe(412);
  for (const [status, more] of [
    [404, '/Users/01900000-0000-7000-8000-000000000000'],
    [404, `/Users/${house.owner.id}`],
    [204, path],
  ] as const)
    expect((await provider.scim('DELETE', more, undefined, { 'if-match': '"2"' })).status).toBe(
      status,
    );
});

test('the version of a Group speaks for who is in it', async () => {
  const [ann, ben, group] = [await user(), await user(), await provider.group('Staff')];
  const path = `/Groups/${group}`;
  const versions = [await tagOf(path)];
  const after = async (step: Promise<unknown>) => {
    await step;
    versions.push(await tagOf(path));
  };
  await after(add(group, ann));
  await after(add(group, ann));
  await after(
    patch(path, [
      { op: 'add', path: 'members', value: [{ value: ben }] },
      { op: 'remove', path: `members[value eq "${ben}"]` },
    ]),
  );
  await after(add(group, ben));
  await after(
    house.owner.does('memberSetLink', {
      memberId: ann,
      identityProviderId: provider.id,
      externalId: null,
    }),
  );
  expect(versions.map(version => Number(/^W\/"v(\d+)"$/.exec(version)?.[1]))).toEqual([
    1, 2, 2, 2, 3, 4,
  ]);
  const tag = versions.at(-1) as string;
  expect(await unlessIs(path, tag)).toBe(304);
  await after(provider.scim('DELETE', `/Users/${ben}`));
  expect([versions.at(-1), await unlessIs(path, tag)]).toEqual(['W/"v5"', 200]);
  expect((await provider.scim('GET', path)).body.members).toEqual([]);
});

test('where groups are not wanted, nobody is shown in one', async () => {
  const other = await house.provider({ name: 'Users only', kind: 'SCIM' });
  const ann = await other.user('ann@only.example');
  await other.group('Known', [ann]);
  await house.owner.does('identityProviderUpdate', {
    id: other.id,
    features: { acceptGroups: false },
  });
  expect((await other.scim('GET', `/Users/${ann}`)).body.groups).toBeUndefined();
  expect((await other.scim('GET', '/Users')).body.Resources[0].groups).toBeUndefined();
});

test('a version is v1 in GraphQL and W/"v1" on the wire, and what was said before is understood', async () => {
  const group = await provider.group('Versions');
  expect(await tagOf(`/Groups/${group}`)).toBe('W/"v1"');
  const { team } = await house.owner.ask<{ team: { version: string } }>(
    'query ($id: ID!) { team(id: $id) { version } }',
    { id: group },
  );
  expect(team.version).toBe('v1');
  const own = await house.owner.does('teamCreate', { name: 'By hand' }, 'team { id version }');
  const { id } = own['team'] as { id: string };
  for (const [at, expectedVersion] of ['v1', '2', 'W/"3"', 'W/"v4"'].entries())
    expect(
      (await house.owner.does('teamUpdate', { id, name: `By hand ${at}`, expectedVersion }))
        .userErrors,
    ).toEqual([]);
  const stale = await house.owner.does('teamUpdate', { id, name: 'x', expectedVersion: 'v4' });
  expect(stale.userErrors).toMatchObject([{ code: 'STALE_VERSION' }]);
  for (const tag of ['W/"v1"', 'W/"1"', '"1"'])
    expect(await unlessIs(`/Groups/${group}`, tag)).toBe(304);
});
