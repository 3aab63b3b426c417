import { expect, test } from 'vitest';
import { CORE, type ScimAnswer, type ScimClient } from '../support/scim-client.ts';
import { scimStage } from '../support/scim-stage.ts';
import { analysedEarly, youngTenant } from '../support/young-tenant.ts';

const here = scimStage();
const PORTION = 2_500;

const portionsOf = (ids: readonly string[]) =>
  Array.from({ length: Math.ceil(ids.length / PORTION) }, (_, at) =>
    ids.slice(at * PORTION, (at + 1) * PORTION).map(value => ({ value })),
  );

/** What each kind of request took at most, in milliseconds. */
class Watch {
  readonly took: Record<string, number> = {};

  async over(what: string, request: () => Promise<ScimAnswer>): Promise<ScimAnswer> {
    const start = performance.now();
    const answer = await request();
    if (answer.status > 204) throw new Error(`${what}: ${answer.status} ${answer.text}`);
    this.took[what] = Math.max(this.took[what] ?? 0, performance.now() - start);
    return answer;
  }
}

async function filledAndEmptied(entra: ScimClient, ids: readonly string[]) {
  const watch = new Watch();
  const { id: group } = await entra.group('Everybody');
  const asked = (op: 'add' | 'remove', value?: object[]) =>
    watch.over(value ? op : 'remove all', () =>
      entra.patch(`/Groups/${group}`, [{ op, path: 'members', ...(value && { value }) }]),
    );
  const inside = async () =>
    (await watch.over('read', () => entra.get(`/Groups/${group}`))).body.members.length;

  for (const portion of portionsOf(ids)) await asked('add', portion);
  expect(await inside()).toBe(ids.length);

  // Half of them go, while others arrive beside it.
  const half = ids.filter((_, at) => at % 2 === 0);
  for (const [at, portion] of portionsOf(half).entries()) {
    const removing = asked('remove', portion);
    await watch.over('arrive', () =>
      entra.post('/Users', {
        schemas: [CORE],
        userName: `beside${at}@x.example`,
      }),
    );
    await removing;
  }
  expect(await inside()).toBe(ids.length - half.length);
  await asked('remove');
  expect(await inside()).toBe(0);
  return watch.took;
}

test('adding and removing 2,500 members costs the same in a group of 50,000 as in one of 5,000', async () => {
  await analysedEarly(here);
  const [small, large] = [await youngTenant(here, 5_000), await youngTenant(here, 50_000)];
  const few = await filledAndEmptied(small.entra, small.ids);
  const many = await filledAndEmptied(large.entra, large.ids);
  // By each row through the whole tenant it would be ten times as long, and more than a statement
  // may take. A second is for a busy machine.
  for (const what of ['add', 'remove', 'arrive'])
    expect([what, many[what]! < 3 * few[what]! + 1_000 || [few, many]]).toEqual([what, true]);
  // These two have ten times as much to do.
  for (const what of ['remove all', 'read'])
    expect([what, many[what]! < 30 * few[what]! + 1_000 || [few, many]]).toEqual([what, true]);
}, 240_000);
