import { randomUUID } from 'node:crypto';
import { always, DEFAULT, fresh, NOTHING, ROLES, type Row, together } from '../row.ts';

/** Roles, mappings, the default role, and the tenant itself. */
export const ROLE_ROWS: Record<string, Row> = {
  'roleMappingsSet adding': {
    base: ROLES,
    async aim(world, held) {
      const mappings = await world.mappings();
      const added = { teamId: await world.team(), roleId: await world.role(held) };
      return {
        input: { mappings: [...mappings, added] },
        needed: held,
        happened: async () => (await world.mappings()).length === mappings.length + 1,
      };
    },
  },
  'roleMappingsSet removing': {
    base: ROLES,
    async aim(world, held) {
      const mappings = await world.mappings();
      await world.mappedTeam(held);
      return {
        input: { mappings },
        needed: held,
        happened: async () => (await world.mappings()).length === mappings.length,
      };
    },
  },
  'roleMappingsSet over somebody locked': {
    base: ROLES,
    async aim(world, held) {
      const provider = await world.provider();
      const id = await provider.user(fresh());
      const teamId = await provider.group(`Group ${randomUUID()}`, [id]);
      await world.system.members.lockRole(id, { roleId: await world.role(NOTHING) });
      const mappings = await world.mappings();
      return {
        input: { mappings: [...mappings, { teamId, roleId: await world.role(held) }] },
        // Without the lock it was the default role, and is the mapped one now.
        needed: together(held, DEFAULT),
        happened: async () => (await world.mappings()).length === mappings.length + 1,
      };
    },
  },
  'tenantSetDefaultRole': {
    base: ROLES,
    async aim(world, held) {
      const before = (await world.system.tenants.own()).defaultRoleId;
      const { id: roleId } = await world.freshRole(held);
      return {
        input: { roleId },
        needed: together(held, DEFAULT),
        happened: async () => (await world.system.tenants.own()).defaultRoleId === roleId,
        undo: () => world.system.tenants.setDefaultRole(before),
      };
    },
  },
  'roleCreate': {
    base: ROLES,
    async aim(world, permissions) {
      const name = `Role ${randomUUID()}`;
      return {
        input: { name, permissions },
        needed: permissions,
        happened: async () => (await world.system.roles.all()).some(role => role.name === name),
      };
    },
  },
  'roleUpdate giving': {
    base: ROLES,
    async aim(world, permissions) {
      const { id } = await world.freshRole(NOTHING);
      return {
        input: { id, permissions, name: `Role ${randomUUID()}` },
        needed: permissions,
        happened: async () =>
          (await world.system.roles.get(id))!.permissions.length === permissions.length,
      };
    },
  },
  'roleUpdate taking': {
    base: ROLES,
    async aim(world, held) {
      const { id } = await world.freshRole(held);
      return {
        input: { id, permissions: [], name: `Role ${randomUUID()}` },
        needed: held,
        happened: async () => (await world.system.roles.get(id))!.permissions.length === 0,
      };
    },
  },
  'roleDelete': {
    base: ROLES,
    async aim(world, held) {
      const { id } = await world.freshRole(held);
      return {
        input: { id },
        needed: held,
        happened: async () => (await world.system.roles.get(id)) === null,
      };
    },
  },
  'roleDelete with a replacement': {
    base: ROLES,
    async aim(world, held) {
      const { id, name } = await world.freshRole(NOTHING);
      await world.house.made({ role: name, name: `Person ${randomUUID()}` });
      return {
        input: { id, replacementId: await world.role(held) },
        needed: held,
        happened: async () => (await world.system.roles.get(id)) === null,
      };
    },
  },
  'tenantUpdate': {
    base: ['TENANT_ADMIN'],
    async aim(world) {
      const name = `Northwind ${randomUUID()}`;
      return {
        input: { name },
        needed: NOTHING,
        happened: async () => (await world.system.tenants.own()).name === name,
      };
    },
  },
  'tenantCreate': {
    base: ['TENANT_ADMIN'],
    async aim() {
      return { input: { name: `Child ${randomUUID()}` }, needed: NOTHING, happened: always };
    },
  },
};
