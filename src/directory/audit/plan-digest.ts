import { createHash } from 'node:crypto';
import type { Entry } from './entry.ts';

/** Values that are random in each run: the digest ignores them. */
const RANDOM = new Set(['credential', 'lastFour']);

/**
 * Objects that a plan creates have another id in each run; in the digest their ids are replaced by
 * their place in the plan.
 */
export function digestOf(entries: readonly Entry[]): string {
  const made = entries
    .filter(({ action, subject }) => subject.id !== null && /\.(created|invited)$/.test(action))
    .map(({ subject }) => subject.id as string);
  const said = entries.map(({ action, subject, related, changes, outcome }) => [
    action,
    subject.type,
    subject.id,
    subject.name,
    related?.id ?? null,
    (changes ?? []).map(change => (RANDOM.has(change.name) ? { name: change.name } : change)),
    outcome ?? 'SUCCESS',
  ]);
  const text = made.reduce((all, id, at) => all.replaceAll(id, `new ${at}`), JSON.stringify(said));
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
