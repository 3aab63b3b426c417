import { randomUUID } from 'node:crypto';
import type { Permission } from '../../src/directory/index.ts';
import type { World } from './world.ts';

export type Held = readonly Permission[];

/**
 * One thing to try: the input of a mutation, what rule 25 asks of whoever tries it, and how to see
 * that it happened.
 */
export interface Aim {
  input: Record<string, unknown>;
  /**
   * What the members concerned have or would have, and what the roles give that are given or taken.
   */
  needed: Held;
  happened: () => Promise<boolean>;
  /** Puts back what would bear on what is tried afterwards. */
  undo?: () => Promise<unknown>;
}

/**
 * A way to reach for somebody, or something, that holds `held`; `base` is what the verb needs
 * whoever is concerned.
 */
export interface Row {
  base: Held;
  aim(world: World, held: Held): Promise<Aim>;
}

export const WRITE: Held = ['DIRECTORY_WRITE'];
export const ROLES: Held = ['ROLE_ADMIN'];
export const PROVIDERS: Held = ['PROVISIONING_ADMIN'];
/** What everybody has who was given nothing else. */
export const DEFAULT: Held = ['DIRECTORY_READ'];
export const NOTHING: Held = [];

export const fresh = () => `${randomUUID()}@northwind.example`;
export const always = () => Promise.resolve(true);

export const together = (...all: Held[]): Held => [...new Set(all.flat())];

export const administers = (held: Held): boolean =>
  held.some(each => ['ROLE_ADMIN', 'PROVISIONING_ADMIN', 'TENANT_ADMIN'].includes(each));

/** A row about one member made by hand. */
export const onMember = (
  base: Held,
  input: (id: string, world: World) => Record<string, unknown> | Promise<Record<string, unknown>>,
  happened: (now: Awaited<ReturnType<World['look']>>) => boolean,
  prepare: (id: string, world: World) => Promise<unknown> = always,
): Row => ({
  base,
  async aim(world, held) {
    const id = await world.member(held);
    await prepare(id, world);
    return {
      input: await input(id, world),
      needed: held,
      happened: async () => happened(await world.look(id)),
    };
  },
});
