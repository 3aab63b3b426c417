import type { Permission } from '../actor.ts';
import { mayReach } from '../authority.ts';
import type { Session } from '../session.ts';
import { manualRoleApplies, isManaged, type Owner } from '../provenance.ts';
import { EDITABLE_NAMES } from './attributes.ts';
import type { MemberRow } from './member-rows.ts';

/**
 * What the one who asks may change of this member, here and now. `owner` is the provider it is
 * linked to, `held` what it has or would have without its lock: whoever lacks any of that changes
 * nothing of it but its teams (rule 25).
 */
export function editableFields(
  { actor, tenantId }: Session,
  member: MemberRow,
  owner: Owner | null,
  held: readonly Permission[],
): string[] {
  // Whoever looks in from the parent cannot name a member of the child.
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
