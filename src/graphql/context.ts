import type { Actor, Directory } from '../directory/index.ts';
import type { LogSource } from './http/streams/log-followers.ts';
import type { LogRow } from './http/streams/tail.ts';
import { Loaders } from './loaders/loaders.ts';

/** What this operation may cost and has cost, for `viewer.rateLimit`. */
export interface CostFacts {
  limit: number;
  remaining: number;
  cost: number;
  resetAt: Date;
}

/** What a stream goes on with: news from a log, for as long as its credential is alive and somebody listens. */
export interface OpenStream {
  follow<Row extends LogRow>(
    source: LogSource<Row>,
    context: Context,
  ): Promise<AsyncGenerator<Row[], void>>;
  /** Does work of the stream when it is its tenant's turn. Refuses: RATE_LIMITED. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Nobody listens any more: ends what is followed. */
  leave(): void;
}

const NOTHING_YET: CostFacts = { limit: 0, remaining: 0, cost: 0, resetAt: new Date(0) };

/** What every resolver is handed: the caller's directory, the tenants entered by name, and what was loaded for this operation. */
export class Context {
  /** The tenant of the credential. */
  readonly directory: Directory;
  readonly publicUrl: string;
  readonly stream: OpenStream | null;
  cost: CostFacts = NOTHING_YET;
  /** How many list entries this operation has asked for while it ran. */
  entriesRequested = 0;
  // Apollo hands resolvers a copy of this object, and a copy has no `#` of its own.
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

  /** Another tenant by its id, the caller's own without one; `from` is the one that it is a child of. Refuses: not-found. */
  async enter(tenantId?: string | null, from = this.directory): Promise<Directory> {
    const wanted = tenantId ?? from.tenantId;
    const known = this.directories.get(wanted);
    if (known) return known;
    // Every field of a tenant enters it; those of one level do so at once.
    const entering =
      this.entering.get(wanted) ?? from.enter(wanted).finally(() => this.entering.delete(wanted));
    this.entering.set(wanted, entering);
    const entered = await entering;
    this.directories.set(entered.tenantId, entered);
    return entered;
  }

  /** The directory that a row came from. Only a tenant that was entered has given any. */
  at(tenantId: string): Directory {
    const directory = this.directories.get(tenantId);
    if (!directory) throw new Error('A row of a tenant that was never entered.');
    return directory;
  }

  /** Work of a stream waits for its tenant's turn; a request as a whole has waited for it already. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.stream ? this.stream.inTurn(work) : work();
  }

  loaders(directory: Directory = this.directory): Loaders {
    let loaders = this.loaded.get(directory);
    if (!loaders) this.loaded.set(directory, (loaders = new Loaders(directory)));
    return loaders;
  }

  /** Something was changed: what was loaded before no longer counts. */
  forget(): void {
    this.loaded.clear();
  }
}
