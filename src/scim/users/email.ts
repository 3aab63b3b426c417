import { addressOf } from '../../directory/index.ts';
import { isObject, type Json, type JsonObject, own } from '../protocol/index.ts';

/** Which of a User's addresses is the member's: the primary one, else one of work, else the first; without any, a user name that is an address. */
export function emailOf(user: JsonObject): string | null {
  const emails = emailsOf(user);
  const value = isObject(emails[placeOf(emails)]) ? own(emails[placeOf(emails)] as JsonObject, 'value') : undefined;
  return typeof value === 'string' ? value : addressOf(String(user['userName'] ?? ''));
}

/** The User with the address that the member has now: a person may have changed it here since it was pushed. */
export function withPresentEmail(user: JsonObject, present: string | null): JsonObject {
  if (present === null || emailOf(user) === present) return user;
  const emails = emailsOf(user);
  const at = placeOf(emails);
  if (at < 0) return { ...user, emails: [...emails, { type: 'work', value: present, primary: true }] };
  return { ...user, emails: emails.with(at, { ...emails[at] as JsonObject, value: present }) };
}

const emailsOf = (user: JsonObject): Json[] => (Array.isArray(user['emails']) ? user['emails'] : []);

function placeOf(emails: readonly Json[]): number {
  const filled = (element: Json) => isObject(element) && typeof own(element, 'value') === 'string';
  const primary = emails.findIndex(element => filled(element) && own(element as JsonObject, 'primary') === true);
  if (primary >= 0) return primary;
  const work = emails.findIndex(element => filled(element) && String(own(element as JsonObject, 'type')).toLowerCase() === 'work');
  return work >= 0 ? work : emails.findIndex(filled);
}
