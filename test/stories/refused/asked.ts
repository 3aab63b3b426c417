import { randomUUID } from 'node:crypto';
import {
  house,
  does,
  unique,
  ownerDoes,
  adminDoes,
  hand,
  user,
  team,
  caseOf,
  mapped,
  BEYOND,
  entra,
  okta,
  owner,
  deputy,
  type Refused,
} from './scene.ts';

/** What people are refused, where many things are asked at once or something comes back. */
export const asked: Record<string, Refused> = {
  'conflictResolve: somebody of another provider that is on': {
    given: async () => {
      const userName = `${randomUUID()}@contoso.com`;
      await okta.user(userName);
      return ownerDoes('conflictResolve', {
        ids: [await caseOf(entra, userName)],
        choice: 'LINK_KEEP',
      });
    },
    answers: ['INVALID'],
    leaves: 'conflict.resolved ',
    because: /managed by Okta/,
  },
  'conflictResolve, many at once: one may more than whoever settles': {
    given: async () => {
      const [one, other] = [await hand(), await hand()];
      const ids = [await caseOf(entra, one.email), await caseOf(entra, other.email)];
      await does('memberSetRole', { id: other.id, roleId: deputy });
      return adminDoes('conflictResolve', { ids, choice: 'LINK_KEEP' });
    },
    answers: ['FORBIDDEN'],
    leaves: 'conflict.resolved hand.',
    because: BEYOND,
  },
  'memberRestore of somebody who may more': {
    given: async () => {
      const { id } = await hand();
      await does('memberSetRole', { id, roleId: deputy });
      await does('memberDelete', { id });
      return adminDoes('memberRestore', { id });
    },
    answers: ['FORBIDDEN'],
    leaves: 'member.restored Hand',
    because: BEYOND,
  },
  'memberRestore into a team that gives more': {
    given: async () => {
      const id = await mapped(deputy);
      const member = await hand();
      await does('teamAddMembers', { id, memberIds: [member.id] });
      await does('memberDelete', { id: member.id });
      return adminDoes('memberRestore', { id: member.id });
    },
    answers: ['FORBIDDEN'],
    leaves: 'member.restored Hand',
    because: BEYOND,
  },
  'teamRestore of a team that gives more': {
    given: async () => {
      const id = await mapped(deputy);
      await does('teamDelete', { id });
      return adminDoes('teamRestore', { id });
    },
    answers: ['FORBIDDEN'],
    leaves: 'team.restored Team',
    because: BEYOND,
  },
  'teamAddMembers, one of them made by hand': {
    given: async () =>
      ownerDoes('teamAddMembers', {
        id: await entra.group(unique('Sales')),
        memberIds: [await user(), (await hand()).id],
      }),
    answers: ['MANUAL_MEMBER_IN_PROVISIONED_TEAM'],
    leaves: 'membership.added Sales',
    because: /only members that come from there/,
  },
  'teamAddMembers, into a team that gives more': {
    given: async () =>
      adminDoes('teamAddMembers', { id: await mapped(deputy), memberIds: [(await hand()).id] }),
    answers: ['FORBIDDEN'],
    leaves: 'membership.added Team',
    because: BEYOND,
  },
  'teamRemoveMembers, from a managed team': {
    given: async () => {
      const member = await user();
      return ownerDoes('teamRemoveMembers', {
        id: await entra.group(unique('Sales'), [member]),
        memberIds: [member],
      });
    },
    answers: ['PROVISIONED_READ_ONLY'],
    leaves: 'membership.removed Sales',
    because: /managed by Entra/,
  },
  'memberInvite into a managed team': {
    given: async () =>
      ownerDoes('memberInvite', {
        email: `${randomUUID()}@x.example`,
        teamIds: [await entra.group(unique('Sales'))],
      }),
    answers: ['MANUAL_MEMBER_IN_PROVISIONED_TEAM'],
    leaves: 'membership.added Sales',
    because: /only members that come from there/,
  },
  'memberSetRole of a locked one': {
    given: async () => {
      const { id } = await hand();
      await does('memberLockRole', { id });
      return ownerDoes('memberSetRole', { id, roleId: deputy });
    },
    answers: ['ROLE_LOCKED'],
    leaves: 'member.roleChanged Hand',
    because: /locked/,
  },
  'identityProviderUpdate: renamed and on, with a secret that reaches more': {
    given: async () => {
      const provider = await house.provider({ name: unique('Google') });
      const teamId = await provider.group(unique('Boards'));
      await does('identityProviderUpdate', { id: provider.id, provisioning: 'OFF' });
      await does('roleMappingsSet', { mappings: [{ teamId, roleId: deputy }] });
      return adminDoes('identityProviderUpdate', {
        id: provider.id,
        name: unique('Renamed'),
        provisioning: 'ON',
      });
    },
    answers: ['FORBIDDEN'],
    leaves: 'identityProvider.switchedOn Google',
    because: BEYOND,
  },
  'roleMappingsSet to a role that may more': {
    given: async () =>
      adminDoes('roleMappingsSet', { mappings: [{ teamId: (await team()).id, roleId: owner }] }),
    answers: ['FORBIDDEN'],
    leaves: 'roleMapping.updated role mappings',
    because: BEYOND,
  },
};
