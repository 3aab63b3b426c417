import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { managed, offAndOn } from './both-doors/provenance.ts';
import { races } from './both-doors/races.ts';
import { oursFirst, rolesAndLife } from './both-doors/roles-and-life.ts';
import { DOORS, type Story, toldOf } from './both-doors/story.ts';
import { World } from './both-doors/world.ts';
import { type House, openHouse } from '../support/people.ts';

let house: House;
/** A second server over the same database. */
let elsewhere: House;
beforeAll(async () => {
  house = await openHouse();
  elsewhere = await openHouse({ beside: house });
});
afterAll(async () => {
  await elsewhere.close({ owed: 'anything' });
  await house.close({ owed: 'anything' });
});

const stories: Story[] = [...managed, ...offAndOn, ...oursFirst, ...rolesAndLife];
const told = stories.flatMap(story =>
  DOORS.filter(door => story[door]).map(door => [story.rule, story.title, door, story] as const),
);

describe('rules told through both doors', () => {
  test.each(told)('%i: %s - through %s', async (_rule, _title, door, story) => {
    const world = await World.open(house, story.provider);
    await story.given?.(world);
    const before = (await world.log()).length;
    expect(await story[door]!(world)).toBe(toldOf(story.answers, door));
    const log = await world.log(before);
    for (const line of toldOf(story.shows ?? [], door))
      expect(await world.shows(line.split(' ')[0]!)).toBe(line);
    expect(log).toEqual(toldOf(story.log, door));
  });
});

describe('races between two processes', () => {
  test.each(races)(
    '$title',
    async ({ run }) => {
      await run(await World.open(house), elsewhere);
    },
    40_000,
  );
});
