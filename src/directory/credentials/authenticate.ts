import { type RawBuilder, sql } from 'kysely';
import type { Store } from '../tables/store.ts';
import { readAccessToken } from './access-token.ts';
import { type Caller, callerOf, isOfAnotherTenant } from './caller.ts';
import { find } from './found-credential.ts';
import { recall, type RecognizedCaller, remember } from './remembered-callers.ts';

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

/**
 * The same caller as this process remembers it, without a question; null when it does not. Its
 * session proves it with its first statement, and throws CallerChanged when it is not so any more.
 */
export function recognize(
  store: Store,
  text: string,
  { at }: { at?: string } = {},
): RecognizedCaller | null {
  const read = readCredential(store, text);
  return read && recall(store, keyOf(read, at));
}

/** What a text says of itself: whose it is, how it is found, and what it is remembered by. */
interface ReadCredential {
  tenantId: string;
  which: RawBuilder<unknown>;
  key: string;
  expiresAt?: Date;
}

function readCredential({ secrets }: Store, text: string): ReadCredential | null {
  const secret = secrets.read(text);
  if (secret) {
    const { kind, tenantId, digests } = secret;
    const which = sql`c.digest = any(${digests}::text[])`;
    return kind === 'inv' ? null : { tenantId, which, key: digests[0] as string };
  }
  const token = readAccessToken(secrets, text);
  if (!token) return null;
  const { tenantId, credentialId, providerId, expiresAt } = token;
  const which = sql`c.id = ${credentialId} and c.provider_id = ${providerId}`;
  return { tenantId, which, expiresAt, key: `${credentialId} ${providerId} ${+expiresAt}` };
}

const keyOf = ({ key }: ReadCredential, at: string | undefined): string => `${at ?? ''} ${key}`;

async function callerBy(
  store: Store,
  text: string,
  at: string | undefined,
): Promise<Caller | null> {
  const read = readCredential(store, text);
  if (!read) return null;
  const { tenantId, which, expiresAt } = read;
  const found = await find(store, tenantId, which, at);
  const caller = await callerOf(
    store,
    tenantId,
    found && expiresAt ? { ...found, expiresAt } : found,
  );
  // A token of the parent's stands on rows of another tenant, which no statement of this one sees.
  if (found && caller && !isOfAnotherTenant(found, tenantId))
    remember(store, keyOf(read, at), caller, {
      tenantId,
      credentialId: found.id,
      at: at ?? null,
      mark: found.mark,
      isOfProvider: found.kind === 'PROVIDER',
    });
  return caller;
}
