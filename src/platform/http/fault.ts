import { STATUS_CODES } from 'node:http';
import { isFull, isOutage, isRetryable } from '../index.ts';

/** A failure as the caller may see it: a status and a sentence without internals. */
export class Fault extends Error {
  override readonly name: string = 'Fault';
  readonly status: number;
  readonly detail: string;
  /** Whole seconds. */
  readonly retryAfter: number | undefined;

  constructor(status: number, detail: string, retryAfter?: number) {
    super(detail);
    this.status = status;
    this.detail = detail;
    this.retryAfter = retryAfter;
  }
}

const OUTAGE_RETRY_SECONDS = 2;
/** Room is made by people. */
const FULL_RETRY_SECONDS = 30;

/**
 * The fault to answer with for anything thrown: a 500 without detail, unless the error was made for
 * the caller.
 */
export function faultOf(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  if (isOutage(thrown))
    return new Fault(503, 'The database is not available at the moment.', OUTAGE_RETRY_SECONDS);
  if (isFull(thrown))
    return new Fault(
      503,
      'There is no room left to store this. Try again later.',
      FULL_RETRY_SECONDS,
    );
  if (isRetryable(thrown))
    return new Fault(503, 'Too many changes met at the same place. Try again.', 1);
  if (isHttpError(thrown)) return new Fault(thrown.status, thrown.message);
  return new Fault(500, STATUS_CODES[500]!);
}

/** The convention of Koa's world: `expose` marks a message that was written for the caller. */
function isHttpError(thrown: unknown): thrown is { status: number; message: string } {
  const { status, expose, message } = (thrown ?? {}) as {
    status?: unknown;
    expose?: unknown;
    message?: unknown;
  };
  return (
    typeof status === 'number' &&
    status >= 400 &&
    status < 600 &&
    expose === true &&
    typeof message === 'string'
  );
}
