import {
  assertFits,
  assertSizes,
  ATTRIBUTES,
  describedOf,
  displayNameOf,
  fits,
  type MemberField,
  type MemberRow,
  type MemberSortField,
  type OwnMember,
  PLACED_NAMES,
  type PlacedName,
  type ProvisionedMember,
  workedOut,
} from '../../directory/index.ts';
import { isObject, type Json, type JsonObject, own } from '../protocol/index.ts';
import type { Shapes } from '../schemas.ts';
import { addressesIn, emailOf, withPresentEmail } from './email.ts';

type Place = readonly [attribute: string] | readonly [container: string, attribute: string];

interface Mapped {
  at: Place;
  /** The values that the directory compares and sorts by. */
  field: MemberField;
  sort: MemberSortField;
  read: (member: OwnMember) => Json | undefined;
  write: (facts: ProvisionedMember, value: Json | undefined) => void;
  overlong?: 'kept';
}

const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

/** Attributes that are more than a text in one place. */
const special: { [Name in PlacedName]?: Pick<Mapped, 'read' | 'write'> } = {
  userName: {
    read: member => member.userName,
    write: (facts, value) => {
      facts.userName = text(value) ?? facts.userName;
    },
  },
  // A name made up here from the others is not told as if it had been sent: who clears it must find
  // it clear.
  displayName: {
    read: member =>
      Object.hasOwn(member.profile, 'displayName') || member.displayName !== displayNameOf(member)
        ? member.displayName
        : undefined,
    write: (facts, value) => {
      facts.displayName = text(value) ?? displayNameOf(facts);
      if (text(value) !== null) facts.profile['displayName'] = value;
    },
  },
};

const mappedAs = (name: PlacedName): Mapped => ({
  ...ATTRIBUTES[name],
  at: ATTRIBUTES[name].said.at,
  field: name,
  sort: name,
  read: member => member[name] ?? undefined,
  write: (facts, value) => Object.assign(facts, { [name]: text(value) }),
  ...special[name],
});

const active: Mapped = {
  at: ['active'],
  field: 'state',
  sort: 'state',
  read: member => member.state !== 'DISABLED',
  // Left out, it stays as it is: nobody is switched on or off by silence.
  write: (facts, value) => {
    if (typeof value === 'boolean') facts.active = value;
  },
};

/** As filters spell it: `userName`, `name.givenName`, `urn:...:User:department`. */
const pathOf = ([first, second]: Place): string =>
  second === undefined ? first : `${first}${first.startsWith('urn:') ? ':' : '.'}${second}`;

/**
 * The attributes of a User that the directory has a column for. It is the truth of them; everything
 * else is kept as it was sent.
 */
export const mapped: Readonly<Record<string, Mapped>> = Object.fromEntries(
  [...PLACED_NAMES.map(mappedAs), active].map(each => [pathOf(each.at), each]),
);

/**
 * A member as a User: what was pushed, with what the directory holds in its place. Links, groups
 * and meta are added when it is shown.
 */
export function userOf(
  member: OwnMember,
  { user: { core, extensions } }: Pick<Shapes, 'user'>,
): JsonObject {
  const user: JsonObject = { ...(member.profile as JsonObject) };
  user['schemas'] = [core.id];
  for (const { at, read } of Object.values(mapped)) put(user, at, read(member));
  for (const { id } of extensions) if (Object.hasOwn(user, id)) user['schemas'].push(id);
  return withPresentEmail(user, member.email);
}

/** The member's facts in a User. `before` is the existing member, if there is one. */
export function factsOf(user: JsonObject, before: MemberRow | null): ProvisionedMember {
  const { schemas: _schemas, id: _id, meta: _meta, groups: _groups, ...profile } = user;
  const facts: ProvisionedMember = {
    ...workedOut(profile),
    userName: before?.userName ?? '',
    email: emailOf(user),
    active: before ? before.state !== 'DISABLED' : true,
    profile,
    pushedRoles: rolesIn(user),
  };
  for (const { at, write, overlong } of Object.values(mapped))
    if (overlong !== 'kept' || fitsAt(profile, at)) write(facts, take(profile, at));
  assertSizes(facts);
  for (const address of addressesIn(user)) assertFits('emails', address);
  return facts;
}

/** The same member, said again: nothing is to be written. */
export const unchanged = (member: MemberRow): ProvisionedMember => ({
  ...describedOf(member),
  active: member.state !== 'DISABLED',
  profile: member.profile,
  pushedRoles: member.pushedRoles,
});

const fitsAt = (profile: JsonObject, at: Place): boolean => {
  const value = valueAt(profile, at);
  return typeof value !== 'string' || fits(value);
};

function valueAt(profile: JsonObject, [first, second]: Place): Json | undefined {
  const value = own(profile, first);
  if (second === undefined) return value;
  return isObject(value) ? own(value, second) : undefined;
}

function put(user: JsonObject, [first, second]: Place, value: Json | undefined): void {
  if (value === undefined) return;
  if (second === undefined) user[first] = value;
  else user[first] = { ...(isObject(user[first]) ? user[first] : {}), [second]: value };
}

function take(profile: JsonObject, [first, second]: Place): Json | undefined {
  const value = own(profile, first);
  if (second === undefined) {
    delete profile[first];
    return value;
  }
  if (!isObject(value)) return undefined;
  const { [second]: taken, ...rest } = value;
  if (Object.keys(rest).length > 0) profile[first] = rest;
  else delete profile[first];
  return taken;
}

function rolesIn(user: JsonObject): string[] {
  const roles = Array.isArray(user['roles']) ? user['roles'] : [];
  const values = roles.flatMap(role =>
    isObject(role) && typeof own(role, 'value') === 'string' ? (own(role, 'value') as string) : [],
  );
  return [...new Set(values)];
}
