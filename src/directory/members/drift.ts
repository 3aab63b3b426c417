import type { MemberRow } from './member-rows.ts';

export interface Drift {
  name: string;
  here: unknown;
  there: unknown;
}

/** What the provider last said of an attribute that has a column of its own, as far as the profile still holds it. */
type Heard = (profile: MemberRow['profile']) => unknown;

const heard: Record<'userName' | 'displayName' | 'givenName' | 'familyName' | 'email', Heard> = {
  userName: profile => profile['userName'],
  displayName: profile => profile['displayName'],
  givenName: profile => within(profile['name'], 'givenName'),
  familyName: profile => within(profile['name'], 'familyName'),
  email: profile => addressIn(profile['emails']),
};

/** Where this member is something else here than its provider last said. What the provider never sent differs from nothing. */
export function driftOf(member: MemberRow): Drift[] {
  if (member.providerId === null) return [];
  return Object.entries(heard).flatMap(([name, read]) => {
    const there = read(member.profile);
    const here = member[name as keyof typeof heard];
    return typeof there !== 'string' || there === here ? [] : [{ name, here, there }];
  });
}

const within = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

/** The address that counts: the primary one, else the one for work, else the first. */
function addressIn(emails: unknown): unknown {
  if (!Array.isArray(emails)) return undefined;
  const counts =
    emails.find(each => within(each, 'primary') === true) ??
    emails.find(each => within(each, 'type') === 'work') ??
    emails[0];
  return within(counts, 'value');
}
