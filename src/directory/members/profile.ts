import { trim } from '../../text/index.ts';
import { isId } from '../tables/ids.ts';
import type { Profile } from './member.ts';

// Reads a provider's description by the attribute names of the wire.

/** The key of the profile under which a person's place in the company stands. */
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** A member of an object by its name; undefined where there is no object or no such member. */
export function valueAt(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** The first number for work, else the first. */
export function phoneNumberIn({ phoneNumbers: numbers }: Profile): unknown {
  if (!Array.isArray(numbers)) return undefined;
  const filled = numbers.filter(each => typeof valueAt(each, 'value') === 'string');
  return valueAt(filled.find(each => isWork(valueAt(each, 'type'))) ?? filled[0], 'value');
}
const isWork = (type: unknown): boolean =>
  typeof type === 'string' && type.toLowerCase() === 'work';

/**
 * The id that a manager is named by, as far as it can be one of ours: there need not be such a
 * member, or not yet.
 */
export function managerIn({ [ENTERPRISE]: extension }: Profile): unknown {
  const value = valueAt(valueAt(extension, 'manager'), 'value');
  const id = typeof value === 'string' ? trim(value).toLowerCase() : '';
  return isId(id) ? id : undefined;
}

/** The address that counts: the primary one, else the one for work, else the first. */
export function addressIn({ emails }: Profile): unknown {
  if (!Array.isArray(emails)) return undefined;
  const counts =
    emails.find(each => valueAt(each, 'primary') === true) ??
    emails.find(each => valueAt(each, 'type') === 'work') ??
    emails[0];
  return valueAt(counts, 'value');
}
