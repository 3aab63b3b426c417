import {
  administers,
  always,
  DEFAULT,
  fresh,
  NOTHING,
  onMember,
  PROVIDERS,
  ROLES,
  type Row,
  together,
  WRITE,
} from '../row.ts';

/** Who a member is, and whether they are in. */
export const MEMBER_ROWS: Record<string, Row> = {
  'memberUpdate names': onMember(
    WRITE,
    id => ({ id, givenName: 'Taken' }),
    ({ givenName }) => givenName === 'Taken',
  ),
  'memberUpdate user name': onMember(
    WRITE,
    id => ({ id, userName: `taken-${id}` }),
    ({ userName }) => userName.startsWith('taken-'),
  ),
  'memberUpdate address': onMember(
    WRITE,
    id => ({ id, email: `taken-${id}@northwind.example` }),
    ({ userName }) => userName.startsWith('taken-'),
  ),
  'memberDisable': onMember(
    WRITE,
    id => ({ id }),
    ({ state }) => state === 'DISABLED',
  ),
  'memberEnable': onMember(
    WRITE,
    id => ({ id }),
    ({ state }) => state === 'ACTIVE',
    (id, { system }) => system.members.disable(id),
  ),
  'memberDelete': onMember(
    WRITE,
    id => ({ id }),
    ({ state }) => state === 'DELETED',
  ),
  'memberRestore': onMember(
    WRITE,
    id => ({ id }),
    ({ state }) => state === 'ACTIVE',
    (id, { system }) => system.members.remove(id),
  ),
  'memberRestore into a mapped team': {
    base: WRITE,
    async aim(world, held) {
      const id = await world.member(NOTHING);
      const teamId = await world.mappedTeam(held, [id]);
      await world.system.members.remove(id);
      return {
        input: { id },
        needed: held,
        happened: () => world.inside(teamId, id),
      };
    },
  },
  'memberInvite': {
    base: WRITE,
    async aim(world) {
      const email = fresh();
      return {
        input: { email },
        needed: NOTHING,
        happened: async () => (await world.system.members.byHandle({ email })) !== null,
      };
    },
  },
  'memberInvite with a default role that administers, or does not': {
    base: WRITE,
    async aim(world, held) {
      const before = (await world.system.tenants.own()).defaultRoleId;
      await world.system.tenants.setDefaultRole((await world.freshRole(held)).id);
      const email = fresh();
      return {
        input: { email },
        needed: administers(held) ? held : NOTHING,
        happened: async () => (await world.system.members.byHandle({ email })) !== null,
        undo: () => world.system.tenants.setDefaultRole(before),
      };
    },
  },
  'memberInvite with a role': {
    base: together(WRITE, ROLES),
    async aim(world, held) {
      const email = fresh();
      return {
        input: { email, roleId: await world.role(held) },
        needed: held,
        happened: async () => (await world.system.members.byHandle({ email })) !== null,
      };
    },
  },
  'memberInvite into a mapped team': {
    base: WRITE,
    async aim(world, held) {
      const email = fresh();
      return {
        input: { email, teamIds: [await world.mappedTeam(held)] },
        needed: together(held, DEFAULT),
        happened: async () => (await world.system.members.byHandle({ email })) !== null,
      };
    },
  },
  'memberUpdate with more behind the lock': onMember(
    WRITE,
    id => ({ id, givenName: 'Taken' }),
    ({ givenName }) => givenName === 'Taken',
    async (id, world) => world.system.members.lockRole(id, { roleId: await world.role(NOTHING) }),
  ),
  'memberSetLink': {
    base: PROVIDERS,
    async aim(world, held) {
      const { id: identityProviderId } = await world.provider();
      const memberId = await world.member(held);
      return {
        input: { memberId, identityProviderId, externalId: memberId },
        needed: held,
        happened: async () => (await world.look(memberId)).providerId === identityProviderId,
      };
    },
  },
  'memberSetLink cutting': {
    base: PROVIDERS,
    async aim(world, held) {
      const { id: identityProviderId } = await world.provider();
      const memberId = await world.member(held);
      await world.system.members.setLink(memberId, identityProviderId, memberId);
      return {
        input: { memberId, identityProviderId },
        needed: held,
        happened: async () => (await world.look(memberId)).providerId === null,
      };
    },
  },
  'membersSendActivation': {
    base: WRITE,
    async aim(world, held) {
      return { input: { ids: [await world.member(held)] }, needed: NOTHING, happened: always };
    },
  },
};
