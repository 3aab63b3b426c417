import { sql } from 'kysely';
import { canAdminister } from '../authority.ts';
import { openCase, whoseOf } from '../conflicts/open-case.ts';
import type { ProviderRow } from '../identity-providers/provider-rows.ts';
import { Refusal } from '../refusal.ts';
import { roleById } from '../roles/lookup.ts';
import type { Session } from '../session.ts';
import { folded } from '../tables/folded.ts';
import { LostRace } from '../tables/lost-race.ts';
import { link } from './link.ts';
import { memberColumns, type MemberRow } from './member-rows.ts';
import { patchOf, type ProvisionedMember, stateFor } from './provisioned.ts';

/**
 * The user name is in use: links its holder where the provider may adopt it, otherwise refuses and
 * opens a conflict case (rule 10).
 */
export async function adopt(
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
      ...stateFor(holder, facts.active),
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
