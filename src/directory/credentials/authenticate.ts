import { sql } from 'kysely';
import type { Store } from '../tables/store.ts';
import { readAccessToken } from './access-token.ts';
import { type Caller, callerOf } from './caller.ts';
import { find } from './found-credential.ts';

/** Those who are being asked about, until the question is sent. */
const asking = new WeakMap<Store, Map<string, Promise<Caller | null>>>();

/**
 * The one place where a credential becomes somebody. One statement, asked anew on each request:
 * what was revoked, expired, disabled or switched off a moment ago, in whichever process, is nobody
 * now. Requests that arrive together with the same credential share the question: it is sent when
 * all of them have arrived, so its answer is as fresh as each one's own would be.
 *
 * `at` is the provider at whose door a person's token is used. Its state is the door's to check:
 * the token itself is alive.
 */
export function authenticate(
  store: Store,
  text: string,
  { at }: { at?: string } = {},
): Promise<Caller | null> {
  let ofStore = asking.get(store);
  if (!ofStore) asking.set(store, (ofStore = new Map<string, Promise<Caller | null>>()));
  const key = `${at ?? ''} ${text}`;
  let answer = ofStore.get(key);
  if (!answer) {
    answer = endOfTurn().then(() => {
      ofStore.delete(key);
      return callerBy(store, text, at);
    });
    ofStore.set(key, answer);
  }
  return answer;
}

/** When everything that had arrived has been read. */
const endOfTurn = (): Promise<void> =>
  new Promise(resolve => {
    setImmediate(resolve);
  });

async function callerBy(
  store: Store,
  text: string,
  at: string | undefined,
): Promise<Caller | null> {
  const secret = store.secrets.read(text);
  if (secret)
    return secret.kind === 'inv'
      ? null
      : callerOf(
          store,
          secret.tenantId,
          await find(store, secret.tenantId, sql`c.digest = any(${secret.digests}::text[])`, at),
        );
  const token = readAccessToken(store.secrets, text);
  if (!token) return null;
  const found = await find(
    store,
    token.tenantId,
    sql`c.id = ${token.credentialId} and c.provider_id = ${token.providerId}`,
    at,
  );
  return callerOf(store, token.tenantId, found && { ...found, expiresAt: token.expiresAt });
}
