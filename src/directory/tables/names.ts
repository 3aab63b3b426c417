import { sql } from 'kysely';
import { Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';
import { folded } from './folded.ts';

const called = { roles: 'A role', identity_providers: 'An identity provider' };

/**
 * Refuses a name that another one bears, and says which. The database keeps the promise; this is
 * for whoever wants to see the holder.
 */
export async function assertNameFree(
  session: Session,
  table: keyof typeof called,
  name: string,
  except?: string,
): Promise<void> {
  const { db, tenantId } = session;
  const bearers = db
    .selectFrom(table)
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', folded(name));
  const bearer = await (
    table === 'identity_providers' ? bearers.where(sql<boolean>`deleted_at is null`) : bearers
  ).executeTakeFirst();
  if (bearer && bearer.id !== except)
    throw new Refusal('name-taken', `${called[table]} with this name already exists.`, {
      field: ['name'],
      holderId: bearer.id,
    });
}
