import { randomUUID } from 'node:crypto';
import type { Permission } from '../../src/directory/index.ts';
import type { Provider } from '../support/people.ts';
import type { World } from './world.ts';

type Held = readonly Permission[];

/** One thing to try: the input of a mutation, what rule 25 asks of whoever tries it, and how to see that it happened. */
export interface Aim {
  input: Record<string, unknown>;
  /** What the members concerned have or would have, and what the roles give that are given or taken. */
  needed: Held;
  happened: () => Promise<boolean>;
  /** Puts back what would bear on what is tried afterwards. */
  undo?: () => Promise<unknown>;
}

/** A way to reach for somebody, or something, that holds `held`; `base` is what the verb needs whoever is concerned. */
export interface Row {
  base: Held;
  aim(world: World, held: Held): Promise<Aim>;
}

const WRITE: Held = ['DIRECTORY_WRITE'];
const ROLES: Held = ['ROLE_ADMIN'];
const PROVIDERS: Held = ['PROVISIONING_ADMIN'];
/** What everybody has who was given nothing else. */
const DEFAULT: Held = ['DIRECTORY_READ'];
const NOTHING: Held = [];

const fresh = () => `${randomUUID()}@northwind.example`;
const always = () => Promise.resolve(true);

/** A row about one member made by hand. */
const onMember = (
  base: Held,
  input: (id: string, world: World) => Record<string, unknown> | Promise<Record<string, unknown>>,
  happened: (now: Awaited<ReturnType<World['look']>>) => boolean,
  prepare: (id: string, world: World) => Promise<unknown> = always,
): Row => ({
  base,
  async aim(world, held) {
    const id = await world.member(held);
    await prepare(id, world);
    return {
      input: await input(id, world),
      needed: held,
      happened: async () => happened(await world.look(id)),
    };
  },
});

/** A conflict case between a member made by hand and what a provider wants to make. */
const onConflict = (choice: string, needed: (held: Held) => Held): Row => ({
  base: PROVIDERS,
  async aim(world, held) {
    const provider = await world.provider();
    const id = await world.member(held);
    const { userName } = await world.look(id);
    const caseId = await clash(world, provider, '/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName,
      externalId: userName,
      active: true,
    });
    return {
      input: { ids: [caseId], choice },
      needed: needed(held),
      async happened() {
        const now = await world.look(id);
        const linked = now.providerId === provider.id;
        return choice === 'CREATE_NEW'
          ? now.userName !== userName
          : linked === (choice !== 'REJECT');
      },
    };
  },
});

async function clash(
  world: World,
  provider: Provider,
  path: string,
  body: object,
): Promise<string> {
  const { status } = await provider.scim('POST', path, body);
  if (status !== 409) throw new Error(`A clash was answered with ${status}.`);
  const { id } = await world.system
    .rows('conflict_cases')
    .select('id')
    .where('provider_id', '=', provider.id)
    .executeTakeFirstOrThrow();
  return id;
}

/** A provider that is off, with a member of its own who was given a role by hand meanwhile. */
async function offWithHandRole(world: World, held: Held) {
  const provider = await world.provider();
  const id = await provider.user(fresh());
  await world.system.identityProviders.update(provider.id, { provisioning: 'OFF' });
  await world.system.members.setRole(id, await world.role(held));
  return { provider, id };
}

const together = (...all: Held[]): Held => [...new Set(all.flat())];

/** Every mutation, and each way in which it reaches somebody. The first word of a title is the mutation. */
export const ROWS: Record<string, Row> = {
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
  'teamCreate': {
    base: WRITE,
    async aim(world, held) {
      const name = `Team ${randomUUID()}`;
      return {
        input: { name, memberIds: [await world.member(held)] },
        needed: NOTHING,
        happened: async () => (await world.system.teams.byName(name)) !== null,
      };
    },
  },
  'teamUpdate': {
    base: WRITE,
    async aim(world, held) {
      const id = await world.mappedTeam(held, [await world.member(held)]);
      const name = `Team ${randomUUID()}`;
      return {
        input: { id, name },
        needed: NOTHING,
        happened: async () => (await world.system.teams.byName(name)) !== null,
      };
    },
  },
  'teamDelete mapped': {
    base: WRITE,
    async aim(world, held) {
      const id = await world.mappedTeam(held);
      return {
        input: { id },
        needed: held,
        happened: async () => (await world.system.teams.get(id)) === null,
      };
    },
  },
  'teamDelete mapped, with somebody inside': {
    base: WRITE,
    async aim(world, held) {
      const id = await world.mappedTeam(NOTHING, [await world.member(held)]);
      return {
        input: { id },
        needed: held,
        happened: async () => (await world.system.teams.get(id)) === null,
      };
    },
  },
  'teamRestore': {
    base: WRITE,
    async aim(world, held) {
      const id = await world.mappedTeam(held, [await world.member(NOTHING)]);
      await world.system.teams.remove(id);
      return {
        input: { id },
        needed: held,
        happened: async () => (await world.system.teams.get(id)) !== null,
      };
    },
  },
  'teamRestore with somebody inside': {
    base: WRITE,
    async aim(world, held) {
      const id = await world.mappedTeam(NOTHING, [await world.member(held)]);
      await world.system.teams.remove(id);
      return {
        input: { id },
        needed: held,
        happened: async () => (await world.system.teams.get(id)) !== null,
      };
    },
  },
  'teamAddMembers': {
    base: WRITE,
    async aim(world, held) {
      const [id, memberId] = [await world.team(), await world.member(held)];
      return {
        input: { id, memberIds: [memberId] },
        needed: NOTHING,
        happened: () => world.inside(id, memberId),
      };
    },
  },
  'teamAddMembers to a mapped team': {
    base: WRITE,
    async aim(world, held) {
      const [id, memberId] = [await world.mappedTeam(held), await world.member(NOTHING)];
      return {
        input: { id, memberIds: [memberId] },
        needed: held,
        happened: () => world.inside(id, memberId),
      };
    },
  },
  'teamAddMembers of somebody to a mapped team': {
    base: WRITE,
    async aim(world, held) {
      const [id, memberId] = [await world.mappedTeam(NOTHING), await world.member(held)];
      return {
        input: { id, memberIds: [memberId] },
        needed: held,
        happened: () => world.inside(id, memberId),
      };
    },
  },
  'teamRemoveMembers': {
    base: WRITE,
    async aim(world, held) {
      const memberId = await world.member(held);
      const id = await world.team([memberId]);
      return {
        input: { id, memberIds: [memberId] },
        needed: NOTHING,
        happened: async () => !(await world.inside(id, memberId)),
      };
    },
  },
  'teamRemoveMembers from a mapped team': {
    base: WRITE,
    async aim(world, held) {
      const memberId = await world.member(NOTHING);
      const id = await world.mappedTeam(held, [memberId]);
      return {
        input: { id, memberIds: [memberId] },
        needed: held,
        happened: async () => !(await world.inside(id, memberId)),
      };
    },
  },
  'teamRemoveMembers of somebody from a mapped team': {
    base: WRITE,
    async aim(world, held) {
      const memberId = await world.member(held);
      const id = await world.mappedTeam(NOTHING, [memberId]);
      return {
        input: { id, memberIds: [memberId] },
        needed: held,
        happened: async () => !(await world.inside(id, memberId)),
      };
    },
  },
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
  'identityProviderCreate': {
    base: PROVIDERS,
    async aim(world) {
      const name = `Provider ${randomUUID()}`;
      return {
        input: { name, kind: 'SCIM' },
        needed: NOTHING,
        happened: async () =>
          (await world.system.identityProviders.all()).some(provider => provider.name === name),
      };
    },
  },
  'identityProviderUpdate': {
    base: PROVIDERS,
    async aim(world) {
      const { id } = await world.provider();
      return {
        input: { id, adoption: 'ADOPT' },
        needed: NOTHING,
        happened: async () => (await world.system.identityProviders.get(id))!.adoption === 'ADOPT',
      };
    },
  },
  'identityProviderUpdate on, forgetting a role by hand': {
    base: PROVIDERS,
    async aim(world, held) {
      const { provider, id } = await offWithHandRole(world, held);
      return {
        input: { id: provider.id, provisioning: 'ON' },
        needed: together(held, DEFAULT),
        happened: async () => (await world.look(id)).roleId !== (await world.role(held)),
      };
    },
  },
  'identityProviderUpdate on, taking somebody out of its mapped team': {
    base: PROVIDERS,
    async aim(world, held) {
      const provider = await world.provider();
      const teamId = await provider.group(`Group ${randomUUID()}`);
      await world.system.identityProviders.update(provider.id, { provisioning: 'OFF' });
      const memberId = await world.member(held);
      await world.system.teams.admit(teamId, [memberId]);
      await world.map(teamId, NOTHING);
      return {
        input: { id: provider.id, provisioning: 'ON', evictManualMembers: true },
        needed: held,
        happened: async () => !(await world.inside(teamId, memberId)),
      };
    },
  },
  'identityProviderRotateCredential': {
    base: PROVIDERS,
    async aim(world, held) {
      const provider = await world.provider();
      await world.map(await provider.group(`Group ${randomUUID()}`), held);
      return {
        input: { id: provider.id },
        needed: administers(held) ? held : NOTHING,
        happened: always,
      };
    },
  },
  'identityProviderReplaceCredential': {
    base: PROVIDERS,
    async aim(world, held) {
      const provider = await world.provider();
      const id = await world.member(held);
      await world.system.members.setLink(id, provider.id, id);
      return {
        input: { id: provider.id },
        needed: held,
        happened: async () => (await world.look(id)).providerId === null,
      };
    },
  },
  'identityProviderDelete': {
    base: PROVIDERS,
    async aim(world, held) {
      const provider = await world.provider();
      const id = await world.member(held);
      await world.system.members.setLink(id, provider.id, id);
      await world.system.identityProviders.update(provider.id, { provisioning: 'OFF' });
      const { name } = (await world.system.identityProviders.get(provider.id))!;
      return {
        input: { id: provider.id, name },
        needed: held,
        happened: async () => (await world.look(id)).providerId === null,
      };
    },
  },
  'conflictResolve linking': onConflict('LINK_KEEP', held => held),
  'conflictResolve overwriting': onConflict('LINK_OVERWRITE', held => held),
  'conflictResolve beside': onConflict('CREATE_NEW', held => together(held, DEFAULT)),
  'conflictResolve rejecting': onConflict('REJECT', () => NOTHING),
  'conflictResolve linking a mapped team': {
    base: PROVIDERS,
    async aim(world, held) {
      const provider = await world.provider();
      const teamId = await world.mappedTeam(held);
      const { name } = (await world.system.teams.get(teamId))!;
      const caseId = await clash(world, provider, '/Groups', {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
        displayName: name,
        externalId: name,
      });
      return {
        input: { ids: [caseId], choice: 'LINK_KEEP' },
        needed: held,
        happened: async () => (await world.system.teams.get(teamId))!.providerId === provider.id,
      };
    },
  },
};

export const administers = (held: Held): boolean =>
  held.some(each => ['ROLE_ADMIN', 'PROVISIONING_ADMIN', 'TENANT_ADMIN'].includes(each));
