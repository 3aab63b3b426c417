import type { ClaimedMessage, Outbox } from '../directory/index.ts';

/**
 * Delivers one kind of message. `deliver` must be idempotent: it may be called again for a message
 * that was delivered.
 */
export interface Consumer {
  deliver(message: ClaimedMessage): Promise<void>;
  /** Last word on a message that cannot be delivered. */
  giveUp(message: ClaimedMessage, error: string): Promise<void>;
  isFinal(fault: unknown): boolean;
}

/** A delivery that is postponed to the next hour, without counting as a failed attempt. */
export class Postponed extends Error {}

export interface DrainOptions {
  /** Between looks at an empty outbox. */
  pollMs: number;
  atOnce: number;
  attempts: number;
  /** Before the second attempt; four times as long before each further one. */
  backoffSeconds: number;
}

export interface DrainLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const LONGEST_BACKOFF_SECONDS = 6 * 3600;

/**
 * Empties the outbox, together with every other process: a lease gives each message to one of them
 * at a time.
 */
export class Drain {
  readonly #outbox: Outbox;
  readonly #consumers: Readonly<Record<ClaimedMessage['kind'], Consumer>>;
  readonly #options: DrainOptions;
  readonly #log: DrainLog;
  readonly #running: Promise<void>;
  #stopped = false;
  #awake = Promise.withResolvers<void>();

  constructor(
    outbox: Outbox,
    consumers: Readonly<Record<ClaimedMessage['kind'], Consumer>>,
    log: DrainLog,
    options: DrainOptions,
  ) {
    this.#outbox = outbox;
    this.#consumers = consumers;
    this.#log = log;
    this.#options = options;
    this.#running = this.#run();
  }

  /** Something is owed: look now. Without it the next look finds it. */
  wake(): void {
    this.#awake.resolve();
  }

  /** Takes nothing new, and ends when what is being delivered has been. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      // before looking, so that a message queued from here on ends the rest
      const awake = (this.#awake = Promise.withResolvers<void>());
      const more = await this.#round();
      if (!more && !this.#stopped) await this.#rest(awake.promise);
    }
  }

  async #round(): Promise<boolean> {
    try {
      const messages = await this.#outbox.claim(this.#options.atOnce);
      await Promise.all(messages.map(message => this.#handle(message)));
      return messages.length > 0;
    } catch (fault) {
      this.#log.warn({ err: fault }, 'the outbox cannot be read; trying again');
      return false;
    }
  }

  async #rest(awake: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#options.pollMs);
    await Promise.race([awake, promise]);
    clearTimeout(timer);
  }

  /**
   * A failure that cannot be stored needs no handling: the message is claimed again when its lease
   * expires.
   */
  async #handle(message: ClaimedMessage): Promise<void> {
    try {
      await this.#consumers[message.kind].deliver(message);
    } catch (fault) {
      await this.#failed(message, fault).catch((second: unknown) => {
        this.#log.error(
          { err: second, messageId: message.id },
          'a failed delivery could not be written down',
        );
      });
    }
  }

  async #failed(message: ClaimedMessage, fault: unknown): Promise<void> {
    if (fault instanceof Postponed)
      return this.#outbox.postpone(message, untilNextHour(), fault.message, { again: true });
    const consumer = this.#consumers[message.kind];
    const error = fault instanceof Error ? fault.message : String(fault);
    const fields = {
      err: fault,
      messageId: message.id,
      tenantId: message.tenantId,
      kind: message.kind,
      attempts: message.attempts,
    };
    if (message.attempts < this.#options.attempts && !consumer.isFinal(fault)) {
      this.#log.warn(fields, 'a message was not delivered; trying again later');
      return this.#outbox.postpone(
        message,
        Math.min(
          this.#options.backoffSeconds * 4 ** (message.attempts - 1),
          LONGEST_BACKOFF_SECONDS,
        ),
        error,
      );
    }
    this.#log.error(fields, 'a message cannot be delivered and is given up');
    await consumer.giveUp(message, error);
  }
}

function untilNextHour(now = Date.now()): number {
  return Math.ceil((3_600_000 - (now % 3_600_000)) / 1_000) + Math.floor(Math.random() * 60);
}
