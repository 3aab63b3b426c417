import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { credentialIn, unauthenticated } from '../bearer.ts';
import { tooMuch } from '../limits/too-much.ts';
import type { Streams } from './streams.ts';

const UNAUTHORIZED = 4401;
const GOING_AWAY = 1001;
const LONGEST_MESSAGE = 256 * 1024;
const MOST_STREAMS = 100;

/** Subscriptions over WebSocket in the graphql-transport-ws protocol. The credential comes in `connection_init`. */
export class WebSockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: LONGEST_MESSAGE,
    perMessageDeflate: false,
  });
  readonly #protocol: ReturnType<typeof useServer>;

  constructor(streams: Streams) {
    const leavings = new WeakMap<object, AbortController>();
    const enter = (ctx: { connectionParams?: unknown; extra: { request: IncomingMessage } }) => {
      const leaving = leavings.get(ctx) ?? new AbortController();
      leavings.set(ctx, leaving);
      return streams.enter(
        credentialFrom(ctx.connectionParams, ctx.extra.request),
        ctx.extra.request,
        leaving.signal,
      );
    };
    this.#protocol = useServer(
      {
        isProd: true,
        onConnect: async ctx => {
          if (!(await enter(ctx))) ctx.extra.socket.close(UNAUTHORIZED, 'Unauthorized');
        },
        onSubscribe: async (ctx, _id, payload) => {
          if (Object.keys(ctx.subscriptions).length > MOST_STREAMS)
            return [
              tooMuch(`At most ${MOST_STREAMS} streams over one connection.`, 'RATE_LIMITED', 429),
            ];
          const context = await enter(ctx);
          return context ? streams.open(context, payload) : [unauthenticated()];
        },
        onNext: (_ctx, _id, _payload, _args, result) => streams.said(result),
        onError: (_ctx, _id, _payload, errors) =>
          streams.refused(
            errors.map(error =>
              error instanceof GraphQLError ? error : new GraphQLError(String(error)),
            ),
          ),
        onClose: ctx => leavings.get(ctx)?.abort(),
      },
      this.#server,
    );
  }

  take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, open =>
      this.#server.emit('connection', open, request),
    );
  }

  async close(): Promise<void> {
    for (const client of this.#server.clients) client.close(GOING_AWAY, 'Going away');
    await this.#protocol.dispose();
  }
}

/** Browsers cannot set headers on a WebSocket, so explorers send them as the first message. */
function credentialFrom(params: unknown, request: IncomingMessage): string | null {
  const named = Object.entries((params ?? {}) as Record<string, unknown>).find(
    ([name]) => name.toLowerCase() === 'authorization',
  )?.[1];
  return credentialIn(named ?? request.headers.authorization);
}
