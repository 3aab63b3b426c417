import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { credentialIn, unauthenticated } from '../bearer.ts';
import { payerOf } from '../limits/budget.ts';
import { LIMITS } from '../limits/limits.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import type { Streams } from './streams.ts';

const UNAUTHORIZED = 4401;
const GOING_AWAY = 1001;
const LONGEST_MESSAGE = 256 * 1024;
const TOO_MANY = 4429;

/**
 * Subscriptions over WebSocket in the graphql-transport-ws protocol. The credential comes in
 * `connection_init`.
 */
export class WebSockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: LONGEST_MESSAGE,
    perMessageDeflate: false,
  });
  readonly #protocol: ReturnType<typeof useServer>;

  readonly #unauthenticated = new ConcurrencyLimit(LIMITS.unauthenticatedSockets);
  readonly #authenticated = new ConcurrencyLimit(LIMITS.sockets);
  /** Releases the place among the unauthenticated sockets of the address. */
  readonly #onAuthenticated = new WeakMap<IncomingMessage, () => void>();

  constructor(streams: Streams) {
    const closings = new WeakMap<object, AbortController>();
    const contextFor = (ctx: {
      connectionParams?: unknown;
      extra: { request: IncomingMessage };
    }) => {
      const closed = closings.get(ctx) ?? new AbortController();
      closings.set(ctx, closed);
      return streams.contextFor(
        credentialFrom(ctx.connectionParams, ctx.extra.request),
        ctx.extra.request,
        closed.signal,
      );
    };
    this.#protocol = useServer(
      {
        isProd: true,
        subscribe: args => streams.subscribe(args),
        onConnect: async ctx => {
          const { request, socket } = ctx.extra;
          const context = await contextFor(ctx);
          if (!context) return socket.close(UNAUTHORIZED, 'Unauthorized');
          const release = this.#authenticated.take(payerOf(context.actor));
          if (!release) return socket.close(TOO_MANY, 'Too many connections');
          socket.once('close', release);
          this.#onAuthenticated.get(request)?.();
        },
        onSubscribe: async (ctx, _id, payload) => {
          const context = await contextFor(ctx);
          return context ? streams.open(context, payload) : [unauthenticated()];
        },
        onNext: (_ctx, _id, _payload, _args, result) => streams.renderResult(result),
        onError: (_ctx, _id, _payload, errors) =>
          streams.renderErrors(
            errors.map(error =>
              error instanceof GraphQLError ? error : new GraphQLError(String(error)),
            ),
          ),
        onClose: ctx => closings.get(ctx)?.abort(),
      },
      this.#server,
    );
  }

  /** Accepts an upgrade, up to the limit of unauthenticated sockets of the address. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer, address: string): void {
    const release = this.#unauthenticated.take(address);
    if (!release) {
      socket.end(
        'HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\n' +
          'Retry-After: 3\r\nContent-Length: 0\r\n\r\n',
      );
      return;
    }
    socket.once('close', release);
    this.#onAuthenticated.set(request, release);
    this.#server.handleUpgrade(request, socket, head, open =>
      this.#server.emit('connection', open, request),
    );
  }

  async close(): Promise<void> {
    for (const client of this.#server.clients) client.close(GOING_AWAY, 'Going away');
    await this.#protocol.dispose();
  }
}

/**
 * The credential in `connection_init`, since browsers cannot set headers on a WebSocket; else in
 * the header.
 */
function credentialFrom(params: unknown, request: IncomingMessage): string | null {
  const named = Object.entries((params ?? {}) as Record<string, unknown>).find(
    ([name]) => name.toLowerCase() === 'authorization',
  )?.[1];
  return credentialIn(named ?? request.headers.authorization);
}
