import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { assertMayReach, canAdminister } from '../authority.ts';
import type { Session } from '../session.ts';
import { openCase, whoseOf } from '../conflicts/open-case.ts';
import { lockActingProviderWithRules } from '../identity-providers/lock.ts';
import type { ProviderRow } from '../identity-providers/provider-rows.ts';
import { newId } from '../tables/ids.ts';
import { Refusal } from '../refusal.ts';
import { reassignRoles } from '../roles/reassign.ts';
import { pushedKey, type Rulebook, decideRole } from '../roles/decide-role.ts';
import { assertVersion } from '../tables/versions.ts';
import { type Described, describedOf, valuesOf } from './description.ts';
import { lockMember } from './lock.ts';
import { subjectOf } from './subject.ts';
import { link } from './link.ts';
import type { MemberState, Profile } from './member.ts';
import { memberColumns, type MemberRow } from './member-rows.ts';
import { type MemberPatch, profileChanges, write } from './write.ts';
import { roleById } from '../roles/lookup.ts';
import { reload } from './reload.ts';
import { folded } from '../tables/folded.ts';
import { inviteNew } from '../invitations/invite-new.ts';
import { LostRace } from '../tables/lost-race.ts';

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

/**
 * Makes the member that the acting provider describes. What a person made by hand is never taken
 * over silently: unless the provider may adopt, such a name is refused and a conflict case is
 * opened (rule 10).
 */
export function provision(
  session: Session,
  facts: ProvisionedMember,
  sent: Record<string, unknown>,
  id?: string,
): Promise<MemberRow> {
  return session.change(async () => {
    const { provider, rules } = await lockActingProviderWithRules(session);
    const member = await insert(session, provider, facts, rules, id);
    if (!member) return adopt(session, provider, facts, sent);
    session.record({
      action: 'member.created',
      subject: subjectOf(member),
      providerId: provider.id,
      changes: said(facts),
    });
    if (facts.active) await inviteNew(session, member.id, provider.features.invitations);
    return member;
  });
}

/**
 * Makes a linked member out of a provider's description, unless the user name is in use: then none.
 */
export async function insert(
  session: Session,
  provider: ProviderRow,
  facts: ProvisionedMember,
  rules: Rulebook,
  id = newId(),
): Promise<MemberRow | undefined> {
  const { roleId } = decideRole(
    {
      lockedRoleId: null,
      handRoleId: null,
      teamIds: new Set(),
      pushedRoles: new Set(facts.pushedRoles),
    },
    rules,
  );
  const state: MemberState = facts.active ? 'ACTIVE' : 'DISABLED';
  return session.insert(
    'members',
    {
      id,
      origin: 'SCIM',
      origin_provider_id: provider.id,
      provider_id: provider.id,
      link_id: newId(),
      ...valuesOf(facts),
      state,
      profile: facts.profile,
      pushed_roles: keysOf(facts.pushedRoles),
      role_id: roleId,
    },
    memberColumns,
    {
      onConflict: sql`on conflict (tenant_id, user_name_key)
        where state <> 'DELETED' and (origin = 'MANUAL' or provider_id is not null) do nothing`,
    },
  );
}

/** A provider's description of a member: the whole, or a function of the member as it is. */
export type Description = ProvisionedMember | ((member: MemberRow) => ProvisionedMember);

/**
 * Rewrites a member to what its provider now says. What is equal stays untouched; a switch of
 * `active` is said as what it is. A difference is worked out on the row that is locked, so that two
 * writers do not undo each other.
 */
export function rewrite(
  session: Session,
  id: string,
  description: Description,
  { expectedVersion }: { expectedVersion?: string | null } = {},
): Promise<MemberRow> {
  return session.change(async () => {
    const { member, owner } = await lockMember(session, id);
    const facts = typeof description === 'function' ? description(member) : description;
    const active = member.state !== 'DISABLED';
    const action =
      active === facts.active
        ? 'member.updated'
        : facts.active
          ? 'member.enabled'
          : 'member.disabled';
    session.attempting(action, subjectOf(member));
    assertVersion(member, expectedVersion);
    const { member: written, changes } = await write(session, member, {
      ...patchOf(facts),
      ...switched(member, facts.active),
    });
    if (written === member) return member;
    // A write that changed nothing needs no authority; any other is rolled back when it lacks it.
    await assertMayReach(session, { members: [member] });
    session.record({
      action,
      subject: subjectOf(written),
      changes,
      providerId: owner?.id ?? null,
    });
    if (isDeepStrictEqual(written.pushedRoles, member.pushedRoles)) return written;
    await reassignRoles(session, [id]);
    return reload(session, id);
  });
}

/** The columns that follow from what a provider says of a person. */
export function patchOf({ profile, pushedRoles, ...facts }: ProvisionedMember): MemberPatch {
  return { ...describedOf(facts), profile, pushedRoles: keysOf(pushedRoles) };
}

/** As mappings are looked up by; what was pushed is given back from the profile. */
const keysOf = (pushedRoles: readonly string[]): string[] => [
  ...new Set(pushedRoles.map(pushedKey)),
];

/**
 * `active` as a state: what the member was before is kept, so that switching on again brings it
 * back.
 */
export function switched(member: MemberRow, active: boolean): MemberPatch {
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

function said({ profile, pushedRoles: _inProfile, active, ...named }: ProvisionedMember) {
  return [
    ...Object.entries(named)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, after]) => ({ name, after })),
    { name: 'active', after: active },
    ...profileChanges({}, profile).map(({ name, after }) => ({ name, after })),
  ];
}

async function adopt(
  session: Session,
  provider: ProviderRow,
  facts: ProvisionedMember,
  sent: Record<string, unknown>,
): Promise<MemberRow> {
  const holder = await session
    .rows('members')
    .select(memberColumns)
    .where('user_name_key', '=', folded(facts.userName))
    .where('state', '<>', 'DELETED')
    .where(sql<boolean>`(origin = 'MANUAL' or provider_id is not null)`)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!holder) throw new LostRace('The user name became free meanwhile.');
  if (holder.providerId === provider.id)
    throw new Refusal('user-name-taken', 'A member with this user name already exists.', {
      field: ['userName'],
      value: facts.userName,
    });
  session.attempting('member.created', {
    type: 'Member',
    id: null,
    name: facts.displayName,
    handle: facts.userName,
    handles: [facts.email, facts.externalId],
  });
  if (holder.providerId === null && (await mayAdopt(session, provider, holder)))
    return link(session, holder, provider, {
      ...patchOf(facts),
      ...switched(holder, facts.active),
    });
  session.ifRefused(then =>
    openCase(then, {
      kind: 'member',
      providerId: provider.id,
      candidateId: holder.id,
      name: facts.userName,
      sent,
      facts,
    }),
  );
  throw new Refusal(
    holder.providerId === null ? 'held-by-hand' : 'held-by-another-provider',
    `A User with userName '${facts.userName}' already exists and ${whoseOf(holder)}. ` +
      'A person has to decide in the directory what becomes of it.',
    {
      field: ['userName'],
      holderId: holder.id,
      providerId: provider.id,
    },
  );
}

/** Only by its own policy, and never a member whose role can administer the tenant (rule 10). */
async function mayAdopt(
  session: Session,
  provider: ProviderRow,
  holder: MemberRow,
): Promise<boolean> {
  if (provider.adoption !== 'ADOPT') return false;
  const role = await roleById(session, holder.roleId);
  return role !== null && !canAdminister(role.permissions);
}
