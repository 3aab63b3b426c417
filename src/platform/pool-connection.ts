import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CompiledQuery, DatabaseConnection, QueryResult, TransactionSettings } from 'kysely';
import type pg from 'pg';
import type { PoolDialectOptions } from './pool-dialect.ts';
import { isStalePlan } from './database-faults.ts';
import { PoolClient, setConfig } from './pool-client.ts';
import { isSentWithCommit, isSentWithNext } from './sent-together.ts';
import { carriesGuard, prove, sendGuarded, type StatementGuard } from './statement-guard.ts';

let streams = 0;

/**
 * One connection borrowed from the pool. `begin` and the session's settings are sent ahead without
 * waiting for their answers; no result is returned before they have succeeded, so their failure
 * surfaces with the next statement.
 */
export class PoolConnection implements DatabaseConnection {
  readonly #client: PoolClient;
  readonly #options: PoolDialectOptions;
  #ahead: Promise<unknown> | undefined;
  #last: CompiledQuery[] = [];
  #inTransaction = false;
  #closed = false;
  /** The guard, being asked for by itself: what is given meanwhile waits behind it. */
  #proving: Promise<void> | undefined;
  /** Settings made by `switchTo`. */
  #session: Readonly<Record<string, string>> = {};

  constructor(client: pg.PoolClient, options: PoolDialectOptions) {
    this.#client = PoolClient.of(client);
    this.#options = options;
    if (options.pooler !== 'transaction')
      this.#sendAhead(
        this.#client.enter(options.session, (sql, values) => this.#send(sql, values)),
      );
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.executeUnder<R>(this.#options.guard, query);
  }

  /** Under a guard of the statement's own. */
  async executeUnder<R>(
    guard: StatementGuard | undefined,
    query: CompiledQuery,
  ): Promise<QueryResult<R>> {
    if (this.#inTransaction && isSentWithNext(query)) return this.#sendWithNext<R>(query);
    if (guard === undefined || guard.holds) return this.#execute<R>(query);
    const send = <Row>(each: CompiledQuery) => this.#execute<Row>(each);
    if (!this.#proving && carriesGuard(query)) return sendGuarded<R>(guard, query, send);
    // Statements run in the order in which they were given: one that locks, then one that reads.
    await (this.#proving ??= prove(guard, send));
    return this.#execute<R>(query);
  }

  async #execute<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#closed) throw new Error('The transaction is over; this statement was not sent.');
    if (this.#options.pooler === 'transaction' && !this.#inTransaction)
      return this.#sendInOwnTransaction(query);
    if (this.#inTransaction && isSentWithCommit(query)) {
      this.#last.push(query);
      return { rows: [] };
    }
    try {
      return queryResult<R>(await this.#sendBehind(query.sql, query.parameters));
    } catch (fault) {
      // Refused before it ran, so it can be sent again under a new name, and is planned anew.
      // Inside a transaction only the whole transaction can be repeated.
      if (!isStalePlan(fault) || this.#inTransaction) throw fault;
      return queryResult<R>(await this.#send(query.sql, query.parameters));
    }
  }

  #sendWithNext<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    if (this.#closed) throw new Error('The transaction is over; this statement was not sent.');
    const rows: R[] = [];
    this.#sendAhead(this.#send(sql, parameters).then(result => rows.push(...(result.rows as R[]))));
    return { rows };
  }

  /** Rows in portions through a cursor of the server, so that an export never holds the whole. */
  async *streamQuery<R>(
    query: CompiledQuery,
    chunkSize = 100,
  ): AsyncIterableIterator<QueryResult<R>> {
    const { guard } = this.#options;
    if (guard && !guard.holds) await prove(guard, each => this.#execute(each));
    const ours = !this.#inTransaction;
    if (ours) this.begin({});
    const cursor = `stream_${++streams}`;
    let whole = false;
    try {
      await this.#sendBehind(
        `declare ${cursor} no scroll cursor for ${query.sql}`,
        query.parameters,
      );
      for (;;) {
        const { rows } = await this.#send(`fetch forward ${Math.trunc(chunkSize)} from ${cursor}`);
        if (rows.length > 0) yield { rows: rows as R[] };
        if (rows.length < chunkSize) break;
      }
      await this.#send(`close ${cursor}`);
      whole = true;
    } finally {
      if (ours) await (whole ? this.commit() : this.rollback());
    }
  }

  begin({ isolationLevel, accessMode }: TransactionSettings): void {
    const level = isolationLevel ? ` isolation level ${isolationLevel}` : '';
    this.#inTransaction = true;
    this.#sendAhead(this.#send(`begin${level}${accessMode ? ` ${accessMode}` : ''}`));
    const local =
      this.#options.pooler === 'transaction' ? Object.entries(this.#options.session) : [];
    if (local.length > 0) this.#sendAhead(this.#send(setConfig(local.length, true), local.flat()));
  }

  /** Statements from here on run under these settings, until the transaction ends. */
  switchTo(session: Readonly<Record<string, string>>): void {
    const changed = Object.entries(session).filter(
      ([name, value]) => (this.#session[name] ?? this.#options.session[name]) !== value,
    );
    if (changed.length === 0) return;
    this.#session = { ...this.#session, ...session };
    this.#sendAhead(this.#send(setConfig(changed.length, true), changed.flat()));
  }

  async commit(): Promise<void> {
    const { command } = await this.#ending(() => this.#sendLastAndCommit());
    // PostgreSQL answers the commit of a failed transaction with ROLLBACK instead of an error: it
    // must not pass for a success.
    if (command === 'ROLLBACK')
      throw new Error(
        'The transaction had already failed; the database rolled it back instead of committing it.',
      );
  }

  /**
   * A lost connection has rolled back. An error here would keep it from being given back to the
   * pool: Kysely releases after a rollback, not instead of one.
   */
  async rollback(): Promise<void> {
    this.#ahead = undefined;
    this.#last = [];
    await this.#ending(async () => {
      // whatever its state is then, the connection is destroyed when it is released
      if (!this.#client.isLost) await this.#send('rollback').catch(() => {});
      // by then statements that still waited for their turn in the transaction were refused
      await nextTurn();
    });
  }

  release(): void {
    this.#closed = true;
    this.#client.release();
  }

  /**
   * Kysely sends a transaction's statements one after the other. When several run at once and one
   * fails, the rollback overtakes those that wait; they would then run outside of any transaction,
   * and are refused instead.
   */
  async #ending<T>(end: () => Promise<T>): Promise<T> {
    const sent = end();
    this.#inTransaction = false;
    this.#closed = true;
    try {
      return await sent;
    } finally {
      this.#closed = false;
    }
  }

  /**
   * Behind a transaction pooler a setting lives only in its transaction, so a single statement is
   * sent with its settings in a transaction of its own, in one flight.
   */
  async #sendInOwnTransaction<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    this.begin({});
    const result = this.#sendBehind(query.sql, query.parameters);
    const end = this.#send('commit');
    this.#inTransaction = false;
    const [answered, ended] = await Promise.allSettled([result, end]);
    if (answered.status === 'rejected') throw answered.reason;
    if (ended.status === 'rejected') throw ended.reason;
    return queryResult<R>(answered.value);
  }

  async #sendLastAndCommit(): Promise<pg.QueryResult<Record<string, unknown>>> {
    const sent = this.#last.map(({ sql, parameters }) => this.#sendBehind(sql, parameters));
    this.#last = [];
    const committed = this.#sendBehind('commit');
    for (const each of await Promise.allSettled([...sent, committed]))
      if (each.status === 'rejected') throw each.reason;
    return committed;
  }

  async #sendBehind(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<pg.QueryResult<Record<string, unknown>>> {
    const ahead = this.#ahead;
    const result = this.#send(sql, values);
    if (!ahead) return result;
    const [before, own] = await Promise.allSettled([ahead, result]);
    if (before.status === 'rejected') throw before.reason;
    this.#ahead = undefined;
    if (own.status === 'rejected') throw own.reason;
    return own.value;
  }

  #sendAhead(sent: Promise<unknown> | undefined): void {
    if (!sent) return;
    const ahead = this.#ahead ? Promise.all([this.#ahead, sent]) : sent;
    ahead.catch(() => {}); // surfaces on the next statement
    sent.catch(() => {});
    this.#ahead = ahead;
  }

  #send(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<pg.QueryResult<Record<string, unknown>>> {
    this.#options.onStatement?.(sql);
    return this.#client.send(sql, values, this.#options.prepare);
  }
}

function queryResult<R>(result: pg.QueryResult<Record<string, unknown>>): QueryResult<R> {
  const rows = (result.rows ?? []) as R[];
  switch (result.command) {
    case 'INSERT':
    case 'UPDATE':
    case 'DELETE':
    case 'MERGE':
      return { rows, numAffectedRows: BigInt(result.rowCount ?? 0) };
    default:
      return { rows };
  }
}
