import { sql } from 'kysely';
import type { ClaimedMessage } from '../outbox/outbox.ts';
import { Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';

/** Mails that one tenant may have sent to one address within an hour. */
export const MAILS_PER_ADDRESS = 5;
/** Mails that one tenant may have sent within an hour, to whomever. */
export const MAILS_PER_TENANT = 5_000;

/**
 * Mails that people request are counted per address when they are requested; mails that are sent,
 * whatever caused them, under this prefix and the address.
 */
const LEAVING = '>';

/**
 * Counts mails that somebody asks for, before they are sent: in the database, so for all processes
 * together. The row of an address is locked until the change ends, so two who write to one address
 * at once are counted one after the other. Refuses: too-many.
 */
export async function countMails(
  session: Session,
  memberIds: readonly string[],
  fieldOf: (memberId: string) => string[],
): Promise<void> {
  if (memberIds.length === 0) return;
  const { tenantId, db } = session;
  const { rows } = await sql<{ address: string; mails: number }>`
    insert into mail_counts as c (tenant_id, address_key, hour, mails)
    select ${tenantId}::uuid, asked.address, date_trunc('hour', now()), count(*)::int
    from (select email_key as address from members where tenant_id = ${tenantId}::uuid
    and id = any(${memberIds}::uuid[]) and email_key is not null) asked
    group by asked.address order by asked.address
    on conflict (tenant_id, address_key, hour) do update set mails = c.mails + excluded.mails
    returning c.address_key as address, c.mails
  `.execute(db);
  const full = rows.find(({ mails }) => mails > MAILS_PER_ADDRESS);
  if (full) {
    const holder = await session
      .rows('members')
      .select('id')
      .where('email_key', '=', full.address)
      .where('id', '=', sql<string>`any(${memberIds}::uuid[])`)
      .executeTakeFirst();
    throw new Refusal('too-many', `${tooManyTo} Try again in an hour.`, {
      field: fieldOf(holder?.id ?? (memberIds[0] as string)),
    });
  }
  if ((await addForTenant(session, '', memberIds.length)) > MAILS_PER_TENANT)
    throw new Refusal('too-many', `${tooManyOf} Try again in an hour.`, {
      field: fieldOf(memberIds[0] as string),
    });
}

/**
 * Counts a mail that leaves. What a push asks for is counted here only: the push is not kept
 * waiting, and is never refused for it.
 */
export async function mayLeave(
  session: Session,
  { payload, attempts }: ClaimedMessage,
): Promise<'yes' | 'address' | 'tenant'> {
  if (attempts > 1) return 'yes'; // counted the first time
  return session.change(async () => {
    const { tenantId, db } = session;
    const memberId = String(payload['memberId']);
    if ((await addForTenant(session, LEAVING, 0)) >= MAILS_PER_TENANT) return 'tenant';
    const {
      rows: [counted],
    } = await sql<{ mails: number }>`
      insert into mail_counts as c (tenant_id, address_key, hour, mails)
      select ${tenantId}::uuid, ${LEAVING}::text || email_key, date_trunc('hour', now()), 1
      from members
      where tenant_id = ${tenantId}::uuid and id = ${memberId}::uuid and email_key is not null
      on conflict (tenant_id, address_key, hour) do update set mails = c.mails + 1 returning c.mails
    `.execute(db);
    if (counted && counted.mails > MAILS_PER_ADDRESS) return 'address';
    await addForTenant(session, LEAVING, 1);
    return 'yes';
  });
}

export const tooManyTo = `This address was mailed ${MAILS_PER_ADDRESS} times within the hour.`;
export const tooManyOf = `${MAILS_PER_TENANT} mails left this tenant within the hour.`;

/** Counts of days that are over. */
export async function forgetMailCounts(session: Session): Promise<void> {
  await session
    .deleting('mail_counts')
    .where(sql<boolean>`hour < now() - interval '1 day'`)
    .execute();
}

async function addForTenant(
  { db, tenantId }: Session,
  key: '' | typeof LEAVING,
  mails: number,
): Promise<number> {
  const { rows } = await sql<{ mails: number }>`
    insert into mail_counts as c (tenant_id, address_key, hour, mails)
    values (${tenantId}::uuid, ${key}, date_trunc('hour', now()), ${mails})
    on conflict (tenant_id, address_key, hour) do update set mails = c.mails + excluded.mails
    returning c.mails
  `.execute(db);
  return rows[0]?.mails ?? 0;
}
