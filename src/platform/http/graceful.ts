import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface StopOptions {
  /**
   * The time in which new requests are still accepted, so that balancers and clients learn that
   * this process is stopping.
   */
  drainDelayMs: number;
  /** The time from the start of the stop in which running requests may finish. */
  deadlineMs: number;
  /** Ends what does not end by itself: WebSockets, event streams. */
  closeStreams?: (() => void | Promise<void>) | undefined;
}

/** A connection that says nothing for this long is not about to bring a request. */
const SILENCE_MS = 500;
/** When nothing has moved for this long, nobody is in the middle of connecting. */
const QUIET_MS = 50;
/** Requests are held back no longer than this to make it quiet. */
const HOLD_MS = 1_000;
const LOOK_MS = 10;

/**
 * Stops an HTTP server without dropping a request. Construct it before the server's request
 * handlers are added.
 */
export class Graceful {
  readonly #server: Server;
  /** Open connections, and when something last came or went on each. */
  readonly #sockets = new Map<Socket, { at: number; bytesRead: number }>();
  readonly #running = new Set<ServerResponse>();
  /** WebSockets: whoever took them over ends them. */
  readonly #upgraded = new WeakSet<Socket>();
  #stopping: Promise<void> | undefined;
  /** Requests that came while it is made quiet. */
  #held: (() => void)[] | undefined;
  #lastMove = 0;

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.#moved(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('upgrade', ({ socket }) => this.#upgraded.add(socket));
    server.on('request', ({ socket }, response: ServerResponse) => {
      this.#running.add(response);
      this.#moved(socket);
      response.once('close', () => {
        this.#running.delete(response);
        if (!socket.destroyed) this.#moved(socket);
        this.#lastMove = performance.now();
      });
      if (this.isStopping) endWith(response);
    });
  }

  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  /** Handles a request, now or when the server has stopped listening. */
  pass(handle: () => void): void {
    if (this.#held) this.#held.push(handle);
    else handle();
  }

  stop(options: StopOptions): Promise<void> {
    return (this.#stopping ??= this.#stop(options));
  }

  async #stop({ drainDelayMs, deadlineMs, closeStreams }: StopOptions): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    await Promise.resolve(); // from here on isStopping is true
    for (const response of this.#running) endWith(response);
    if (this.#server.listening) await delay(Math.min(drainDelayMs, deadlineMs));
    const closed = await this.#stopListening(deadline);
    const cut = setTimeout(
      () => {
        for (const socket of this.#sockets.keys()) socket.destroy();
      },
      Math.max(0, deadline - performance.now()),
    );
    const looking = setInterval(() => this.#endSilent(), LOOK_MS);
    await closeStreams?.();
    await closed.promise;
    clearInterval(looking);
    clearTimeout(cut);
  }

  /**
   * Closing the listening socket makes the kernel reset connections that it has completed and we
   * have not accepted yet. Clients reconnect as soon as they are answered, so answers are held back
   * for a moment: when nothing moves any more, no client is connecting.
   */
  async #stopListening(deadline: number): Promise<{ promise: Promise<void> }> {
    const closed = Promise.withResolvers<void>();
    this.#held = [];
    this.#lastMove = performance.now();
    const latest = Math.min(deadline, performance.now() + HOLD_MS);
    while (performance.now() < latest && performance.now() - this.#lastMove < QUIET_MS) {
      const lookedAt = performance.now();
      await delay(LOOK_MS);
      // A timer that is late tells of a busy machine, on which clients are slow to connect as well.
      if (performance.now() - lookedAt > 2 * LOOK_MS) this.#lastMove = performance.now();
    }
    // Bypasses http.Server#close, which also destroys connections that look idle: a request may be
    // on its way on them.
    NetServer.prototype.close.call(this.#server, () => closed.resolve());
    const held = this.#held;
    this.#held = undefined;
    for (const handle of held) handle();
    return closed;
  }

  /**
   * A client that was not told to close may still send a request, and is answered with `Connection:
   * close`; a connection without any traffic is ended.
   */
  #endSilent(): void {
    const busy = new Set([...this.#running].map(({ socket }) => socket));
    for (const [socket, { at, bytesRead }] of this.#sockets) {
      if (busy.has(socket) || this.#upgraded.has(socket)) continue;
      if (socket.bytesRead !== bytesRead) this.#moved(socket);
      else if (performance.now() - at >= SILENCE_MS) socket.destroySoon();
    }
  }

  #moved(socket: Socket): void {
    this.#lastMove = performance.now();
    this.#sockets.set(socket, { at: this.#lastMove, bytesRead: socket.bytesRead });
  }
}

/** The connection ends with this answer, so no next request meets a closed door. */
function endWith(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
