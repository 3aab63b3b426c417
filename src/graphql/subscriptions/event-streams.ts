import type { ExecutionResult } from 'graphql';
import { createHandler } from 'graphql-sse';
import type { ParameterizedContext } from 'koa';
import { bearer, unauthenticated } from '../bearer.ts';
import type { Context } from '../context.ts';
import type { Asked } from './prepare.ts';
import type { Streams } from './streams.ts';

type Handler = ReturnType<typeof createHandler<unknown, Context, undefined>>;

/** Subscriptions as server-sent events, one operation for each request (the "distinct connections" of graphql-sse). */
export class EventStreams {
  readonly #streams: Streams;
  readonly #handle: Handler;

  constructor(streams: Streams) {
    this.#streams = streams;
    this.#handle = createHandler<unknown, Context, undefined>({
      authenticate: () => null,
      validate: () => [], // it was, when it was opened
      onSubscribe: ({ context }, params) => {
        const opened = streams.open(context, params as Asked);
        return 'schema' in opened ? opened as typeof opened & { contextValue: undefined } : { errors: opened };
      },
      onNext: (_ctx, _request, result) => streams.said(result as ExecutionResult) as ExecutionResult,
    });
  }

  async answer(ctx: ParameterizedContext, body: unknown): Promise<void> {
    const leaving = new AbortController();
    ctx.res.once('close', () => leaving.abort());
    const context = await this.#streams.enter(bearer(ctx.req), ctx.req, leaving.signal);
    if (!context) throw unauthenticated();
    const [events, { status, headers }] = await this.#handle({
      method: ctx.method, url: ctx.url, headers: { get: name => name === 'accept' ? 'text/event-stream' : ctx.get(name) }, body: body as Record<string, unknown>, raw: ctx.req, context,
    });
    ctx.status = status;
    ctx.set({ ...headers });
    if (!events || typeof events === 'string') ctx.body = events ?? '';
    else this.#send(ctx, events);
  }

  /** Goes on by itself: a stream that is open for hours is not a request in work. */
  #send(ctx: ParameterizedContext, events: AsyncIterable<string>): void {
    ctx.respond = false;
    const { res } = ctx;
    const send = async () => {
      for await (const event of events) {
        if (res.destroyed) break;
        if (!res.write(event)) await new Promise(resolve => { res.once('drain', resolve); res.once('close', resolve); });
      }
    };
    send().catch(() => {}).finally(() => res.end());
  }
}
