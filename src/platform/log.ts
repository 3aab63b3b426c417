import { pino, type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

/** A secret of ours by its prefix, and whatever was sent as one. */
const SECRETS = /\b(muster_)[a-z]+_[0-9A-Za-z]+|\b(Bearer|Basic)(\s+)[^\s"',\\]+/gi;

/**
 * Writes one JSON object per line. At the last stage `clean` removes secrets of ours, in every
 * spelling, from the whole line.
 */
export function createLog(
  level: string,
  destination: DestinationStream = (standardOutput ??= portionedOutput()),
  clean: (line: string) => string = line => line,
): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      serializers: { req: requestFields, res: responseFields, err: errorFields },
      hooks: { streamWrite: line => scrub(clean(line)) },
    },
    destination,
  );
}

/** How long lines wait for others, and how many characters are written without waiting. */
const GATHERED_MS = 20;
const PORTION = 8_192;
const ERROR = 50;

/** One for the process, however many logs it has. */
let standardOutput: DestinationStream | undefined;

/**
 * Standard output, written in portions: one write for each line costs a busy service more than the
 * line. An error is written at once with all that came before it, and so is the rest at the end of
 * the process, however it ends by itself.
 */
function portionedOutput(): DestinationStream {
  const output = pino.destination({ fd: 1, sync: true });
  let waiting = '';
  let due: NodeJS.Timeout | null = null;
  // Gathered here: a flush of the stream's own makes the disk take the lines (fsync).
  const flush = () => {
    if (due) clearTimeout(due);
    due = null;
    const lines = waiting;
    waiting = '';
    if (lines !== '') output.write(lines);
  };
  process.on('exit', flush);
  const destination = {
    // Asks pino for the level of the line that it hands over.
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write(line: string) {
      waiting += line;
      if (destination.lastLevel >= ERROR || waiting.length >= PORTION) flush();
      else due ??= setTimeout(flush, GATHERED_MS).unref();
    },
  };
  return destination;
}

function scrub(text: string): string {
  return text.replace(SECRETS, (_, ours?: string, scheme?: string, space?: string) =>
    ours ? `${ours}…` : `${scheme}${space}…`,
  );
}

/** Only these of a request; headers and queries may hold anything. */
function requestFields(request: { method?: string; url?: string }): object {
  return { method: request.method, path: request.url?.split('?', 1)[0] };
}

function responseFields(response: { statusCode?: number }): object {
  return { status: response.statusCode };
}

/**
 * A database error carries the offending row (`detail`); its code and constraint are logged
 * instead.
 */
function errorFields(fault: unknown): unknown {
  if (!(fault instanceof Error)) return { type: typeof fault };
  const { code, constraint, table, routine } = fault as Error & Record<string, unknown>;
  return {
    type: fault.name,
    message: fault.message,
    stack: fault.stack,
    code,
    constraint,
    table,
    routine,
    ...(fault.cause instanceof Error ? { cause: errorFields(fault.cause) } : {}),
  };
}
