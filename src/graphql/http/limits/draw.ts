import type { Actor } from '../../../directory/index.ts';
import { limitExceeded } from './limit-exceeded.ts';

/** Takes one request from what a credential may ask; says whether it was there, and when it will be. */
export type Draw = (credentialId: string) => { allowed: boolean; retryAfter: number };

/** One more request of this caller, on whichever way in. Refuses: RATE_LIMITED. */
export function drawFor(actor: Actor, draw: Draw | undefined): void {
  const drawn = draw?.(actor.account);
  if (drawn?.allowed === false)
    throw limitExceeded('Too many requests with this credential.', 'RATE_LIMITED', 429, {}, [
      'retry-after',
      String(drawn.retryAfter),
    ]);
}
