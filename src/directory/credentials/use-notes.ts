import { sql } from 'kysely';
import type { Store } from '../tables/store.ts';

export interface Use {
  tenantId: string;
  credentialId: string | null;
  providerId?: string | null;
  changed?: boolean;
}

interface Noted {
  tenantId: string;
  uses: Map<string, string>;
  providers: Map<string, { seen: string; changed: string | null }>;
}

const CAPACITY = 20_000;

/**
 * Remembers when each credential was last used and each provider last heard of, and writes it down
 * every few seconds: a request never waits for it, and a thousand uses become one row. When the
 * process dies, the last seconds are not known.
 */
export class UseNotes {
  readonly #store: Store;
  readonly #onFault: (fault: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  #noted = new Map<string, Noted>();
  #size = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    store: Store,
    {
      everyMs = 3_000,
      onFault = () => {},
    }: { everyMs?: number; onFault?: (fault: unknown) => void } = {},
  ) {
    this.#store = store;
    this.#onFault = onFault;
    this.#timer = setInterval(() => void this.flush(), everyMs).unref();
  }

  note({ tenantId, credentialId, providerId, changed = false }: Use): void {
    if (this.#size >= CAPACITY) return;
    const now = new Date().toISOString();
    let noted = this.#noted.get(tenantId);
    if (!noted)
      this.#noted.set(tenantId, (noted = { tenantId, uses: new Map(), providers: new Map() }));
    if (credentialId) this.#put(noted.uses, credentialId, now);
    if (providerId)
      this.#put(noted.providers, providerId, {
        seen: now,
        changed: changed ? now : (noted.providers.get(providerId)?.changed ?? null),
      });
  }

  /**
   * Writes what was noted so far. Never throws: what cannot be written is told of and forgotten.
   */
  flush(): Promise<void> {
    const noted = [...this.#noted.values()];
    this.#noted = new Map();
    this.#size = 0;
    if (noted.length > 0) this.#writing = this.#writing.then(() => this.#writeAll(noted));
    return this.#writing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  #put<T>(notes: Map<string, T>, id: string, value: T): void {
    if (!notes.has(id)) this.#size++;
    notes.set(id, value);
  }

  async #writeAll(all: readonly Noted[]): Promise<void> {
    for (const noted of all) await this.#write(noted).catch(this.#onFault);
  }

  /**
   * In the order of ids, so that two processes that write the same rows do not wait for each other
   * in a circle.
   */
  async #write({ tenantId, uses, providers }: Noted): Promise<void> {
    const tables = this.#store.tablesOf(tenantId);
    if (uses.size > 0) {
      const sorted = [...uses].toSorted(([a], [b]) => (a < b ? -1 : 1));
      await sql`
        insert into credential_uses (tenant_id, credential_id, last_used_at)
        select ${tenantId}::uuid, u.id, u.at from unnest(${sorted.map(([id]) => id)}::uuid[],
        ${sorted.map(([, at]) => at)}::timestamptz[]) u (id, at)
        on conflict (tenant_id, credential_id) do update set last_used_at =
        greatest(credential_uses.last_used_at, excluded.last_used_at)
      `.execute(tables);
    }
    if (providers.size > 0) {
      const sorted = [...providers].toSorted(([a], [b]) => (a < b ? -1 : 1));
      await sql`
        insert into provider_activity (tenant_id, provider_id, last_seen_at, last_change_at)
        select ${tenantId}::uuid, p.id, p.seen, p.changed
        from unnest(${sorted.map(([id]) => id)}::uuid[],
        ${sorted.map(([, at]) => at.seen)}::timestamptz[],
        ${sorted.map(([, at]) => at.changed)}::timestamptz[]) p (id, seen, changed)
        on conflict (tenant_id, provider_id) do update set last_seen_at =
        greatest(provider_activity.last_seen_at, excluded.last_seen_at),
          last_change_at = greatest(provider_activity.last_change_at, excluded.last_change_at)
      `.execute(tables);
    }
  }
}
