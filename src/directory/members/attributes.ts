import type { InferEntityProperties } from '@mikro-orm/postgresql';
import { trim } from '../../text/index.ts';
import { columnOf } from '../tables/columns.ts';
import { isId } from '../tables/ids.ts';
import { columnsOf, type RowOf } from '../tables/rows.ts';
import type { Values } from '../tables/row-writes.ts';
import { assertAddress, assertName, assertNameOrNone, fits } from '../tables/text.ts';
import { MemberSchema, type Profile } from './member.ts';

/** Columns of a member that do not describe the person: keys, states, the link, the role, bookkeeping. */
type Bookkeeping =
  | 'tenantId'
  | 'id'
  | 'searchText'
  | `state${'' | 'Before'}`
  | `deleted${'At' | 'From' | 'ByProviderId'}`
  | 'teamsBefore'
  | 'origin'
  | 'originProviderId'
  | 'providerId'
  | 'linkId'
  | 'linkAuthority'
  | 'profile'
  | 'pushedRoles'
  | 'roleId'
  | 'handRoleId'
  | 'roleLocked'
  | 'lockReason'
  | `locked${'By' | 'At'}`
  | 'lockExpiresAt'
  | 'version'
  | 'createdAt'
  | 'updatedAt';

/** The key of the profile under which a person's place in the company stands. */
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

type Column = keyof InferEntityProperties<typeof MemberSchema>;
/** Every other column that no other column is derived from is an attribute, and stands in the table below. */
export type AttributeName = Exclude<Column, Bookkeeping | `${string}Key`>;

/** Where a provider's description says an attribute. */
export type Said =
  /** In one place, and its column holds it instead of the profile. */
  | { at: readonly [string] | readonly [string, string] }
  /** Worked out of what the profile keeps as it was sent. */
  | { from: string; read: (profile: Profile) => unknown };

interface Attribute {
  /** How a filter compares it: as text, by parts through the trigram index as well, as text where case counts, as an id, or never. */
  compared: 'text' | 'searched' | 'exact' | 'id' | null;
  /** Whether lists can be sorted by it. */
  sorted: boolean;
  /** What a person's edit makes of it; undefined: it stays as it is. Without this, nobody edits it here. */
  edited?: (value: string | null, field: string) => string | null | undefined;
  /** Text that is too long for an index stays in the profile, where it is told but not found. Without this it is refused. */
  overlong?: 'kept';
  said: Said;
}

/**
 * What is known of a person, attribute by attribute. Statements, filters, orders, edits, drift and the mapping of SCIM follow from
 * this table; a column that is missing here does not compile.
 */
export const ATTRIBUTES = {
  userName: {
    compared: 'searched',
    sorted: true,
    edited: (value, field) => (value === null ? undefined : assertName(value, field, 320)),
    said: { at: ['userName'] },
  },
  email: {
    compared: 'searched',
    sorted: true,
    edited: (value, field) => (value === null ? undefined : assertAddress(value, field)),
    said: { from: 'emails', read: profile => addressIn(profile['emails']) },
  },
  givenName: {
    compared: 'text',
    sorted: true,
    edited: assertNameOrNone,
    said: { at: ['name', 'givenName'] },
  },
  familyName: {
    compared: 'text',
    sorted: true,
    edited: assertNameOrNone,
    said: { at: ['name', 'familyName'] },
  },
  displayName: { compared: 'searched', sorted: true, said: { at: ['displayName'] } },
  externalId: { compared: 'exact', sorted: true, said: { at: ['externalId'] } },
  title: { compared: 'text', sorted: true, overlong: 'kept', said: { at: ['title'] } },
  department: {
    compared: 'text',
    sorted: true,
    overlong: 'kept',
    said: { at: [ENTERPRISE, 'department'] },
  },
  employeeNumber: {
    compared: 'text',
    sorted: true,
    overlong: 'kept',
    said: { at: [ENTERPRISE, 'employeeNumber'] },
  },
  managerId: {
    compared: 'id',
    sorted: false,
    said: { from: ENTERPRISE, read: profile => managerIn(within(profile[ENTERPRISE], 'manager')) },
  },
  phoneNumber: {
    compared: null,
    sorted: false,
    said: { from: 'phoneNumbers', read: profile => phoneNumberIn(profile['phoneNumbers']) },
  },
} as const satisfies Record<AttributeName, Attribute>;

export const ATTRIBUTE_NAMES = Object.keys(ATTRIBUTES) as AttributeName[];
type NamesWith<Trait> = {
  [Name in AttributeName]: (typeof ATTRIBUTES)[Name] extends Trait ? Name : never;
}[AttributeName];

export type EditableName = NamesWith<{ edited: unknown }>;
export const EDITABLE_NAMES = ATTRIBUTE_NAMES.filter(
  (name): name is EditableName => 'edited' in ATTRIBUTES[name],
);
export type ComparedName = NamesWith<{ compared: string }>;
export const COMPARED_NAMES = ATTRIBUTE_NAMES.filter(
  (name): name is ComparedName => ATTRIBUTES[name].compared !== null,
);
export type SortedName = NamesWith<{ sorted: true }>;
export const SORTED_NAMES = ATTRIBUTE_NAMES.filter(
  (name): name is SortedName => ATTRIBUTES[name].sorted,
);
/** Attributes that a description says in one place: taken out of it, and put back when it is told again. */
export type PlacedName = NamesWith<{ said: { at: unknown } }>;
export const PLACED_NAMES = ATTRIBUTE_NAMES.filter(
  (name): name is PlacedName => 'at' in ATTRIBUTES[name].said,
);

const columns = columnsOf(MemberSchema, { only: ATTRIBUTE_NAMES });
/** What is known of one person. */
export type Described = RowOf<'members', typeof columns>;

type KeyName = Extract<Column, `${string}Key`>;
/** The property that holds an attribute folded, as it is compared and sorted by index; null where none does. */
export const keyOf = (name: AttributeName): KeyName | null =>
  Object.hasOwn(MemberSchema.meta.properties, `${name}Key`) ? (`${name}Key` as KeyName) : null;

export const isNullable = (name: AttributeName): boolean =>
  (MemberSchema.meta.properties[name] as { nullable?: boolean }).nullable === true;

type Describing = Partial<Described> & Pick<Described, 'userName' | 'displayName'>;

/** Every attribute, and nothing else: one that is left out is null. */
export const describedOf = (facts: Describing): Described =>
  Object.fromEntries(
    ATTRIBUTE_NAMES.map(name => [name, facts[name] ?? null]),
  ) as unknown as Described;

/** The same as the columns of a row that is inserted. */
export const valuesOf = (facts: Describing): Values<'members'> =>
  Object.fromEntries(ATTRIBUTE_NAMES.map(name => [columnOf(name), facts[name] ?? null]));

/** The attributes that are worked out of a description; those that have a place in it are left empty. */
export function workedOut(profile: Profile): Described {
  const values = ATTRIBUTE_NAMES.map(name => {
    const { said } = ATTRIBUTES[name];
    const value = 'read' in said ? said.read(profile) : null;
    return [name, typeof value === 'string' && fits(value) ? value : null];
  });
  return { ...(Object.fromEntries(values) as Described), userName: '', displayName: '' };
}

/** What a provider's description says of an attribute, as far as the profile still holds it. */
export function saidOf(profile: Profile, name: AttributeName): unknown {
  const { said } = ATTRIBUTES[name] as Attribute;
  if ('read' in said) return said.read(profile);
  const [first, second] = said.at;
  return second === undefined ? profile[first] : within(profile[first], second);
}

function within(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** The first number for work, else the first. */
function phoneNumberIn(numbers: unknown): unknown {
  if (!Array.isArray(numbers)) return undefined;
  const filled = numbers.filter(each => typeof within(each, 'value') === 'string');
  return within(filled.find(each => isWork(within(each, 'type'))) ?? filled[0], 'value');
}
const isWork = (type: unknown): boolean =>
  typeof type === 'string' && type.toLowerCase() === 'work';

/** The id that a manager is named by, as far as it can be one of ours: there need not be such a member, or not yet. */
function managerIn(manager: unknown): unknown {
  const value = within(manager, 'value');
  const id = typeof value === 'string' ? trim(value).toLowerCase() : '';
  return isId(id) ? id : undefined;
}

/** The address that counts: the primary one, else the one for work, else the first. */
function addressIn(emails: unknown): unknown {
  if (!Array.isArray(emails)) return undefined;
  const counts =
    emails.find(each => within(each, 'primary') === true) ??
    emails.find(each => within(each, 'type') === 'work') ??
    emails[0];
  return within(counts, 'value');
}
