/**
 * Rows that a verb has read were changed by another transaction. The change starts over, as after a
 * serialization failure of the database, and reads again.
 */
export class LostRace extends Error {
  readonly code = '40001';
}

/**
 * Whether the work may be tried again in a new transaction: 40001 (serialization failure), 40P01
 * (deadlock), 23503 (a row that the verb had read was deleted before it was referred to).
 */
export function isLostRace(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '40001' || code === '40P01' || code === '23503';
}
