import { sql } from 'kysely';
import { subjectOf as memberSubject } from '../members/subject.ts';
import type { Session } from '../session.ts';
import { planAnewForMany } from './plans.ts';
import type { TeamRow } from './team-rows.ts';

/**
 * Those who are still here. Who left the directory meanwhile, or comes back later, does so without
 * this team.
 */
export async function rejoin(session: Session, team: TeamRow): Promise<string[]> {
  await planAnewForMany(session, null);
  const tenantId = sql`${session.tenantId}::uuid`;
  const rows = await session.insertMany<
    'memberships',
    { id: string; displayName: string; userName: string }
  >(
    'memberships',
    ['tenant_id', 'team_id', 'member_id', 'origin', 'since'],
    sql`with back as materialized (
        select m.id, d.origin, d.since
        from deleted_memberships d join members m on m.tenant_id = ${tenantId}
        and m.id = d.member_id
        where d.tenant_id = ${tenantId} and d.team_id = ${team.id}::uuid and m.state <> 'DELETED'
        order by m.id for no key update of m)
      select ${tenantId}, ${team.id}::uuid, id, origin, since from back`,
    {
      conflict: sql`on conflict do nothing`,
      returning: sql`target.member_id as id,
        (select m.display_name from members m where m.tenant_id = ${tenantId}
        and m.id = target.member_id) as "displayName",
        (select m.user_name from members m where m.tenant_id = ${tenantId}
        and m.id = target.member_id) as "userName"`,
    },
  );
  await session.recordAll(
    rows.map(member => ({
      action: 'membership.added',
      subject: memberSubject(member),
      related: { id: team.id, name: team.name },
      providerId: team.providerId,
      changes: [{ name: 'team', after: team.name }],
    })),
  );
  return rows.map(member => member.id);
}
