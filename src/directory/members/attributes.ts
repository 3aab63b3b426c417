import type { InferEntityProperties } from '@mikro-orm/postgresql';
import { assertAddress, assertName, assertNameOrNone } from '../tables/text.ts';
import { MemberSchema, type Profile } from './member.ts';
import { addressIn, ENTERPRISE, managerIn, phoneNumberIn } from './profile.ts';

/**
 * Columns of a member that do not describe the person: keys, states, the link, the role,
 * bookkeeping.
 */
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
/**
 * Every other column that no other column is derived from is an attribute, and stands in the table
 * below.
 */
export type AttributeName = Exclude<Column, Bookkeeping | `${string}Key`>;

/** Where a provider's description says an attribute. */
type Said =
  /** In one place, and its column holds it instead of the profile. */
  | { at: readonly [string] | readonly [string, string] }
  /** Worked out of what the profile keeps as it was sent. */
  | { read: (profile: Profile) => unknown };

export interface Attribute {
  /**
   * How a filter compares it: as text, by parts through the trigram index as well, as text where
   * case counts, as an id, or never.
   */
  compared: 'text' | 'searched' | 'exact' | 'id' | null;
  /** Whether lists can be sorted by it. */
  sorted: boolean;
  /**
   * The value that a person's edit gives it; undefined leaves it as it is. Attributes without this
   * cannot be edited here.
   */
  edited?: (value: string | null, field: string) => string | null | undefined;
  /**
   * Text that is too long for an index stays in the profile, where it is told but not found.
   * Without this it is refused.
   */
  overlong?: 'kept';
  said: Said;
}

/**
 * The attributes of a member. Statements, filters, orders, edits, drift and the SCIM mapping follow
 * from this table; a column that is missing here does not compile.
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
    said: { read: addressIn },
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
    said: { read: managerIn },
  },
  phoneNumber: {
    compared: null,
    sorted: false,
    said: { read: phoneNumberIn },
  },
  locale: {
    compared: null,
    sorted: false,
    // The language of a person's screens is the next best that many providers send.
    said: { read: ({ locale, preferredLanguage }) => locale ?? preferredLanguage },
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
/**
 * Attributes that a description says in one place: taken out of it, and put back when it is told
 * again.
 */
export type PlacedName = NamesWith<{ said: { at: unknown } }>;
export const PLACED_NAMES = ATTRIBUTE_NAMES.filter(
  (name): name is PlacedName => 'at' in ATTRIBUTES[name].said,
);

type KeyName = Extract<Column, `${string}Key`>;
/**
 * The property that holds an attribute folded, as it is compared and sorted by index; null where
 * none does.
 */
export const keyOf = (name: AttributeName): KeyName | null =>
  Object.hasOwn(MemberSchema.meta.properties, `${name}Key`) ? (`${name}Key` as KeyName) : null;

export const isNullable = (name: AttributeName): boolean =>
  (MemberSchema.meta.properties[name] as { nullable?: boolean }).nullable === true;
