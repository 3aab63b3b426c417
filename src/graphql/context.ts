import type { Actor, Directory } from '../directory/index.ts';
import type { LogSource } from './http/streams/log-followers.ts';
import type { LogRow } from './http/streams/tail.ts';
import { Loaders } from './loaders/loaders.ts';

/** Budget and price of this operation, for `viewer.rateLimit`. */
export interface CostFacts {
  limit: number;
  remaining: number;
  cost: number;
  resetAt: Date;
}

/**
 * What a subscription needs of its open stream. It ends when the credential ends or the client
 * goes.
 */
export interface OpenStream {
  follow<Row extends LogRow>(
    source: LogSource<Row>,
    context: Context,
  ): Promise<AsyncGenerator<Row[], void>>;
  /** Runs work of the stream in its tenant's turn. Refuses: RATE_LIMITED. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Ends the generators that `follow` returned. */
  end(): void;
}

const NOTHING_YET: CostFacts = { limit: 0, remaining: 0, cost: 0, resetAt: new Date(0) };

/**
 * The context of every resolver: the caller's directory, child tenants that were entered, and one
 * set of loaders for each.
 */
export class Context {
  /** The tenant of the credential. */
  readonly directory: Directory;
  readonly publicUrl: string;
  readonly stream: OpenStream | null;
  cost: CostFacts = NOTHING_YET;
  /** List entries that this operation has requested so far. */
  entriesRequested = 0;
  // TypeScript-private: Apollo copies this object, and `#` fields are not copied.
  private readonly directories = new Map<string, Directory>();
  private readonly entering = new Map<string, Promise<Directory>>();
  private readonly loaded = new Map<Directory, Loaders>();

  constructor(directory: Directory, publicUrl: string, stream: OpenStream | null = null) {
    this.directory = directory;
    this.publicUrl = publicUrl;
    this.stream = stream;
    this.directories.set(directory.tenantId, directory);
  }

  get actor(): Actor {
    return this.directory.actor;
  }

  /**
   * The directory of a tenant by its id, of the caller's own without one; `from` is its parent.
   * Refuses: not-found.
   */
  async enter(tenantId?: string | null, from = this.directory): Promise<Directory> {
    const wanted = tenantId ?? from.tenantId;
    const known = this.directories.get(wanted);
    if (known) return known;
    // Fields of one level enter the same tenant concurrently; they share one check.
    const entering =
      this.entering.get(wanted) ?? from.enter(wanted).finally(() => this.entering.delete(wanted));
    this.entering.set(wanted, entering);
    const entered = await entering;
    this.directories.set(entered.tenantId, entered);
    return entered;
  }

  /**
   * The directory that a row was read in. Throws for a tenant that this operation has not entered.
   */
  at(tenantId: string): Directory {
    const directory = this.directories.get(tenantId);
    if (!directory) throw new Error('A row of a tenant that was never entered.');
    return directory;
  }

  /** Runs work of a stream in its tenant's turn. A request over HTTP has its turn as a whole. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.stream ? this.stream.inTurn(work) : work();
  }

  loaders(directory: Directory = this.directory): Loaders {
    let loaders = this.loaded.get(directory);
    if (!loaders) this.loaded.set(directory, (loaders = new Loaders(directory)));
    return loaders;
  }

  /** Drops all loaded rows, after a change. */
  forget(): void {
    this.loaded.clear();
  }
}
