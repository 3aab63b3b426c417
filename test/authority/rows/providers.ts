import { randomUUID } from 'node:crypto';
import type { Provider } from '../../support/people.ts';
import {
  administers,
  always,
  DEFAULT,
  fresh,
  type Held,
  NOTHING,
  PROVIDERS,
  type Row,
  together,
} from '../row.ts';
import type { World } from '../world.ts';

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

/** Providers: their secrets, their links, and the conflicts that they open. */
export const PROVIDER_ROWS: Record<string, Row> = {
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
  'identityProviderCreate where a pushed role gives one': {
    base: PROVIDERS,
    async aim(world, held) {
      const before = await world.mappings();
      const roleId = await world.role(held);
      await world.system.roles.setMappings([...before, { pushedRole: randomUUID(), roleId }]);
      const name = `Provider ${randomUUID()}`;
      return {
        input: { name, kind: 'SCIM' },
        needed: administers(held) ? held : NOTHING,
        happened: async () =>
          (await world.system.identityProviders.all()).some(provider => provider.name === name),
        undo: () => world.system.roles.setMappings(before),
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
