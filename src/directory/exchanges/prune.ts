import { sql } from 'kysely';
import type { Session } from '../session.ts';
import { Refusal } from '../refusal.ts';

/** Exchanges are kept for so long, where nobody says otherwise. */
export const EXCHANGE_DAYS = 30;
const PER_PROVIDER = 100_000;
const PORTION = 5_000;

/** In portions, so that no statement holds many rows for long. */
export async function prune(
  session: Session,
  {
    days = EXCHANGE_DAYS,
    perProvider = PER_PROVIDER,
  }: { days?: number; perProvider?: number } = {},
): Promise<number> {
  if (session.actor.record.kind !== 'system')
    throw new Refusal('forbidden', 'Only the service itself lets go of exchanges.');
  let gone = await inPortions(
    session,
    sql`
      select id from scim_exchanges where tenant_id = ${session.tenantId}
      and at < now() - make_interval(days => ${days}) limit ${PORTION}`,
  );
  for (const { id } of await session.rows('identity_providers').select('id').execute()) {
    gone += await inPortions(
      session,
      sql`
      select id from scim_exchanges where tenant_id = ${session.tenantId} and provider_id = ${id}
      order by id desc offset ${perProvider} limit ${PORTION}`,
    );
  }
  return gone;
}

async function inPortions(session: Session, which: ReturnType<typeof sql>): Promise<number> {
  for (let gone = 0; ;) {
    const { numAffectedRows = 0n } = await sql`
        delete from scim_exchanges where tenant_id = ${session.tenantId}
        and id in (${which})`.execute(session.db);
    gone += Number(numAffectedRows);
    if (numAffectedRows < PORTION) return gone;
  }
}
