import type { InferEntityProperties } from '@mikro-orm/postgresql';
import { columnOf } from '../tables/columns.ts';
import { columnsOf, type RowOf } from '../tables/rows.ts';
import type { Values } from '../tables/row-writes.ts';
import { assertAddress, assertName, assertNameOrNone } from '../tables/text.ts';
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
  /** How a filter compares it: as text, as text where case counts, or by parts through the trigram index as well. */
  compared: 'text' | 'exact' | 'searched';
  /** Whether lists can be sorted by it. */
  sorted: boolean;
  /** What a person's edit makes of it; undefined: it stays as it is. Without this, nobody edits it here. */
  edited?: (value: string | null, field: string) => string | null | undefined;
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

/** The columns of a member that is made, every attribute said: one that is left out is null. */
export const valuesOf = (described: Partial<Described>): Values<'members'> =>
  Object.fromEntries(ATTRIBUTE_NAMES.map(name => [columnOf(name), described[name] ?? null]));

export const describedOf = (member: Described): Described =>
  Object.fromEntries(ATTRIBUTE_NAMES.map(name => [name, member[name]])) as unknown as Described;

/** The attributes that are worked out of a description; those that have a place in it are left empty. */
export function workedOut(profile: Profile): Described {
  const values = ATTRIBUTE_NAMES.map(name => {
    const { said } = ATTRIBUTES[name];
    const value = 'read' in said ? said.read(profile) : null;
    return [name, typeof value === 'string' ? value : null];
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

/** The address that counts: the primary one, else the one for work, else the first. */
function addressIn(emails: unknown): unknown {
  if (!Array.isArray(emails)) return undefined;
  const counts =
    emails.find(each => within(each, 'primary') === true) ??
    emails.find(each => within(each, 'type') === 'work') ??
    emails[0];
  return within(counts, 'value');
}
