import { sql } from 'kysely';
import { Actor } from '../actor.ts';
import type { Trace } from '../audit/entry.ts';
import { type MemberRow, memberColumns } from '../members/member-rows.ts';
import { subjectOf } from '../members/subject.ts';
import { Refusal } from '../refusal.ts';
import { Session } from '../session.ts';
import type { Store } from '../tables/store.ts';

interface Invited {
  memberId: string;
  displayName: string;
  userName: string;
  state: 'INVITED' | 'ACTIVE';
  onboarding: string;
}

/**
 * A member comes in by the link of the invitation: nobody else has it. Coming twice is coming once.
 */
export async function acceptInvitation(
  store: Store,
  trace: Trace,
  token: string,
): Promise<MemberRow> {
  const secret = store.secrets.read(token);
  if (secret?.kind !== 'inv') throw notValid();
  const { tenantId, digests } = secret;
  const [invited] = await invitedBy(new Session(store, Actor.system(tenantId), trace), digests);
  if (!invited) throw notValid();
  const record = { kind: 'member', name: invited.displayName, memberId: invited.memberId } as const;
  return join(new Session(store, new Actor({ tenantId, record, permissions: [] }), trace), digests);
}

function join(session: Session, digests: readonly string[]): Promise<MemberRow> {
  return session.change(async () => {
    const [invited] = await invitedBy(session, digests, sql`for no key update`);
    if (!invited) throw notValid();
    const { memberId, displayName, userName, state, onboarding } = invited;
    if (onboarding !== 'COMPLETED') {
      await session
        .updating('invitations')
        .set({ state: 'COMPLETED' })
        .where('member_id', '=', memberId)
        .execute();
      if (state === 'INVITED') {
        await session.update('members', memberId, { state: 'ACTIVE' }, ['id']);
      }
      session.record({
        action: 'member.joined',
        subject: subjectOf({ id: memberId, displayName, userName }),
        changes: state === 'INVITED' ? [{ name: 'state', before: 'INVITED', after: 'ACTIVE' }] : [],
      });
    }
    return session
      .rows('members')
      .select(memberColumns)
      .where('id', '=', memberId)
      .executeTakeFirstOrThrow();
  });
}

async function invitedBy(
  session: Session,
  digests: readonly string[],
  lock = sql``,
): Promise<Invited[]> {
  const { rows } = await sql<Invited>`
    select m.id as "memberId", m.display_name as "displayName", m.user_name as "userName", m.state,
    i.state as onboarding
    from invitations i join members m on m.tenant_id = ${session.tenantId} and m.id = i.member_id
    where i.tenant_id = ${session.tenantId} and (i.link_digest = any(${digests}::text[])
    and i.link_expires_at > now() or i.promised_digest = any(${digests}::text[])
    and i.promised_until > now())
      and m.state in ('INVITED', 'ACTIVE')
    ${lock}
  `.execute(session.db);
  return rows;
}

const notValid = () =>
  new Refusal('not-found', 'This invitation is not valid any more.', { field: ['token'] });
