import { randomUUID } from 'node:crypto';
import { CORE, GROUP, PATCH_OP } from '../../stories/outside.ts';
import {
  adopting,
  ask,
  bulk,
  does,
  ENTERPRISE,
  group,
  ids,
  inMapped,
  name,
  patch,
  user,
  whole,
  type Verb,
} from './scene.ts';

/** What a provider can ask of Groups, and of many things at once. */
export const ofGroups: Record<string, Verb> = {
  'POST /Groups': {
    given: async () =>
      ask('POST', '/Groups', {
        schemas: [GROUP],
        displayName: `Group ${randomUUID()}`,
        externalId: randomUUID(),
        members: [{ value: await user() }, { value: await user() }],
      }),
    answers: 201,
    changes: [
      'teams: name',
      'teams: external_id',
      'memberships: member_id',
      'memberships: member_id',
    ],
  },
  'POST /Groups of a team made by hand': {
    given: async () => {
      const displayName = `Team ${randomUUID()}`;
      await does('teamCreate', { name: displayName });
      return ask('POST', '/Groups', { schemas: [GROUP], displayName });
    },
    answers: 409,
    changes: ['conflict_cases: candidate_id'],
  },
  'POST /Groups that adopts': {
    given: async () => {
      const displayName = `Team ${randomUUID()}`;
      await does('teamCreate', { name: displayName });
      return ask('POST', '/Groups', { schemas: [GROUP], displayName }, () => adopting);
    },
    answers: 201,
    changes: ['teams: provider_id', 'teams: link_id'],
  },
  'PUT /Groups, others are in it': {
    given: async () =>
      ask('PUT', `/Groups/${await group([await user(), await user()])}`, {
        schemas: [GROUP],
        displayName: `Group ${randomUUID()}`,
        members: [{ value: await user() }],
      }),
    answers: 200,
    changes: ['teams: name', ...Array<string>(3).fill('memberships: member_id')],
  },
  'PATCH /Groups, another name': {
    given: async () =>
      patch(`/Groups/${await group()}`, {
        op: 'replace',
        path: 'displayName',
        value: `Group ${randomUUID()}`,
      }),
    answers: 200,
    changes: ['teams: name'],
  },
  'PATCH /Groups, members in': {
    given: async () =>
      patch(`/Groups/${ids.mapped}`, {
        op: 'add',
        path: 'members',
        value: [{ value: await user() }, { value: await user() }],
      }),
    answers: 200,
    changes: [
      ...Array<string>(2).fill('memberships: member_id'),
      ...Array<string>(2).fill('members: role_id'),
    ],
  },
  'PATCH /Groups, a member out': {
    given: async () =>
      patch(`/Groups/${ids.mapped}`, {
        op: 'remove',
        path: `members[value eq "${await inMapped()}"]`,
      }),
    answers: 200,
    changes: ['memberships: member_id', 'members: role_id'],
  },
  'PATCH /Groups, a member in and out again': {
    given: async () => {
      const members = [{ value: await user() }];
      return patch(
        `/Groups/${ids.mapped}`,
        { op: 'add', path: 'members', value: members },
        { op: 'remove', path: 'members', value: members },
      );
    },
    answers: 200,
    changes: [],
  },
  'PATCH /Groups, everybody out': {
    given: async () =>
      patch(`/Groups/${await group([await user(), await user()])}`, {
        op: 'remove',
        path: 'members',
      }),
    answers: 200,
    changes: Array<string>(2).fill('memberships: member_id'),
  },
  'DELETE /Groups': {
    given: async () => ask('DELETE', `/Groups/${await group([await user(), await user()])}`),
    answers: 204,
    changes: ['teams: name', ...Array<string>(2).fill('memberships: member_id')],
  },
  'POST /Bulk': {
    given: async () => {
      const [left, renamed] = [await inMapped(), await user()];
      return bulk(
        { method: 'POST', path: '/Users', bulkId: 'one', data: whole() },
        {
          method: 'POST',
          path: '/Groups',
          bulkId: 'two',
          data: {
            schemas: [GROUP],
            displayName: `Group ${randomUUID()}`,
            members: [{ value: 'bulkId:one' }],
          },
        },
        {
          method: 'PATCH',
          path: `/Users/${renamed}`,
          data: { schemas: [PATCH_OP], Operations: [{ op: 'replace', path: 'title', value: 'X' }] },
        },
        { method: 'DELETE', path: `/Users/${left}` },
      );
    },
    answers: 200,
    changes: [
      'members: user_name',
      'teams: name',
      'members: profile',
      'members: state',
      ...Array<string>(2).fill('memberships: member_id'),
    ],
  },
  'POST /Bulk in a circle': {
    given: async () => {
      const manager = (bulkId: string) => ({
        schemas: [CORE, ENTERPRISE],
        userName: name(),
        [ENTERPRISE]: { manager: { value: `bulkId:${bulkId}` } },
      });
      return bulk(
        { method: 'POST', path: '/Users', bulkId: 'one', data: manager('two') },
        { method: 'POST', path: '/Users', bulkId: 'two', data: manager('one') },
      );
    },
    answers: 200,
    changes: Array<string>(2).fill('members: user_name'),
  },
};
