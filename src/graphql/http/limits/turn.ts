import { limitExceeded } from './limit-exceeded.ts';

/** Does a tenant's work when it is the tenant's turn. Throws a fault with status 429 when too much already waits. */
export type InTurn = <T>(tenantId: string, work: () => Promise<T>) => Promise<T>;

/**
 * The same for a stream, which was answered long ago: there is no status left to send, so the refusal becomes an error of GraphQL, as of
 * the other limits.
 */
export async function inTurnOfStream<T>(
  inTurn: InTurn | undefined,
  tenantId: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await (inTurn ? inTurn(tenantId, work) : work());
  } catch (fault) {
    throw isTooManyRequests(fault) ? limitExceeded(fault.message, 'RATE_LIMITED', 429) : fault;
  }
}

function isTooManyRequests(fault: unknown): fault is Error {
  return fault instanceof Error && 'status' in fault && fault.status === 429;
}
