/**
 * The people and groups that both servers hold: ids and names follow from a number, so that the
 * load needs no look-up to know them.
 */
export const userId = (at: number): string => `019a0000-0000-7000-8000-${hex(at)}`;
export const teamId = (at: number): string => `019a1000-0000-7000-8000-${hex(at)}`;
export const manualId = (at: number): string => `019a2000-0000-7000-8000-${hex(at)}`;
export const userName = (at: number): string => `user${String(at).padStart(7, '0')}@example.com`;

/** The groups whose size must not matter. */
export const SIZES = [10, 1_000, 50_000] as const;
export const sizedTeamId = (size: number): string => teamId(1_000_000 + size);

/** Made by hand, for what people change. */
export const MANUAL = 2_000;
export const TEAMS = 500;
export const IN_EACH_TEAM = 20;

const hex = (at: number): string => at.toString(16).padStart(12, '0');
