import type { Store } from '../tables/store.ts';
import { CallerProof, type ProvenRows } from './caller-proof.ts';
import type { Caller } from './caller.ts';

/** A caller of whom nothing was asked: its session proves it with its first statement. */
export interface RecognizedCaller extends Caller {
  proof: CallerProof;
}

const MOST_REMEMBERED = 5_000;
const remembered = new WeakMap<Store, Map<string, { caller: Caller; rows: ProvenRows }>>();

/** Remembers a caller who was just proved, by the digest of the secret. */
export function remember(store: Store, key: string, caller: Caller, rows: ProvenRows): void {
  let ofStore = remembered.get(store);
  if (!ofStore) remembered.set(store, (ofStore = new Map()));
  ofStore.delete(key);
  if (ofStore.size >= MOST_REMEMBERED) ofStore.delete(ofStore.keys().next().value as string);
  ofStore.set(key, { caller, rows });
}

/** A caller as this process knows it, with the proof that its first statement has to carry. */
export function recall(store: Store, key: string): RecognizedCaller | null {
  const known = remembered.get(store)?.get(key);
  return known ? { ...known.caller, proof: new CallerProof(known.rows) } : null;
}
