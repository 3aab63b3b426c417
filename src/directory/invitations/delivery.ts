import { sql } from 'kysely';
import { type ClaimedMessage, removeDelivered } from '../outbox/outbox.ts';
import { Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';

/** How long the link of an invitation works. */
const LINK_DAYS = 7;

export interface MailContent {
  to: string;
  name: string;
  tenantName: string;
  token: string;
  linkDays: number;
}

// Steps of the relay with an invitation that it has claimed. Only the system actor may call these.

/** The content of the mail; null when the member is gone or has joined already. */
export async function mailContent(
  session: Session,
  message: ClaimedMessage,
): Promise<MailContent | null> {
  requireSystem(session);
  const {
    rows: [member],
  } = await sql<{ email: string; displayName: string; tenantName: string }>`
    select m.email, m.display_name as "displayName", t.name as "tenantName"
    from members m join tenants t on t.id = ${session.tenantId}
    left join invitations i on i.tenant_id = ${session.tenantId} and i.member_id = m.id
    where m.tenant_id = ${session.tenantId} and m.id = ${memberOf(message)}
    and m.state in ('INVITED', 'ACTIVE') and m.email is not null
      and i.state is distinct from 'COMPLETED'
  `.execute(session.db);
  return member
    ? {
        to: member.email,
        name: member.displayName,
        tenantName: member.tenantName,
        token: linkOf(session, message).text,
        linkDays: LINK_DAYS,
      }
    : null;
}

/**
 * The mail is about to leave: its link works from now on. Whoever reads it at once, or after a
 * relay that died before it could note that the mail had left, is let in.
 */
export async function promiseLink(session: Session, message: ClaimedMessage): Promise<void> {
  requireSystem(session);
  await sql`
    insert into invitations as i (tenant_id, member_id, state, promised_digest, promised_until)
    select ${session.tenantId}, m.id, 'LEAVING', ${linkOf(session, message).digest}, now() +
    make_interval(days => ${LINK_DAYS})
    from members m where m.tenant_id = ${session.tenantId} and m.id = ${memberOf(message)}
    on conflict (tenant_id, member_id) do update set promised_digest = excluded.promised_digest,
    promised_until = excluded.promised_until
  `.execute(session.db);
}

/** The mail has been handed over. Said again by a relay that did not know, it counts once. */
export function markSent(session: Session, message: ClaimedMessage): Promise<void> {
  return markDelivered(session, message, async () => {
    await sql`
      insert into invitations as i (tenant_id, member_id, state, last_sent_at, sent_count,
      link_digest, link_expires_at)
      select ${session.tenantId}, m.id, 'SENT', now(), 1, ${linkOf(session, message).digest}, now()
      + make_interval(days => ${LINK_DAYS})
      from members m where m.tenant_id = ${session.tenantId} and m.id = ${memberOf(message)}
      on conflict (tenant_id, member_id) do update set state = case when i.state = 'COMPLETED'
      then i.state else 'SENT' end, last_sent_at = now(),
        sent_count = i.sent_count + 1, link_digest = excluded.link_digest, link_expires_at =
        excluded.link_expires_at, delivery_error = null, promised_digest = null, promised_until =
        null
    `.execute(session.db);
  });
}

/** There was nobody to write to. */
export function markUnneeded(session: Session, message: ClaimedMessage): Promise<void> {
  return markDelivered(session, message, async () => {});
}

/** The mail did not go out: it bounced, or waits for somebody to send it again. */
export function markFailed(
  session: Session,
  message: ClaimedMessage,
  state: 'BOUNCED' | 'HELD',
  error: string,
): Promise<void> {
  return markDelivered(session, message, async () => {
    await sql`
      insert into invitations as i (tenant_id, member_id, state, delivery_error)
      select ${session.tenantId}, m.id, ${state}::text,
      ${error.replaceAll('\0', '').slice(0, 1_000)}::text
      from members m where m.tenant_id = ${session.tenantId} and m.id = ${memberOf(message)}
      on conflict (tenant_id, member_id) do update set state = excluded.state, delivery_error =
      excluded.delivery_error, promised_digest = null, promised_until = null
      where i.state <> 'COMPLETED'
    `.execute(session.db);
  });
}

/**
 * Records the outcome in the change that removes the message from the outbox; the first relay to do
 * so counts.
 */
function markDelivered(
  session: Session,
  message: ClaimedMessage,
  say: () => Promise<void>,
): Promise<void> {
  requireSystem(session);
  return session.change(async () => {
    if (await removeDelivered(session.db, session.tenantId, message.id)) await say();
  });
}

/** The same link for the same message, however often it is sent. */
const linkOf = (session: Session, message: ClaimedMessage) =>
  session.store.secrets.derive('inv', session.tenantId, message.id);

const memberOf = (message: ClaimedMessage) => String(message.payload['memberId']);

function requireSystem(session: Session): void {
  if (session.actor.record.kind !== 'system')
    throw new Refusal('forbidden', 'Only the service itself delivers invitations.');
}
