import { randomUUID } from 'node:crypto';
import { CORE, GROUP } from '../outside.ts';
import {
  deputy,
  does,
  ENTERPRISE,
  unique,
  ask,
  patch,
  bulk,
  adding,
  hand,
  user,
  team,
  risen,
  STRANGERS,
  BY_HAND,
  LAST,
  NOT_VOUCHED,
  link,
  house,
  entra,
  type Refused,
} from './scene.ts';

/** What a provider is refused. */
export const pushed: Record<string, Refused> = {
  'Bulk: POST of somebody made by hand': {
    given: async () =>
      bulk(
        {
          method: 'POST',
          path: '/Users',
          bulkId: 'a',
          data: { schemas: [CORE], userName: `${randomUUID()}@x.example` },
        },
        {
          method: 'POST',
          path: '/Users',
          bulkId: 'b',
          data: { schemas: [CORE], userName: (await hand()).email },
        },
      ),
    answers: ['201', '409'],
    leaves: 'member.created hand.',
    because: BY_HAND,
  },
  'Bulk in a circle: one of them was made by hand': {
    given: async () => {
      const one = (bulkId: string, userName: string, manager: string) => ({
        method: 'POST',
        path: '/Users',
        bulkId,
        data: {
          schemas: [CORE, ENTERPRISE],
          userName,
          [ENTERPRISE]: { manager: { value: `bulkId:${manager}` } },
        },
      });
      return bulk(one('a', `${randomUUID()}@x.example`, 'b'), one('b', (await hand()).email, 'a'));
    },
    answers: ['409', '409'],
    leaves: 'member.created hand.',
    because: BY_HAND,
  },
  'Bulk: PATCH that adds somebody made by hand': {
    given: async () =>
      bulk({
        method: 'PATCH',
        path: `/Groups/${await entra.group(unique('Sales'))}`,
        data: adding((await hand()).id, await user()),
      }),
    answers: ['400'],
    leaves: 'membership.added Sales',
    because: STRANGERS,
  },
  'PATCH of a group that adds somebody made by hand': {
    given: async () =>
      ask('PATCH', `/Groups/${await entra.group(unique('Sales'))}`, adding((await hand()).id)),
    answers: ['400'],
    leaves: 'membership.added Sales',
    because: STRANGERS,
  },
  'PUT of a group with somebody made by hand': {
    given: async () =>
      ask('PUT', `/Groups/${await entra.group(unique('Sales'))}`, {
        schemas: [GROUP],
        displayName: unique('Renamed'),
        members: [{ value: (await hand()).id }],
      }),
    answers: ['400'],
    leaves: 'membership.added Sales',
    because: STRANGERS,
  },
  'POST of a group with somebody made by hand': {
    given: async () =>
      ask('POST', '/Groups', {
        schemas: [GROUP],
        displayName: unique('New'),
        members: [{ value: (await hand()).id }],
      }),
    answers: ['400'],
    leaves: 'membership.added New',
    because: STRANGERS,
  },
  'POST of a group that was made by hand': {
    given: async () =>
      ask('POST', '/Groups', { schemas: [GROUP], displayName: (await team()).name }),
    answers: ['409'],
    leaves: 'team.created Team',
    because: BY_HAND,
  },
  'PATCH that switches the last owner off': {
    given: async () => {
      await link();
      return ask(
        'PATCH',
        `/Users/${house.owner.id}`,
        patch({ op: 'replace', path: 'active', value: false }),
      );
    },
    answers: ['403'],
    leaves: 'member.disabled Olivia Owner',
    because: LAST,
  },
  'Bulk: DELETE of the last owner': {
    given: async () => {
      await link();
      return bulk({ method: 'DELETE', path: `/Users/${house.owner.id}` });
    },
    answers: ['403'],
    leaves: 'member.deleted Olivia Owner',
    because: LAST,
  },
  'PATCH of somebody who may more than whoever linked them': {
    given: async () =>
      ask('PATCH', `/Users/${await risen()}`, patch({ op: 'replace', path: 'title', value: 'X' })),
    answers: ['403'],
    leaves: 'member.updated Hand',
    because: NOT_VOUCHED,
  },
  'PATCH of a mapped group that takes in somebody who may more than whoever linked them': {
    given: async () => {
      const group = await entra.group(unique('Sales'));
      await does('roleMappingsSet', { mappings: [{ teamId: group, roleId: deputy }] });
      return ask('PATCH', `/Groups/${group}`, adding(await risen()));
    },
    answers: ['403'],
    leaves: 'membership.added Sales',
    because: NOT_VOUCHED,
  },
  'PUT that renames a mapped group and takes such a one in': {
    given: async () => {
      const group = await entra.group(unique('Sales'));
      await does('roleMappingsSet', { mappings: [{ teamId: group, roleId: deputy }] });
      return ask('PUT', `/Groups/${group}`, {
        schemas: [GROUP],
        displayName: unique('Renamed'),
        members: [{ value: await risen() }],
      });
    },
    answers: ['403'],
    leaves: 'membership.added Sales',
    because: NOT_VOUCHED,
  },
  'Bulk: DELETE of somebody who may more than whoever linked them': {
    given: async () => bulk({ method: 'DELETE', path: `/Users/${await risen()}` }),
    answers: ['403'],
    leaves: 'member.deleted Hand',
    because: NOT_VOUCHED,
  },
};
