import { randomUUID } from 'node:crypto';
import { NOTHING, type Row, WRITE } from '../row.ts';

/** Teams: only those that are mapped decide anything. */
export const TEAM_ROWS: Record<string, Row> = {
  'teamCreate': {
    base: WRITE,
    async aim(world, held) {
      const name = `Team ${randomUUID()}`;
      return {
        input: { name, memberIds: [await world.member(held)] },
        needed: NOTHING,
        happened: async () => (await world.system.teams.byName(name)) !== null,
      };
    },
  },
  'teamUpdate': {
    base: WRITE,
    async aim(world, held) {
      const id = await world.mappedTeam(held, [await world.member(held)]);
      const name = `Team ${randomUUID()}`;
      return {
        input: { id, name },
        needed: NOTHING,
        happened: async () => (await world.system.teams.byName(name)) !== null,
      };
    },
  },
  'teamDelete mapped': {
    base: WRITE,
    async aim(world, held) {
      const id = await world.mappedTeam(held);
      return {
        input: { id },
        needed: held,
        happened: async () => (await world.system.teams.get(id)) === null,
      };
    },
  },
  'teamDelete mapped, with somebody inside': {
    base: WRITE,
    async aim(world, held) {
      const id = await world.mappedTeam(NOTHING, [await world.member(held)]);
      return {
        input: { id },
        needed: held,
        happened: async () => (await world.system.teams.get(id)) === null,
      };
    },
  },
  'teamRestore': {
    base: WRITE,
    async aim(world, held) {
      const id = await world.mappedTeam(held, [await world.member(NOTHING)]);
      await world.system.teams.remove(id);
      return {
        input: { id },
        needed: held,
        happened: async () => (await world.system.teams.get(id)) !== null,
      };
    },
  },
  'teamRestore with somebody inside': {
    base: WRITE,
    async aim(world, held) {
      const id = await world.mappedTeam(NOTHING, [await world.member(held)]);
      await world.system.teams.remove(id);
      return {
        input: { id },
        needed: held,
        happened: async () => (await world.system.teams.get(id)) !== null,
      };
    },
  },
  'teamAddMembers': {
    base: WRITE,
    async aim(world, held) {
      const [id, memberId] = [await world.team(), await world.member(held)];
      return {
        input: { id, memberIds: [memberId] },
        needed: NOTHING,
        happened: () => world.inside(id, memberId),
      };
    },
  },
  'teamAddMembers to a mapped team': {
    base: WRITE,
    async aim(world, held) {
      const [id, memberId] = [await world.mappedTeam(held), await world.member(NOTHING)];
      return {
        input: { id, memberIds: [memberId] },
        needed: held,
        happened: () => world.inside(id, memberId),
      };
    },
  },
  'teamAddMembers of somebody to a mapped team': {
    base: WRITE,
    async aim(world, held) {
      const [id, memberId] = [await world.mappedTeam(NOTHING), await world.member(held)];
      return {
        input: { id, memberIds: [memberId] },
        needed: held,
        happened: () => world.inside(id, memberId),
      };
    },
  },
  'teamRemoveMembers': {
    base: WRITE,
    async aim(world, held) {
      const memberId = await world.member(held);
      const id = await world.team([memberId]);
      return {
        input: { id, memberIds: [memberId] },
        needed: NOTHING,
        happened: async () => !(await world.inside(id, memberId)),
      };
    },
  },
  'teamRemoveMembers from a mapped team': {
    base: WRITE,
    async aim(world, held) {
      const memberId = await world.member(NOTHING);
      const id = await world.mappedTeam(held, [memberId]);
      return {
        input: { id, memberIds: [memberId] },
        needed: held,
        happened: async () => !(await world.inside(id, memberId)),
      };
    },
  },
  'teamRemoveMembers of somebody from a mapped team': {
    base: WRITE,
    async aim(world, held) {
      const memberId = await world.member(held);
      const id = await world.mappedTeam(NOTHING, [memberId]);
      return {
        input: { id, memberIds: [memberId] },
        needed: held,
        happened: async () => !(await world.inside(id, memberId)),
      };
    },
  },
};
