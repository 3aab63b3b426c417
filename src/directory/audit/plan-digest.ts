import { createHash } from 'node:crypto';
import type { Entry } from './entry.ts';

/** What a new secret ends with is another each time. */
const RANDOM = new Set(['credential', 'lastFour']);

/**
 * What a plan would make has another id each time, wherever it is mentioned: it counts by its place
 * in the plan.
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
