import { sql } from 'kysely';
import type { Directory } from '../directory.ts';
import { Refusal } from '../refusal.ts';
import { removeWhere } from './expel.ts';

/** Who is in a provider's teams without coming from there. */
const strangersIn = (providerId: string) =>
  sql<boolean>`t.provider_id = ${providerId}::uuid and m.provider_id is distinct from t.provider_id and m.state <> 'DELETED'`;

/** Rule 8: a provider's teams hold only its members. Refuses with the list of the others. */
export async function assertNoStrangers(
  directory: Directory,
  providerId: string,
  teamId?: string,
): Promise<void> {
  const { rows } = await sql<{ id: string; name: string; total: number }>`
    select distinct m.id, m.display_name as name, count(*) over () as total
    from teams t join memberships s on s.tenant_id = t.tenant_id and s.team_id = t.id join members m on m.tenant_id = s.tenant_id and m.id = s.member_id
    where t.tenant_id = ${directory.tenantId} and ${teamId ? sql<boolean>`t.id = ${teamId}::uuid and m.provider_id is distinct from ${providerId}::uuid` : strangersIn(providerId)}
    order by 1 limit 500
  `.execute(directory.db);
  if (rows.length === 0) return;
  const listed = rows
    .slice(0, 20)
    .map(row => row.name)
    .join(', ');
  throw new Refusal(
    'manual-members-inside',
    `Members that do not come from this provider are in its teams: ${listed}${rows.length > 20 ? ' and others' : ''}.`,
    {
      field: ['provisioning'],
      providerId,
      objectIds: rows.map(row => row.id),
    },
  );
}

/** Takes everybody who does not come from the provider out of its teams. */
export async function evictStrangers(directory: Directory, providerId: string): Promise<void> {
  await removeWhere(directory, strangersIn(providerId), providerId, 'evictManualMembers');
}

/** Takes members that are no longer the provider's out of its teams. */
export async function expelFromTeamsOf(
  directory: Directory,
  providerId: string,
  memberIds: readonly string[],
): Promise<void> {
  await removeWhere(
    directory,
    sql<boolean>`t.provider_id = ${providerId}::uuid and s.member_id = any(${memberIds}::uuid[])`,
    providerId,
    'id',
  );
}
