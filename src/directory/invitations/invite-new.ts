import type { InvitationPolicy } from '../identity-providers/identity-provider.ts';
import type { ProviderRow } from '../identity-providers/provider-rows.ts';
import type { Session } from '../session.ts';
import { countMails } from './mail-limits.ts';

/** The columns that tell whether members can sign in through the provider. */
type WayIn = Pick<ProviderRow, 'isActive' | 'signIn'>;

/**
 * Asks a member in who has just been made, as the policy says. Called in the change that makes the
 * member, and nowhere else: so nobody is asked twice.
 */
export async function inviteNew(
  session: Session,
  memberId: string,
  policy: InvitationPolicy,
): Promise<void> {
  switch (policy) {
    case 'NEVER':
      return;
    case 'IMMEDIATE':
      return session.enqueue('invitation', { memberId });
    case 'MANUAL':
      return keepForLater(session, memberId);
    case 'WITHOUT_SSO':
      if (!isWayIn(await providerOf(session, memberId)))
        session.enqueue('invitation', { memberId });
  }
}

/** Asks a member in whom a person has just made. Refuses: too-many. */
export async function inviteByHand(session: Session, memberId: string): Promise<void> {
  await countMails(session, [memberId], () => ['email']);
  session.enqueue('invitation', { memberId });
}

async function keepForLater(session: Session, memberId: string): Promise<void> {
  await session.db
    .insertInto('invitations')
    .values({ tenant_id: session.tenantId, member_id: memberId, state: 'HELD' })
    .onConflict(conflict => conflict.columns(['tenant_id', 'member_id']).doNothing())
    .execute();
}

async function providerOf(session: Session, memberId: string): Promise<WayIn | undefined> {
  const id = session.rows('members').select('provider_id').where('id', '=', memberId);
  return session
    .rows('identity_providers')
    .select(['is_active as isActive', 'sign_in as signIn'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Members who can sign in through the provider need no invitation. */
function isWayIn(provider: WayIn | undefined): boolean {
  return provider !== undefined && provider.isActive && provider.signIn !== null;
}
