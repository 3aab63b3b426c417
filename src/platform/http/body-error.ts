import { Fault } from './fault.ts';

/** A body that is not read: too large, too slow, or not what it says it is. */
export class BodyError extends Fault {
  override readonly name = 'BodyError';
  declare readonly status: 400 | 408 | 413 | 415;
}
