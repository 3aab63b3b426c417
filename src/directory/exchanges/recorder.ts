import { sql } from 'kysely';
import type { Store } from '../tables/store.ts';
import type { ExchangeRow } from './exchanges.ts';
import { searchTextOf } from './search-text.ts';
import { keptOf, lineWithoutSecrets } from './unsecret.ts';

/**
 * An exchange as the door saw it. `id` was made before the answer, which carries it in a header.
 */
export interface ExchangeNote {
  tenantId: string;
  id: string;
  providerId: string;
  credentialId: string | null;
  method: string;
  path: string;
  status: number;
  at: Date;
  durationMs: number;
  requestBody?: unknown;
  responseBody?: unknown;
  /** Size of both bodies on the wire, as far as known: the buffer is bounded by it. */
  bytes?: number;
  explanation: string;
  repairs?: readonly string[];
  changed: boolean;
  /** Refused as it was set up to be, which is no failure. */
  expected?: boolean;
}

export type ExchangeListener = (exchanges: readonly (ExchangeRow & { tenantId: string })[]) => void;

interface Settings {
  everyMs?: number;
  capacity?: number;
  capacityBytes?: number;
  onFault?: (fault: unknown) => void;
}

const PORTION = 200;

/**
 * Keeps the exchanges of the last moments and writes them down in batches, so that no request waits
 * for its own record. When they come faster than they can be written, the oldest are let go and
 * counted: the inspector must never be why provisioning is slow.
 */
export class ExchangeRecorder {
  readonly #store: Store;
  readonly #settings: Required<Settings>;
  readonly #listeners = new Set<ExchangeListener>();
  readonly #timer: NodeJS.Timeout;
  #waiting: ExchangeNote[] = [];
  #bytes = 0;
  readonly #coming = new Set<Promise<void>>();
  #writing: Promise<void> | null = null;
  dropped = 0;

  constructor(
    store: Store,
    {
      everyMs = 200,
      capacity = 5_000,
      capacityBytes = 32_000_000,
      onFault = () => {},
    }: Settings = {},
  ) {
    this.#store = store;
    this.#settings = { everyMs, capacity, capacityBytes, onFault };
    this.#timer = setInterval(() => void this.flush(), everyMs).unref();
  }

  note(exchange: ExchangeNote): void {
    this.#waiting.push(exchange);
    this.#bytes += exchange.bytes ?? 0;
    const { capacity, capacityBytes } = this.#settings;
    while (
      this.#waiting.length > capacity ||
      (this.#bytes > capacityBytes && this.#waiting.length > 1)
    ) {
      this.#bytes -= this.#waiting.shift()?.bytes ?? 0;
      this.dropped++;
    }
  }

  /** The same of what is still being found out; nothing, when it turns out to be nobody's. */
  noteSoon(coming: Promise<ExchangeNote | null>): void {
    const noted = coming
      .then(exchange => {
        if (exchange) this.note(exchange);
      })
      .catch(this.#settings.onFault)
      .finally(() => this.#coming.delete(noted));
    this.#coming.add(noted);
  }

  /** Told of what was written by this process, after it was. Returns the way to stop listening. */
  listen(listener: ExchangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes all that was noted before the call. Never throws. */
  async flush(): Promise<void> {
    await Promise.all(this.#coming);
    await this.#writing;
    if (this.#waiting.length === 0) return this.#writing ?? undefined;
    const notes = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    this.#writing = this.#writeAll(notes).finally(() => {
      this.#writing = null;
    });
    await this.#writing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #writeAll(notes: readonly ExchangeNote[]): Promise<void> {
    for (const [tenantId, ofTenant] of Map.groupBy(notes, note => note.tenantId)) {
      for (let start = 0; start < ofTenant.length; start += PORTION) {
        const portion = ofTenant.slice(start, start + PORTION);
        try {
          await this.#write(tenantId, portion);
        } catch (fault) {
          this.dropped += portion.length;
          this.#settings.onFault(fault);
        }
      }
    }
  }

  async #write(tenantId: string, notes: readonly ExchangeNote[]): Promise<void> {
    const rows = notes.map(rowOf);
    await sql`
      insert into scim_exchanges (tenant_id, id, provider_id, credential_id, method, path, status,
      at, duration_ms, request_body, response_body, explanation, repairs, changed, expected,
      search_text)
      select ${tenantId}::uuid, e.id, e."providerId", e."credentialId", e.method, e.path, e.status,
      e.at, e."durationMs", e."requestBody"::jsonb, e."responseBody"::jsonb,
        e.explanation, e.repairs, e.changed, e.expected, e."searchText"
      from json_to_recordset(${JSON.stringify(rows)}::json) as e (id uuid, "providerId" uuid,
      "credentialId" uuid, method text, path text, status int, at timestamptz, "durationMs" int,
        "requestBody" text, "responseBody" text, explanation text, repairs text[], changed boolean,
        expected boolean, "searchText" text)
      on conflict do nothing
    `.execute(this.#store.tablesOf(tenantId));
    if (this.#listeners.size === 0) return;
    const seen = rows.map(
      ({
        requestBody: _request,
        responseBody: _response,
        searchText: _search,
        expected: _expected,
        ...row
      }) => ({
        ...row,
        tenantId,
      }),
    );
    for (const listener of this.#listeners) {
      try {
        listener(seen);
      } catch (fault) {
        this.#settings.onFault(fault);
      }
    }
  }
}

function rowOf(note: ExchangeNote) {
  const { id, providerId, credentialId, method, status, at, changed } = note;
  const path = lineWithoutSecrets(note.path).slice(0, 4_000);
  const requestBody = keptOf(note.requestBody);
  const responseBody = keptOf(note.responseBody);
  return {
    id,
    providerId,
    credentialId,
    method,
    path,
    status,
    at,
    changed,
    expected: note.expected ?? false,
    durationMs: Math.round(note.durationMs),
    requestBody: jsonOf(requestBody),
    responseBody: jsonOf(responseBody),
    explanation: lineWithoutSecrets(note.explanation),
    repairs: [...(note.repairs ?? [])],
    searchText: searchTextOf(path, requestBody, responseBody),
  };
}

/** As a text within the statement's own document: the database then reads each body once. */
const jsonOf = (kept: unknown): string | null => (kept === null ? null : JSON.stringify(kept));
