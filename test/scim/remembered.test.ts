import { afterEach, expect, test, vi } from 'vitest';
import { type Body } from '../support/scim-client.ts';
import { scimStage } from '../support/scim-stage.ts';

const here = scimStage();
afterEach(() => vi.useRealTimers());

test('a position in a list is remembered for five minutes, and then counted again', async () => {
  const { entra } = await here.scene();
  const users: Body[] = [];
  for (let at = 1; at <= 6; at++) users.push(await entra.user(`u${at}@x.example`));
  const from = async (startIndex: number) =>
    (await entra.get(`/Users?startIndex=${startIndex}&count=2`)).body.Resources.map(
      ({ userName }: Body) => userName,
    );
  expect(await from(1)).toEqual(['u1@x.example', 'u2@x.example']);
  expect((await entra.delete(`/Users/${users[0].id}`)).status).toBe(204);
  // Who walks on misses nobody, although one of those behind is gone.
  expect(await from(3)).toEqual(['u3@x.example', 'u4@x.example']);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 4.9 * 60_000 });
  expect(await from(3)).toEqual(['u3@x.example', 'u4@x.example']);
  vi.setSystemTime(Date.now() + 0.2 * 60_000);
  expect(await from(3)).toEqual(['u4@x.example', 'u5@x.example']);
});

test('what a group calls a member is given back as it was sent, until the member is called something else', async () => {
  const { entra } = await here.scene();
  const ann = await entra.user('ann@x.example', { displayName: 'Ann North' });
  const ben = await entra.user('ben@x.example', { displayName: 'Ben' });
  const group = await entra.group('Sales', [], {
    members: [{ value: ann.id, display: 'A. North (Sales)' }, { value: ben.id }],
  });
  const displays = async () =>
    Object.fromEntries(
      (await entra.get(`/Groups/${group.id}`)).body.members.map(({ value, display }: Body) => [
        value === ann.id ? 'ann' : 'ben',
        display,
      ]),
    );
  const versions = [group.meta.version];
  const change = async (path: string, operation: object) => {
    const { status } = await entra.patch(path, [operation]);
    expect(status).toBe(200);
    versions.push((await entra.get(`/Groups/${group.id}`)).body.meta.version);
  };
  expect(group.members.map(({ display }: Body) => display).toSorted()).toEqual([
    'A. North (Sales)',
    'Ben',
  ]);
  const add = (value: string, display: string) => ({
    op: 'add',
    path: 'members',
    value: [{ value, display }],
  });
  await change(`/Groups/${group.id}`, add(ben.id, 'Benny'));
  await change(`/Groups/${group.id}`, add(ben.id, 'Benny'));
  expect(await displays()).toEqual({ ann: 'A. North (Sales)', ben: 'Benny' });
  await change(`/Users/${ann.id}`, { op: 'replace', path: 'displayName', value: 'Ann South' });
  expect(await displays()).toEqual({ ann: 'Ann South', ben: 'Benny' });
  await change(`/Groups/${group.id}`, {
    op: 'replace',
    path: 'members',
    value: [
      { value: ann.id, display: 'Ann South' },
      { value: ben.id, display: 'B.' },
    ],
  });
  expect(await displays()).toEqual({ ann: 'Ann South', ben: 'B.' });
  expect(versions).toEqual(['W/"v1"', 'W/"v2"', 'W/"v2"', 'W/"v2"', 'W/"v3"']);
});
