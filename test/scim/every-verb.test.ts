import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Body } from '../stories/outside.ts';
import { changedBetween, seenBy, toldSince } from '../support/deltas.ts';
import { ofGroups } from './every-verb/groups.ts';
import { furnish, house } from './every-verb/scene.ts';
import { ofUsers } from './every-verb/users.ts';

/**
 * Rule 21 at the provider's door: every changed column of every audited row is in one entry's
 * delta, and nothing is told that did not change. What is compared are the tables before and after
 * each request.
 */
beforeAll(furnish);
afterAll(() => house.close({ owed: 'anything' }));

/** Of the wanted lines those that are not there; each stands for one. */
function missing(wanted: readonly string[], lines: readonly string[]): string[] {
  const left = lines.map(line => line.split(' ', 2).join(' '));
  return wanted.filter(each => {
    const at = left.indexOf(each);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

test.each(Object.entries({ ...ofUsers, ...ofGroups }))(
  '%s tells exactly what it changed',
  async (_, verb) => {
    const request = await verb.given();
    const seen = await seenBy(house.tenant.db);
    const { status, body } = await request();
    expect({ status, body }).toMatchObject({ status: verb.answers });
    for (const operation of (body?.Operations ?? []) as Body[])
      expect(['200', '201', '204']).toContain(operation.status);
    const changed = changedBetween(seen.rows, (await seenBy(house.tenant.db)).rows);
    expect(missing(verb.changes, changed)).toEqual([]);
    if (verb.changes.length === 0) expect(changed).toEqual([]);
    expect(await toldSince(house.tenant.db, seen)).toEqual(changed);
  },
);
