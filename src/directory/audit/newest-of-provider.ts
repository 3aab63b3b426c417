import { sql } from 'kysely';
import type { Session } from '../session.ts';

/** The newest entry about what is a provider's: while it stays the same, nothing of the provider's was changed, by any process. */
export async function newestEntryOf(
  { db, tenantId }: Session,
  providerId: string,
): Promise<string | undefined> {
  const {
    rows: [newest],
  } = await sql<{ id: string }>`
    select id from audit_entries where tenant_id = ${tenantId}::uuid and provider_id = ${providerId}::uuid order by id desc limit 1
  `.execute(db);
  return newest?.id;
}
