import {
  assertFits,
  assertSizes,
  displayNameOf,
  type MemberField,
  type MemberRow,
  type MemberSortField,
  type OwnMember,
  type ProvisionedMember,
} from '../../directory/index.ts';
import { isObject, type Json, type JsonObject, own } from '../protocol/index.ts';
import type { Shapes } from '../schemas.ts';
import { addressesIn, emailOf, withPresentEmail } from './email.ts';

interface Mapped {
  /** What the directory compares and sorts by. */
  field: MemberField;
  sort: MemberSortField;
  read: (member: OwnMember) => Json | undefined;
  write: (facts: ProvisionedMember, value: Json | undefined) => void;
}

const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

/** The attributes of a User that the directory has a column for. It is the truth of them; everything else is kept as it was sent. */
export const mapped: Readonly<Record<string, Mapped>> = {
  'externalId': {
    field: 'externalId',
    sort: 'externalId',
    read: member => member.externalId ?? undefined,
    write: (facts, value) => {
      facts.externalId = text(value);
    },
  },
  'userName': {
    field: 'userName',
    sort: 'userName',
    read: member => member.userName,
    write: (facts, value) => {
      facts.userName = text(value) ?? facts.userName;
    },
  },
  'name.givenName': {
    field: 'givenName',
    sort: 'givenName',
    read: member => member.givenName ?? undefined,
    write: (facts, value) => {
      facts.givenName = text(value);
    },
  },
  'name.familyName': {
    field: 'familyName',
    sort: 'familyName',
    read: member => member.familyName ?? undefined,
    write: (facts, value) => {
      facts.familyName = text(value);
    },
  },
  // A name made up here from the others is not told as if it had been sent: who clears it must find it clear.
  'displayName': {
    field: 'displayName',
    sort: 'displayName',
    read: member =>
      Object.hasOwn(member.profile, 'displayName') || member.displayName !== displayNameOf(member)
        ? member.displayName
        : undefined,
    write: (facts, value) => {
      facts.displayName = text(value) ?? displayNameOf(facts);
      if (text(value) !== null) facts.profile['displayName'] = value;
    },
  },
  // Left out, it stays as it is: nobody is switched on or off by silence.
  'active': {
    field: 'state',
    sort: 'state',
    read: member => member.state !== 'DISABLED',
    write: (facts, value) => {
      if (typeof value === 'boolean') facts.active = value;
    },
  },
};

/** A member as a User: what was pushed, with what the directory holds in its place. Links, groups and meta are added when it is shown. */
export function userOf(
  member: OwnMember,
  { user: { core, extensions } }: Pick<Shapes, 'user'>,
): JsonObject {
  const user: JsonObject = { ...(member.profile as JsonObject) };
  user['schemas'] = [
    core.id,
    ...extensions.map(({ id }) => id).filter(id => Object.hasOwn(user, id)),
  ];
  for (const [path, { read }] of Object.entries(mapped)) put(user, path, read(member));
  return withPresentEmail(user, member.email);
}

/** What a User says, in the directory's words. `before` is the member it is said of, if there is one. */
export function factsOf(user: JsonObject, before: MemberRow | null): ProvisionedMember {
  const { schemas: _schemas, id: _id, meta: _meta, groups: _groups, ...profile } = user;
  const facts: ProvisionedMember = {
    userName: before?.userName ?? '',
    email: emailOf(user),
    givenName: null,
    familyName: null,
    displayName: '',
    externalId: null,
    active: before ? before.state !== 'DISABLED' : true,
    profile,
    pushedRoles: rolesIn(user),
  };
  for (const [path, { write }] of Object.entries(mapped)) write(facts, take(profile, path));
  assertSizes(facts);
  for (const address of addressesIn(user)) assertFits('emails', address);
  return facts;
}

/** The same member, said again: nothing is to be written. */
export const unchanged = ({
  userName,
  email,
  givenName,
  familyName,
  displayName,
  state,
  externalId,
  profile,
  pushedRoles,
}: MemberRow): ProvisionedMember => ({
  userName,
  email,
  givenName,
  familyName,
  displayName,
  active: state !== 'DISABLED',
  externalId,
  profile,
  pushedRoles,
});

function put(user: JsonObject, path: string, value: Json | undefined): void {
  const [name = '', sub] = path.split('.');
  if (value === undefined) {
    if (sub === undefined) delete user[name];
    return;
  }
  if (sub === undefined) user[name] = value;
  else user[name] = { ...(isObject(user[name]) ? user[name] : {}), [sub]: value };
}

function take(profile: JsonObject, path: string): Json | undefined {
  const [name = '', sub] = path.split('.');
  const value = own(profile, name);
  if (sub === undefined) {
    delete profile[name];
    return value;
  }
  if (!isObject(value)) return undefined;
  const { [sub]: taken, ...rest } = value;
  if (Object.keys(rest).length > 0) profile[name] = rest;
  else delete profile[name];
  return taken;
}

function rolesIn(user: JsonObject): string[] {
  const roles = Array.isArray(user['roles']) ? user['roles'] : [];
  const values = roles.flatMap(role =>
    isObject(role) && typeof own(role, 'value') === 'string' ? (own(role, 'value') as string) : [],
  );
  return [...new Set(values)];
}
