import { addressOf } from '../../directory/index.ts';
import { isObject, type Json, type JsonObject, own } from '../protocol/index.ts';

/**
 * Which of a User's addresses is the member's: the primary one, else one of work, else the first;
 * without any, a user name that is one. What is no address does not count.
 */
export function emailOf(user: JsonObject): string | null {
  const emails = emailsOf(user);
  const { userName } = user;
  return (
    addressIn(emails[placeOf(emails)]) ??
    (typeof userName === 'string' ? addressOf(userName) : null)
  );
}

/** All of them, by each of which the member is found. */
export const addressesIn = (user: JsonObject): string[] =>
  emailsOf(user)
    .map(element => part(element, 'value'))
    .filter(value => typeof value === 'string');

/**
 * The User with the address that the member has now: a person may have changed it here since it was
 * pushed.
 */
export function withPresentEmail(user: JsonObject, present: string | null): JsonObject {
  if (present === null || emailOf(user) === present) return user;
  const emails = emailsOf(user);
  const at = placeOf(emails);
  if (at < 0) {
    const primary = !emails.some(element => part(element, 'primary') === true);
    return { ...user, emails: [...emails, { type: 'work', value: present, primary }] };
  }
  return { ...user, emails: emails.with(at, { ...(emails[at] as JsonObject), value: present }) };
}

const emailsOf = (user: JsonObject): Json[] =>
  Array.isArray(user['emails']) ? user['emails'] : [];

function placeOf(emails: readonly Json[]): number {
  const filled = (element: Json) => addressIn(element) !== null;
  const primary = emails.findIndex(element => filled(element) && part(element, 'primary') === true);
  if (primary >= 0) return primary;
  const work = emails.findIndex(element => filled(element) && isWork(part(element, 'type')));
  return work >= 0 ? work : emails.findIndex(filled);
}

const part = (element: Json | undefined, name: string): Json | undefined =>
  isObject(element) ? own(element, name) : undefined;
function addressIn(element: Json | undefined): string | null {
  const value = part(element, 'value');
  return typeof value === 'string' ? addressOf(value) : null;
}
const isWork = (type: Json | undefined): boolean =>
  typeof type === 'string' && type.toLowerCase() === 'work';
