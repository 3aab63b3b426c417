/**
 * Rows that a verb has read were changed by another transaction. The change starts over, as after a
 * serialization failure of the database, and reads again.
 */
export class LostRace extends Error {
  readonly code = '40001';
}

const ATTEMPTS = 5;

/** Does the work again after a lost race, a few times, each time after a longer random pause. */
export async function retryLostRaces<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isLostRace(error) || attempt === ATTEMPTS) throw error;
      await new Promise(resolve => setTimeout(resolve, Math.random() * 20 * attempt));
    }
  }
}

/**
 * Whether the work may be tried again in a new transaction: 40001 (serialization failure), 40P01
 * (deadlock), 23503 (a row that the verb had read was deleted before it was referred to).
 */
function isLostRace(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '40001' || code === '40P01' || code === '23503';
}
