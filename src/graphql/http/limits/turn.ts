import { Fault, type InTurn } from '../../../platform/http/index.ts';
import { limitExceeded } from './limit-exceeded.ts';

/**
 * Runs work of an open stream in its tenant's turn. The stream's status was sent long ago, so a
 * refused turn becomes an error of GraphQL, as other limits do.
 */
export async function inTurnOfStream<T>(
  inTurn: InTurn | undefined,
  tenantId: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await (inTurn ? inTurn(tenantId, work) : work());
  } catch (thrown) {
    const isRefused = thrown instanceof Fault && thrown.status === 429;
    throw isRefused ? limitExceeded(thrown.detail, 'RATE_LIMITED', 429) : thrown;
  }
}
