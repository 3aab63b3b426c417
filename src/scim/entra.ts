import { isSame } from '../text/index.ts';
import type { MemberRow } from '../directory/index.ts';
import type { Exchange } from './exchange.ts';
import type { JsonObject } from './protocol/index.ts';

/**
 * Habits of Entra ID and of those who configure it, outside of the protocol: each with the sentence
 * for the inspector, and its source.
 */
export const entraHabits = {
  // "How provisioning works": a deleted account is renamed to its object id, without dashes, in
  // front of its old name.
  'tombstone-name': 'The account was deleted at the source and renamed; the name it had was kept.',
  // Recorded with a tenant URL that was copied with the resource at its end.
  'url-with-resource': 'The Tenant URL was entered with /Users at its end.',
  // The flag belongs behind the URL; some clients then put the path behind the flag.
  'path-behind-flag': 'The path came behind the flag of the Tenant URL.',
  'path-with-version': 'The Tenant URL was entered with the path of SCIM twice.',
} as const;

const TOMBSTONE = /^[0-9a-f]{32}(?=.)/i;

/**
 * Keeps the user name when Entra ID renames a user that it deletes: the request that switches the
 * user off also sends `<32 hex digits>ann@example.com`. Stored, that name would replace the real
 * one when the user is restored, and the real one would be free for another user until then.
 */
export function keepName(
  user: JsonObject,
  { userName, state }: MemberRow,
  exchange: Exchange,
): JsonObject {
  const { userName: sent } = user;
  const off = user['active'] === false || (user['active'] === undefined && state === 'DISABLED');
  if (
    !off ||
    typeof sent !== 'string' ||
    !TOMBSTONE.test(sent) ||
    !isSame(sent.replace(TOMBSTONE, ''), userName)
  )
    return user;
  exchange.repaired(entraHabits['tombstone-name']);
  return { ...user, userName };
}
