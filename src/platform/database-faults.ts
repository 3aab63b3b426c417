/**
 * Messages, without a code, by which the driver and the pool report that the server cannot be
 * reached.
 */
const OUTAGE_SENTENCES = [
  'Connection terminated',
  'Client has encountered a connection error',
  'Client was closed and is not queryable',
  'Connection ended unexpectedly',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Cannot use a pool after calling end',
];

const OUTAGE_CODES = new Set([
  '57P01',
  '57P02',
  '57P03', // the server is being stopped, crashed, or is still starting
  '53300', // no connection left
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

const FULL_CODES = new Set([
  '53100', // the disk is full
  '53200',
  '53400', // memory, or a configured limit
  'ENOSPC',
]);

/**
 * The database has no room for what was asked. Nothing of it was stored, and it works again as soon
 * as room is made.
 */
export function isFull(error: unknown): boolean {
  for (
    let fault = error, depth = 0;
    fault instanceof Error && depth < 5;
    fault = causeOf(fault), depth++
  ) {
    const code = codeOf(fault);
    if (code !== undefined && FULL_CODES.has(code)) return true;
    if (code === '58030' && /no space left/i.test(fault.message)) return true;
  }
  return false;
}

/**
 * The database cannot be reached for now: the request is fine, and may succeed when it is sent
 * again.
 */
export function isOutage(error: unknown): boolean {
  for (
    let fault = error, depth = 0;
    fault instanceof Error && depth < 5;
    fault = causeOf(fault), depth++
  ) {
    const code = codeOf(fault);
    if (code !== undefined) {
      if (OUTAGE_CODES.has(code) || /^08...$/.test(code) || isSocketAway(fault, code)) return true;
    } else if (
      OUTAGE_SENTENCES.some(sentence => fault instanceof Error && fault.message.includes(sentence))
    ) {
      return true;
    }
    // A host with several addresses fails once per address; only the AggregateError around them is
    // thrown.
    if (fault instanceof AggregateError && fault.errors.length > 0 && fault.errors.every(isOutage))
      return true;
  }
  return false;
}

const LOST_RACES = new Set([
  '40001',
  '40P01', // gave way to another change
  '55P03',
  '57014', // waited for one longer than a request may
]);

/** Did the change only lose a race? Then the same work, run again from its start, can succeed. */
export function isRetryable(error: unknown): boolean {
  for (
    let fault = error, depth = 0;
    fault instanceof Error && depth < 5;
    fault = causeOf(fault), depth++
  ) {
    const code = codeOf(fault);
    if ((code !== undefined && LOST_RACES.has(code)) || isStalePlan(fault)) return true;
  }
  return false;
}

/**
 * A migration changed the columns under a prepared statement: PostgreSQL refuses the old plan, and
 * accepts a new one.
 */
export function isStalePlan(error: unknown): boolean {
  return (
    codeOf(error) === '0A000' &&
    (error as { routine?: unknown }).routine === 'RevalidateCachedQuery'
  );
}

/**
 * The server's socket is not there, or its queue is full; the same codes for a file mean something
 * else.
 */
function isSocketAway(fault: Error, code: string): boolean {
  return (
    (code === 'ENOENT' || code === 'EAGAIN') &&
    (fault as NodeJS.ErrnoException).syscall === 'connect'
  );
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

function causeOf(error: Error): unknown {
  return error.cause ?? (error as { previous?: unknown }).previous;
}
