import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Permission, PERMISSIONS } from '../../src/directory/index.ts';
import type { Aim } from './row.ts';
import { ROWS } from './rows.ts';
import { World } from './world.ts';

// Rule 25 over everything that writes: each mutation of the schema, each way in which it reaches
// somebody, each strength of the one who is reached, each permission alone and all but each one.
// What is expected is worked out from the rule; nothing is listed by hand.

let world: World;
let mutations: string[];
beforeAll(async () => {
  world = await World.open();
  const { __schema } = await world.house.owner.ask(
    '{ __schema { mutationType { fields { name } } } }',
  );
  mutations = __schema.mutationType.fields.map(({ name }: { name: string }) => name);
});
afterAll(() => world.house.close({ owed: 'anything' }));

/** What tokens may do to one another is rule 27, which has tests of its own. */
const ELSEWHERE = ['tokenCreate', 'tokenRevoke'];

const without = (permission: Permission) => PERMISSIONS.filter(each => each !== permission);
const includes = (all: readonly Permission[], needed: readonly Permission[]) =>
  needed.every(permission => all.includes(permission));

test('every mutation is in the matrix', () => {
  expect([...new Set([...Object.keys(ROWS).map(mutationOf), ...ELSEWHERE])].toSorted()).toEqual(
    mutations.toSorted(),
  );
});

const mutationOf = (title: string) => title.split(' ')[0]!;

describe.each(Object.keys(ROWS))('%s', title => {
  const row = ROWS[title]!;
  const targets: Record<
    string,
    { held: readonly Permission[]; actors: (readonly Permission[])[] }
  > = {
    'somebody with nothing': {
      held: [],
      actors: PERMISSIONS.map(permission => [permission]),
    },
    'somebody as strong': {
      held: [...row.base, 'DIRECTORY_READ'],
      actors: [row.base, [...row.base, 'AUDIT_READ'], [...row.base, 'DIRECTORY_READ']],
    },
    'somebody stronger': {
      held: [...row.base, 'DIRECTORY_READ', 'AUDIT_READ'],
      actors: [[...row.base, 'DIRECTORY_READ'], without('AUDIT_READ')],
    },
    'an owner': { held: PERMISSIONS, actors: PERMISSIONS.map(without) },
  };

  test.each(Object.keys(targets))('%s', async target => {
    const { held, actors } = targets[target]!;
    const aim = await row.aim(world, held);
    // Making their tokens is a change too: they are there before we look.
    await Promise.all(actors.map(permissions => world.actor(permissions)));
    const before = await world.snapshot();
    const refusals = await Promise.all(actors.map(actor => attempt(title, row.base, aim, actor)));
    const { tables, failures, successes } = await world.snapshot();
    expect({ tables, successes }, 'nothing is written').toEqual({
      tables: before.tables,
      successes: before.successes,
    });
    expect(failures - before.failures, 'one entry for each attempt to reach too high').toBe(
      refusals.filter(each => each === 'beyond reach').length,
    );
    await succeed(title, [...new Set([...row.base, ...aim.needed])], aim);
    await aim.undo?.();
  });
});

/**
 * Tries it for real where it must be refused, and as a dry run where it may be done: then the
 * others can try it too.
 */
async function attempt(
  title: string,
  base: readonly Permission[],
  { input, needed }: Aim,
  permissions: readonly Permission[],
): Promise<'may' | 'not for them at all' | 'beyond reach'> {
  const mutation = mutationOf(title);
  const actor = await world.actor(permissions);
  const mayUse = includes(permissions, base);
  const may = mayUse && includes(permissions, needed);
  const { userErrors } = await actor.does(mutation, { ...input, ...(may && { dryRun: true }) });
  expect({ permissions, codes: userErrors.map(({ code }) => code) }).toEqual({
    permissions,
    codes: may ? [] : ['FORBIDDEN'],
  });
  if (may) return 'may';
  // A verb that somebody may not use at all is not an attempt to reach too high.
  return mayUse ? 'beyond reach' : 'not for them at all';
}

/** Somebody with what is needed, and with nothing beyond it, does it. */
async function succeed(title: string, permissions: readonly Permission[], aim: Aim): Promise<void> {
  const actor = await world.actor(PERMISSIONS.filter(each => permissions.includes(each)));
  const before = await world.snapshot();
  const { userErrors } = await actor.does(mutationOf(title), aim.input);
  expect(userErrors).toEqual([]);
  expect(await aim.happened(), 'it happened').toBe(true);
  expect((await world.snapshot()).failures).toBe(before.failures);
}
