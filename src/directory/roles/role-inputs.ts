import { sql } from 'kysely';
import type { ProvisioningState } from '../identity-providers/identity-provider.ts';
import { manualRoleApplies, type Origin } from '../provenance.ts';
import type { Session } from '../session.ts';
import type { RoleInputs, Rulebook } from './decide-role.ts';

export interface MemberRoleInputs extends RoleInputs {
  id: string;
  roleId: string;
  displayName: string;
  userName: string;
  providerId: string | null;
}

interface Row {
  id: string;
  roleId: string;
  displayName: string;
  userName: string;
  origin: Origin;
  providerId: string | null;
  provisioning: ProvisioningState | null;
  locked: boolean;
  handRoleId: string | null;
  pushedRoles: string[];
  teamIds: string[];
}

/** Reads the inputs of the role decision for these members in one statement. */
export async function roleInputsOf(
  session: Session,
  memberIds: readonly string[],
  rules: Rulebook,
): Promise<MemberRoleInputs[]> {
  const mappedTeams = rules.mappings.flatMap(mapping => mapping.teamId ?? []);
  const { rows } = await sql<Row>`
    select m.id, m.role_id as "roleId", m.display_name as "displayName", m.user_name as "userName",
    m.origin, m.provider_id as "providerId",
      p.provisioning, m.role_locked as locked, m.hand_role_id as "handRoleId",
      m.pushed_roles as "pushedRoles",
      array(select s.team_id from memberships s where s.tenant_id = m.tenant_id
      and s.member_id = m.id and s.team_id = any(${mappedTeams}::uuid[])) as "teamIds"
    from members m left join identity_providers p on p.tenant_id = m.tenant_id
    and p.id = m.provider_id
    where m.tenant_id = ${session.tenantId} and m.id = any(${memberIds}::uuid[])
    and m.state <> 'DELETED'
  `.execute(session.db);
  return rows.map(row => ({
    id: row.id,
    roleId: row.roleId,
    displayName: row.displayName,
    userName: row.userName,
    providerId: row.providerId,
    lockedRoleId: row.locked ? row.roleId : null,
    handRoleId: manualRoleApplies(
      row,
      row.provisioning && {
        id: row.providerId as string,
        name: '',
        provisioning: row.provisioning,
      },
    )
      ? row.handRoleId
      : null,
    teamIds: new Set(row.teamIds),
    pushedRoles: new Set(row.pushedRoles),
  }));
}
