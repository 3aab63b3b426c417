import type { World } from './world.ts';

/** One deed, as one door lets it be done; what the door answered. */
type Deed = (world: World) => Promise<string>;

/**
 * One rule, told once and done through each door that can do it. What both doors show afterwards,
 * and what the log holds of the deed, is the same whichever door it was, unless it says `SCIM` or
 * `GraphQL` apart.
 */
export interface Story {
  rule: number;
  title: string;
  /** The provider, where it is not as a provider is made. */
  provider?: Record<string, unknown>;
  given?: (world: World) => Promise<unknown>;
  SCIM?: Deed;
  GraphQL?: Deed;
  answers: Each<string>;
  shows?: Each<string[]>;
  log: Each<string[]>;
}
type Each<Told> = Told | { SCIM: Told; GraphQL: Told };

export const DOORS = ['SCIM', 'GraphQL'] as const;
export type Door = (typeof DOORS)[number];
export const toldOf = <Told extends string | string[]>(told: Each<Told>, door: Door): Told =>
  (typeof told === 'object' && !Array.isArray(told) ? told[door] : told) as Told;
