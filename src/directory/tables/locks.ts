import { type RawBuilder, sql } from 'kysely';
import { LostRace } from './lost-race.ts';
import type { TenantAccess } from './tenant-access.ts';

/*
 * A change takes its locks in this order:
 *
 * 1. the switches of the providers that it depends on, or changes, in the order of their ids;
 * 2. the rulebook of the tenant: its mappings and its default role;
 * 3. rows: the provider, a conflict case, teams, members in the order of their ids, the owner's
 *    role; at last the versions of teams whose members changed.
 *
 * 1 and 2 are advisory locks of the transaction, shared by those who depend on what they stand for
 * and exclusive to whoever changes it. Their queue is fair: who waits for the exclusive lock is
 * overtaken by nobody, where a row lock would go from one sharer to the next. A lock is a statement
 * of its own, sent in one flight with the next one: what is read after it is read from a snapshot
 * taken after it.
 *
 * A lock that is asked for too late for this order (several verbs in one change, a link that was
 * made meanwhile) is tried and not waited for. Where it is not to be had the change starts over.
 */

/** The numbers are the order, and the seeds of the keys: hashtextextended(id, kind). */
const KINDS = { switch: 1, rulebook: 2 } as const;
type Kind = keyof typeof KINDS;
type Mode = 'shared' | 'exclusive';

/** A session in a change. */
type Changing = Pick<TenantAccess, 'db' | 'store' | 'tenantId'>;

/** The answer to a statement that locks: which, and whether it was to be had. */
interface Answer {
  kind: number;
  id: string;
  granted: boolean;
}

interface Asked {
  mode: Mode;
  answers: readonly Answer[];
}

/** What a transaction has asked for. */
class Locks {
  readonly #asked: Asked[] = [];
  readonly #ids = new Map<string, Mode>();

  /** The last kind, in their order, that was asked for. */
  last = 0;

  add(asked: Asked): void {
    this.#asked.push(asked);
  }

  remember(kind: Kind, id: string, mode: Mode): void {
    if (this.#ids.get(`${kind} ${id}`) !== 'exclusive') this.#ids.set(`${kind} ${id}`, mode);
  }

  wasAskedFor(kind: Kind, id: string): boolean {
    return this.#ids.has(`${kind} ${id}`);
  }

  holds(kind: Kind, id: string, mode: Mode): boolean {
    return this.#asked.some(
      asked =>
        (asked.mode === 'exclusive' || mode === 'shared') &&
        asked.answers.some(each => each.granted && each.kind === KINDS[kind] && each.id === id),
    );
  }
}

const taken = new WeakMap<object, Locks>();

function locksOf({ db }: Changing): Locks {
  if (!db.isTransaction) throw new Error('A lock lasts as long as its change: there is none.');
  const known = taken.get(db) ?? new Locks();
  taken.set(db, known);
  return known;
}

/**
 * Shares the switches of these providers, each an id or a query of ids, and the rulebook where it
 * matters too. Whoever reads them afterwards asserts that the locks were granted (assertLocked).
 */
export async function shareLocks(
  session: Changing,
  { switches = [], rulebook = false }: Wanted,
): Promise<void> {
  const locks = locksOf(session);
  const providers = switches.filter(
    each =>
      typeof each !== 'string' ||
      !(locks.wasAskedFor('switch', each) || locks.holds('switch', each, 'shared')),
  );
  const rules = rulebook && !locks.wasAskedFor('rulebook', session.tenantId);
  if (providers.length > 0) await ask(session, 'switch', providers, 'shared', rules);
  else if (rules) await ask(session, 'rulebook', [session.tenantId], 'shared');
}

export interface Wanted {
  switches?: readonly (string | RawBuilder<unknown>)[];
  rulebook?: boolean;
}

/** Waits for those who share the lock, and lets nobody share it until the change is over. */
export function lockExclusively(session: Changing, kind: Kind, id: string): Promise<void> {
  return ask(session, kind, [id], 'exclusive');
}

/** Whether switches were asked for: those that the change depends on, as far as it knew. */
export const hasAsked = (session: Changing): boolean => locksOf(session).last > 0;

export function isLocked(
  session: Changing,
  kind: Kind,
  id: string,
  mode: Mode = 'shared',
): boolean {
  return locksOf(session).holds(kind, id, mode);
}

/** Starts the change over where a lock that it asked for too late was not to be had. */
export function assertLocked(session: Changing, kind: Kind, id: string, mode?: Mode): void {
  if (!isLocked(session, kind, id, mode))
    throw new LostRace('Somebody else holds the lock, or the link changed meanwhile.');
}

async function ask(
  session: Changing,
  kind: Kind,
  ids: readonly (string | RawBuilder<unknown>)[],
  mode: Mode,
  withRulebook = false,
): Promise<void> {
  const { db, store, tenantId } = session;
  const locks = locksOf(session);
  const isLate = locks.last >= KINDS[kind];
  for (const id of ids) if (typeof id === 'string') locks.remember(kind, id, mode);
  if (withRulebook) locks.remember('rulebook', tenantId, mode);
  locks.last = Math.max(locks.last, KINDS[withRulebook ? 'rulebook' : kind]);
  const rulebook = withRulebook ? sql` union all select ${KINDS.rulebook}, ${tenantId}` : sql``;
  const query = sql<Answer>`
    select kind, id, ${granted(mode, isLate)} as granted from (
      select ${KINDS[kind]}::bigint as kind, id::text from (${union(ids)}) as named (id)
      where id is not null${rulebook} order by kind, id) as due`;
  const { rows } = await db.executeQuery<Answer>(store.withNext(query.compile(db)));
  locks.add({ mode, answers: rows });
}

const union = (ids: readonly (string | RawBuilder<unknown>)[]): RawBuilder<unknown> =>
  sql.join(
    ids.map(id => (typeof id === 'string' ? sql`select ${id}::uuid` : id)),
    sql` union `,
  );

function granted(mode: Mode, isLate: boolean): RawBuilder<unknown> {
  const name = `pg_${isLate ? 'try_' : ''}advisory_xact_lock${mode === 'shared' ? '_shared' : ''}`;
  const lock = sql`${sql.raw(name)}(hashtextextended(id, kind))`;
  return isLate ? lock : sql`${lock} is not null`;
}
