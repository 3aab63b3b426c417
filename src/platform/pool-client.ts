import type { Socket } from 'node:net';
import type pg from 'pg';
import { isOutage, isStalePlan } from './database-faults.ts';
import { StatementNames } from './statement-names.ts';

/**
 * The most prepared statements per connection; further ones are sent unprepared, since each costs
 * the server memory.
 */
const NAMES_PER_CLIENT = 500;
/**
 * Statements that hold this have a text that callers compose. They share a part of the
 * names, so that many texts of one caller leave room for the statements of every day.
 */
const COMPOSED = '/* composed */';
const NAMES_OF_COMPOSED = 200;

const names = new StatementNames();
const known = new WeakMap<pg.PoolClient, PoolClient>();

/**
 * Forces the extended protocol, which takes exactly one statement, also without parameters: no
 * second one can be injected. The driver's types do not know the field.
 */
type ExtendedQuery = pg.QueryConfig & { queryMode: 'extended' };

/**
 * The state kept for a connection as long as it lives: its tenant, its prepared statements, whether
 * it is lost.
 */
export class PoolClient {
  readonly #client: pg.PoolClient;
  readonly #prepared = new Map<string, 'parsing' | 'ready'>();
  #composed = 0;
  #session: Readonly<Record<string, string>> = {};
  #inFlight = 0;
  #gathering = false;
  #broken = false;

  static of(client: pg.PoolClient): PoolClient {
    let remembered = known.get(client);
    if (!remembered) known.set(client, (remembered = new PoolClient(client)));
    return remembered;
  }

  private constructor(client: pg.PoolClient) {
    this.#client = client;
    // The pool listens for errors only while a client is idle; a loss during use would otherwise
    // end the process.
    client.on('error', () => {
      this.#broken = true;
    });
  }

  /** Nothing sent from here on will be answered as it should. */
  get isLost(): boolean {
    return this.#broken;
  }

  /**
   * Makes these settings the connection's own, in one statement, or in none when they already are.
   * The answer is not waited for here: whoever sends the next statement waits for both.
   */
  enter(
    session: Readonly<Record<string, string>>,
    send: (sql: string, values: unknown[]) => Promise<unknown>,
  ): Promise<unknown> | undefined {
    const changes = Object.entries(session).filter(
      ([name, value]) => this.#session[name] !== value,
    );
    for (const name of Object.keys(this.#session)) if (!(name in session)) changes.push([name, '']);
    if (changes.length === 0) return undefined;
    this.#session = session;
    return send(setConfig(changes.length, false), changes.flat()).catch((fault: unknown) => {
      this.#broken = true; // whose rows it would show is unknown from here on
      throw fault;
    });
  }

  /**
   * Sends one statement. Answers come in the order of sending, and outside a transaction a failure
   * does not affect the others.
   */
  async send(
    sql: string,
    values: readonly unknown[],
    prepare: boolean,
  ): Promise<pg.QueryResult<Record<string, unknown>>> {
    const name = prepare && values.length > 0 ? this.#nameFor(sql) : undefined;
    this.#inFlight++;
    this.#gather();
    try {
      const query: ExtendedQuery = { text: sql, values: [...values], queryMode: 'extended' };
      if (name) query.name = name;
      const result = await this.#client.query<Record<string, unknown>>(query);
      if (name) this.#prepared.set(name, 'ready');
      return result;
    } catch (fault) {
      if (name && this.#prepared.get(name) === 'parsing') this.#prepared.delete(name);
      if (isStalePlan(fault)) names.renew();
      if (isOutage(fault)) this.#broken = true;
      throw fault;
    } finally {
      this.#inFlight--;
    }
  }

  /** Back to the pool, or out of the world when its state is in doubt. */
  release(): void {
    const clean =
      !this.#broken && this.#inFlight === 0 && this.#client.getTransactionStatus() === 'I';
    this.#client.release(!clean);
  }

  /**
   * Statements that are sent in one turn of the event loop (`begin` and the first ones, the last
   * and the commit) leave in one write: a system call is most of what sending a statement costs.
   */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    const { stream } = (this.#client as unknown as { connection: { stream: Socket } }).connection;
    stream.cork();
    process.nextTick(() => {
      this.#gathering = false;
      stream.uncork();
    });
  }

  /**
   * While a statement is being parsed the outcome is unknown, so the same text is sent unnamed
   * meanwhile.
   */
  #nameFor(sql: string): string | undefined {
    const name = names.nameOf(sql);
    if (name === undefined) return undefined;
    const state = this.#prepared.get(name);
    if (state === 'ready') return name;
    if (state === 'parsing' || this.#prepared.size >= NAMES_PER_CLIENT) return undefined;
    if (sql.includes(COMPOSED) && this.#composed++ >= NAMES_OF_COMPOSED) return undefined;
    this.#prepared.set(name, 'parsing');
    return name;
  }
}

/** `local` settings end with the transaction, the others stay with the connection. */
export function setConfig(count: number, local: boolean): string {
  return `select ${Array.from({ length: count }, (_, i) => `set_config($${2 * i + 1}, $${2 * i + 2}, ${local})`).join(', ')}`;
}
