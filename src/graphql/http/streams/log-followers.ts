import { randomUUID } from 'node:crypto';
import { Actor, Directory, type Ground } from '../../../directory/index.ts';
import type { Context } from '../../context.ts';
import type { Listener } from './listener.ts';
import { Tail, type Written } from './tail.ts';

/** A log of one tenant, and how its end is read. The same key is the same log. */
export interface Source<Row extends Written> {
  tenantId: string;
  key: string;
  since: (directory: Directory, from: Date, most: number) => Promise<Row[]>;
}

export interface Welcome {
  /** Is the credential still alive, and does it still permit the same? */
  isStillWelcome: () => Promise<boolean>;
  /** Told when the other side goes. */
  leaving: AbortSignal;
}

const CHECK_EVERY_MS = 2_000;

/** One tail for each log that somebody listens to, however many do. */
export class Newsroom {
  readonly #ground: Ground;
  readonly #onFault: (fault: unknown) => void;
  readonly #tails = new Map<string, Tail<Written>>();

  constructor(ground: Ground, onFault: (fault: unknown) => void) {
    this.#ground = ground;
    this.#onFault = onFault;
  }

  /**
   * What is written from now on, in portions. Before each portion, and every few seconds, the credential is asked for again: a
   * stream ends with what opened it.
   */
  async follow<Row extends Written>(
    source: Source<Row>,
    context: Context,
    welcome: Welcome,
  ): Promise<AsyncGenerator<Row[], void>> {
    const listener = await this.#listen(source);
    if (welcome.leaving.aborted) listener.end();
    else welcome.leaving.addEventListener('abort', () => listener.end(), { once: true });
    return this.#hear(listener, source, context, welcome);
  }

  close(): void {
    for (const tail of this.#tails.values()) tail.end();
  }

  async *#hear<Row extends Written>(
    listener: Listener<Row>,
    { key }: Source<Row>,
    context: Context,
    { isStillWelcome, leaving }: Welcome,
  ): AsyncGenerator<Row[], void> {
    try {
      while (!leaving.aborted) {
        const news = await listener.next(CHECK_EVERY_MS);
        if (news === null || !(await isStillWelcome())) return;
        context.forget();
        if (news.length > 0) yield news;
      }
    } finally {
      listener.end();
      if (this.#tails.get(key)?.isIdle) this.#tails.delete(key);
    }
  }

  #listen<Row extends Written>({ tenantId, key, since }: Source<Row>): Promise<Listener<Row>> {
    let tail = this.#tails.get(key);
    if (!tail) {
      const reader = new Directory(this.#ground, Actor.system(tenantId), {
        correlationId: randomUUID(),
      });
      this.#tails.set(
        key,
        (tail = new Tail<Written>((from, most) => since(reader, from, most), this.#onFault)),
      );
    }
    return tail.listen() as Promise<Listener<Row>>;
  }
}
