import { sql } from 'kysely';
import { lockActingProviderWithRules } from '../identity-providers/lock.ts';
import type { ProviderRow } from '../identity-providers/provider-rows.ts';
import { inviteNew } from '../invitations/invite-new.ts';
import { decideRole, type Rulebook } from '../roles/decide-role.ts';
import type { Session } from '../session.ts';
import { newId } from '../tables/ids.ts';
import { adopt } from './adopt.ts';
import { valuesOf } from './description.ts';
import { memberColumns, type MemberRow } from './member-rows.ts';
import type { MemberState } from './member.ts';
import { keysOf, type ProvisionedMember } from './provisioned.ts';
import { subjectOf } from './subject.ts';
import { profileChanges } from './write.ts';

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
      changes: changesOfCreation(facts),
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

function changesOfCreation({
  profile,
  pushedRoles: _inProfile,
  active,
  ...named
}: ProvisionedMember) {
  return [
    ...Object.entries(named)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, after]) => ({ name, after })),
    { name: 'active', after: active },
    ...profileChanges({}, profile).map(({ name, after }) => ({ name, after })),
  ];
}
