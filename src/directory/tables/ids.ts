import { randomUUIDv7 } from 'node:crypto';

/**
 * Ids are made here, never derived from what a client sends. Their order is the order of creation.
 */
export const newId = (): string => randomUUIDv7();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Any other text is simply the id of nothing. */
export const isId = (text: string): boolean => UUID.test(text);

/** The least id that can have been made at this millisecond (RFC 9562 section 5.7). */
export function firstIdAt(time: number): string {
  const hex = Math.min(Math.max(time, 0), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
