import { type ExchangeRecorder, type Store, isId, addressedProvider } from '../directory/index.ts';
import type { Exchange } from './exchange.ts';

interface RefusedRequest {
  method: string;
  path: string;
  status: number;
  authorization: string;
}

const EVERY_MS = 1_000;
const MOST_REMEMBERED = 10_000;
const MOST_LOOKUPS_A_SECOND = 50;

/**
 * Records requests that failed authentication, for administrators who pasted a wrong secret or URL:
 * method and path without the body, and the end of the secret if it is one of ours. Since anybody
 * can send them, at most one a second is kept for each URL or secret, few are looked up at all, and
 * the answer does not wait.
 */
export class RefusedAtDoor {
  readonly #store: Store;
  readonly #recorder: Pick<ExchangeRecorder, 'noteSoon'>;
  readonly #seen = new Map<string, number>();
  #lookups = { second: 0, count: 0 };

  constructor(store: Store, recorder: Pick<ExchangeRecorder, 'noteSoon'>) {
    this.#store = store;
    this.#recorder = recorder;
  }

  note(exchange: Exchange, { method, path, status, authorization }: RefusedRequest): void {
    const addressed = providerIn(path);
    const secret = /^\S+ +(\S+)$/.exec(authorization.trim())?.[1] ?? null;
    const lastFour = secret === null ? null : this.#store.secrets.lastFourOf(secret);
    if (!addressed && lastFour === null) return;
    if (!this.#isFirst(addressed ?? (secret as string)) || !this.#mayLookUp()) return;
    exchange.describeRequest(wish(secret, lastFour));
    this.#recorder.noteSoon(
      addressedProvider(this.#store, { addressed, secret }).then(
        knock =>
          knock &&
          exchange.note({
            ...knock,
            method,
            path: addressed
              ? path.slice(path.toLowerCase().indexOf(addressed) + addressed.length) || '/'
              : path,
            status,
            requestBody: undefined,
            responseBody: undefined,
            bytes: 0,
          }),
      ),
    );
  }

  #isFirst(key: string): boolean {
    const now = Date.now();
    if (now - (this.#seen.get(key) ?? -Infinity) < EVERY_MS) return false;
    this.#seen.delete(key);
    if (this.#seen.size >= MOST_REMEMBERED) this.#seen.delete(this.#seen.keys().next().value ?? '');
    this.#seen.set(key, now);
    return true;
  }

  #mayLookUp(): boolean {
    const second = Math.floor(Date.now() / 1_000);
    if (second !== this.#lookups.second) this.#lookups = { second, count: 0 };
    return ++this.#lookups.count <= MOST_LOOKUPS_A_SECOND;
  }
}

/** The first id in the path: whatever else is wrong with it, that is whose URL was pasted. */
const providerIn = (path: string): string | null =>
  path
    .toLowerCase()
    .split(/[/?]/)
    .find(segment => isId(segment)) ?? null;

function wish(secret: string | null, lastFour: string | null): string {
  if (secret === null) return 'come in without a secret';
  return lastFour === null
    ? 'come in with a secret that is none of ours'
    : `come in with the secret that ends in ${lastFour}`;
}
