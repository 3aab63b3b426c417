import type { Directory } from '../directory.ts';
import { Refusal } from '../refusal.ts';
import type { Permission } from '../actor.ts';

/** Nobody hands out, or takes away, more than they have themselves. */
export function assertMayGrant(
  directory: Directory,
  role: { name: string; permissions: readonly Permission[] },
  field: string,
): void {
  const beyond = role.permissions.filter(permission => !directory.actor.may(permission));
  if (beyond.length === 0) return;
  throw new Refusal(
    'forbidden',
    `The role ${role.name} has permissions that you do not have (${beyond.join(', ')}).`,
    { field: [field] },
  );
}
