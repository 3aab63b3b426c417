import { pushedKey } from '../roles/decide-role.ts';
import { type Described, describedOf } from './description.ts';
import type { MemberRow } from './member-rows.ts';
import type { Profile } from './member.ts';
import type { MemberPatch } from './write.ts';

/**
 * A person as a provider describes them, already in the directory's words. An attribute that is
 * left out is null.
 */
export interface ProvisionedMember extends Partial<Described> {
  userName: string;
  email: string | null;
  givenName: string | null;
  familyName: string | null;
  displayName: string;
  externalId: string | null;
  active: boolean;
  /** Everything else that was pushed, as it was pushed. */
  profile: Profile;
  pushedRoles: string[];
}

/** The columns that follow from what a provider says of a person. */
export function patchOf({ profile, pushedRoles, ...facts }: ProvisionedMember): MemberPatch {
  return { ...describedOf(facts), profile, pushedRoles: keysOf(pushedRoles) };
}

/** As mappings are looked up by; what was pushed is given back from the profile. */
export const keysOf = (pushedRoles: readonly string[]): string[] => [
  ...new Set(pushedRoles.map(pushedKey)),
];

/**
 * `active` as a state: what the member was before is kept, so that switching on again brings it
 * back.
 */
export function stateFor(member: MemberRow, active: boolean): MemberPatch {
  // The provider answers for who is active: whoever it lets in needs no acceptance of an invitation
  // any more.
  const { state, stateBefore } = member;
  if (active && (state === 'INVITED' || (state === 'DISABLED' && stateBefore === 'INVITED')))
    return { state: 'ACTIVE', stateBefore: null };
  if (active && member.state === 'DISABLED')
    return { state: member.stateBefore ?? 'ACTIVE', stateBefore: null };
  if (!active && member.state !== 'DISABLED')
    return { state: 'DISABLED', stateBefore: member.state };
  return {};
}
