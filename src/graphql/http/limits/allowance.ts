import type { Actor } from '../../../directory/index.ts';
import type { Draw } from '../../../platform/http/index.ts';
import { limitExceeded } from './limit-exceeded.ts';

/** Takes one request, or one stream, from the caller's allowance. Refuses: RATE_LIMITED. */
export function drawFor(actor: Actor, draw: Draw | undefined): void {
  const drawn = draw?.(actor.account);
  if (drawn?.allowed === false)
    throw limitExceeded('Too many requests with this credential.', 'RATE_LIMITED', 429, {}, [
      'retry-after',
      String(drawn.retryAfter),
    ]);
}
