import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionResult, FormattedExecutionResult } from 'graphql';
import type { RequestContext } from '../../../platform/http/index.ts';
import { bearer, unauthenticated } from '../bearer.ts';
import type { StreamRequest } from './prepare.ts';
import { singleResult, type Streams } from './streams.ts';

/** A comment line, which keeps proxies from closing a silent connection. */
const HEARTBEAT = ':\n\n';
const HEARTBEAT_MS = 12_000;

/**
 * Subscriptions as server-sent events, one operation per request: the "distinct connections mode"
 * of the GraphQL over SSE protocol.
 */
export class EventStreams {
  readonly #streams: Streams;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  async answer(ctx: RequestContext, body: unknown): Promise<void> {
    const closed = new AbortController();
    ctx.res.once('close', () => closed.abort());
    const context = await this.#streams.contextFor(bearer(ctx.req), ctx.req, closed.signal);
    if (!context) throw unauthenticated();
    const opened = this.#streams.open(context, streamRequestOf(body), { counted: true });
    const results =
      'schema' in opened ? await this.#streams.subscribe(opened) : singleResult({ errors: opened });
    // A generator that was never started has no `finally` that would end it.
    ctx.res.once('close', () => void results.return());
    this.#send(ctx, this.#events(results));
  }

  /** Not awaited: an open stream is no running request, and a client that goes is no fault. */
  #send(ctx: RequestContext, events: AsyncGenerator<string, void>): void {
    ctx.respond = false;
    ctx.status = 200;
    ctx.set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
    ctx.res.flushHeaders();
    pipeline(Readable.from(events), ctx.res).catch(() => {});
  }

  async *#events(results: AsyncGenerator<ExecutionResult, void>): AsyncGenerator<string, void> {
    try {
      for (let next = results.next(); ;) {
        const result = await withinHeartbeat(next);
        if (result === null) yield HEARTBEAT;
        else if (result.done) break;
        else {
          yield asEvent(this.#streams.renderResult(result.value));
          next = results.next();
        }
      }
      yield 'event: complete\ndata:\n\n';
    } finally {
      await results.return();
    }
  }
}

function streamRequestOf(body: unknown): StreamRequest {
  const { query, operationName, variables } = (body ?? {}) as Partial<StreamRequest>;
  return {
    query: typeof query === 'string' ? query : '',
    operationName: typeof operationName === 'string' ? operationName : null,
    variables: typeof variables === 'object' ? variables : null,
  };
}

/** The next result, or null when it has not come within a heartbeat. */
async function withinHeartbeat<T>(next: Promise<T>): Promise<T | null> {
  const done = new AbortController();
  const silence = delay(HEARTBEAT_MS, null, { signal: done.signal, ref: false }).catch(() => null);
  try {
    return await Promise.race([next, silence]);
  } finally {
    done.abort();
  }
}

const asEvent = (result: FormattedExecutionResult): string =>
  `event: next\ndata: ${JSON.stringify(result)}\n\n`;
