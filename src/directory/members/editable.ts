import type { Permission } from '../actor.ts';
import { mayReach } from '../authority.ts';
import { manualRoleApplies, isManaged, type Owner } from '../provenance.ts';
import type { Session } from '../session.ts';
import { EDITABLE_NAMES } from './attributes.ts';
import type { MemberRow } from './member-rows.ts';

/**
 * The fields of this member that the caller may edit now. `owner` is the provider it is linked to,
 * `held` the permissions that it has or would have without its lock: a caller who lacks any of them
 * edits nothing but its teams (rule 25).
 */
export function editableFields(
  { actor, tenantId }: Session,
  member: MemberRow,
  owner: Owner | null,
  held: readonly Permission[],
): string[] {
  // A caller from the parent tenant cannot name a member of the child.
  if (member.state === 'DELETED' || actor.tenantId !== tenantId) return [];
  const fields: string[] = [];
  const withinReach = mayReach(actor, held);
  if (actor.may('DIRECTORY_WRITE'))
    fields.push(
      ...(isManaged(member, owner) || !withinReach ? [] : [...EDITABLE_NAMES, 'state']),
      'teams',
    );
  if (actor.may('ROLE_ADMIN') && withinReach)
    fields.push(
      ...(!member.roleLocked && manualRoleApplies(member, owner) ? ['role'] : []),
      'roleLock',
    );
  return fields;
}
