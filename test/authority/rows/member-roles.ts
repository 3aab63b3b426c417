import { DEFAULT, NOTHING, onMember, ROLES, type Row } from '../row.ts';

/** What a member holds. */
export const MEMBER_ROLE_ROWS: Record<string, Row> = {
  'memberSetRole giving': {
    base: ROLES,
    async aim(world, held) {
      const id = await world.member(NOTHING);
      const roleId = await world.role(held.length > 0 ? held : DEFAULT);
      return {
        input: { id, roleId },
        needed: held.length > 0 ? held : DEFAULT,
        happened: async () => (await world.look(id)).roleId === roleId,
      };
    },
  },
  'memberSetRole taking': {
    base: ROLES,
    async aim(world, held) {
      const id = await world.member(held);
      const { id: roleId } = await world.freshRole(NOTHING);
      return {
        input: { id, roleId },
        needed: held,
        happened: async () => (await world.look(id)).roleId === roleId,
      };
    },
  },
  'memberSetRole locking': {
    base: ROLES,
    async aim(world, held) {
      const id = await world.member(NOTHING);
      return {
        input: { id, roleId: await world.role(held), lock: true },
        needed: held,
        happened: async () => (await world.look(id)).roleLocked,
      };
    },
  },
  'memberLockRole': onMember(
    ROLES,
    id => ({ id }),
    ({ roleLocked }) => roleLocked,
  ),
  'memberLockRole with another role': onMember(
    ROLES,
    async (id, world) => ({ id, roleId: (await world.freshRole(NOTHING)).id }),
    ({ roleLocked }) => roleLocked,
  ),
  'memberUnlockRole': onMember(
    ROLES,
    id => ({ id }),
    ({ roleLocked }) => !roleLocked,
    (id, { system }) => system.members.lockRole(id, {}),
  ),
  'memberUnlockRole with more behind the lock': onMember(
    ROLES,
    id => ({ id }),
    ({ roleLocked }) => !roleLocked,
    async (id, world) => world.system.members.lockRole(id, { roleId: await world.role(NOTHING) }),
  ),
};
