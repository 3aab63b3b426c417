import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';

export interface Patience {
  /** How long new requests are still taken, so that whoever sends them can learn that we are leaving. */
  drainDelayMs: number;
  /** How long, from the start of the stop, running requests may take to finish. */
  deadlineMs: number;
  /** Ends what does not end by itself: WebSockets, event streams. */
  sayGoodbye?: (() => void | Promise<void>) | undefined;
}

/** A connection that was opened ahead and still says nothing is not about to bring a request. */
const SILENCE_MS = 500;
/** Of the event loop: in one a connection is accepted, in the next its request is read. */
const TURNS = 3;

/** Stops an HTTP server without dropping a request. To be made before the server's requests are handled. */
export class Graceful {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #running = new Set<ServerResponse>();
  #stopping: Promise<void> | undefined;
  #closing = false;

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (_, response: ServerResponse) => {
      this.#running.add(response);
      response.once('close', () => {
        this.#running.delete(response);
        // Only once nothing new is taken: until then whoever was answered without being told sends its next request here, and is told.
        if (this.#closing) setImmediate(() => this.#server.closeIdleConnections());
      });
      if (this.isStopping) endWith(response);
    });
  }

  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  stop(patience: Patience): Promise<void> {
    return (this.#stopping ??= this.#stop(patience));
  }

  async #stop({ drainDelayMs, deadlineMs, sayGoodbye }: Patience): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    await Promise.resolve(); // from here on isStopping is true
    for (const response of this.#running) endWith(response);
    if (this.#server.listening) await delay(Math.min(drainDelayMs, deadlineMs));
    for (let turn = 0; turn < TURNS; turn++) await nextTurn(); // under load the delay is over before what came meanwhile was read: its connections look idle
    this.#closing = true;
    const closed = new Promise<void>(resolve => {
      this.#server.close(() => resolve());
    });
    const cut = setTimeout(
      () => {
        for (const socket of this.#sockets) socket.destroy();
      },
      Math.max(0, deadline - performance.now()),
    );
    const silent = setTimeout(() => {
      for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
    }, SILENCE_MS);
    await sayGoodbye?.();
    await closed;
    clearTimeout(silent);
    clearTimeout(cut);
  }
}

/** The connection ends with this answer, so no next request meets a closed door. */
function endWith(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
