import { randomUUID } from 'node:crypto';
import {
  adopting,
  ask,
  does,
  entra,
  group,
  inMapped,
  madeByHand,
  name,
  patch,
  user,
  whole,
  type Verb,
} from './scene.ts';

/** What a provider can ask of Users. */
export const ofUsers: Record<string, Verb> = {
  'POST /Users': {
    given: async () => ask('POST', '/Users', whole()),
    answers: 201,
    changes: ['members: user_name', 'members: external_id', 'members: role_id', 'members: profile'],
  },
  'POST /Users with a pushed role that is mapped': {
    given: async () => ask('POST', '/Users', whole({ roles: [{ value: 'boss', primary: true }] })),
    answers: 201,
    changes: ['members: pushed_roles', 'members: role_id'],
  },
  'POST /Users of somebody made by hand': {
    given: async () => {
      const { email } = await madeByHand();
      return ask('POST', '/Users', whole({ userName: email }));
    },
    answers: 409,
    changes: ['conflict_cases: candidate_id'],
  },
  'POST /Users that adopts': {
    given: async () => {
      const { email } = await madeByHand();
      return ask('POST', '/Users', whole({ userName: email }), () => adopting);
    },
    answers: 201,
    changes: ['members: provider_id', 'members: link_id', 'members: external_id'],
  },
  'PUT /Users': {
    given: async () => ask('PUT', `/Users/${await user()}`, whole({ title: 'Lead' })),
    answers: 200,
    changes: ['members: user_name', 'members: email', 'members: given_name', 'members: profile'],
  },
  'PUT /Users that says what is there': {
    given: async () => {
      const facts = whole();
      const { body } = await entra.scim('POST', '/Users', facts);
      return ask('PUT', `/Users/${body.id}`, facts);
    },
    answers: 200,
    changes: [],
  },
  'PATCH /Users, another name': {
    given: async () =>
      patch(`/Users/${await user()}`, { op: 'replace', value: { userName: name() } }),
    answers: 200,
    changes: ['members: user_name'],
  },
  'PATCH /Users, switched off': {
    given: async () => {
      const id = await user();
      await does('teamCreate', { name: `Team ${randomUUID()}`, memberIds: [id] });
      return patch(`/Users/${id}`, { op: 'replace', path: 'active', value: 'False' });
    },
    answers: 200,
    changes: ['members: state', 'members: state_before'],
  },
  'PATCH /Users, switched on': {
    given: async () =>
      patch(`/Users/${await user({ active: false })}`, {
        op: 'replace',
        path: 'active',
        value: true,
      }),
    answers: 200,
    changes: ['members: state'],
  },
  'PATCH /Users, a pushed role that is mapped': {
    given: async () =>
      patch(`/Users/${await user()}`, { op: 'add', path: 'roles', value: [{ value: 'Boss' }] }),
    answers: 200,
    changes: ['members: pushed_roles', 'members: role_id', 'members: profile'],
  },
  'PATCH /Users, the pushed role taken away': {
    given: async () =>
      patch(`/Users/${await user({ roles: [{ value: 'boss' }] })}`, {
        op: 'remove',
        path: 'roles',
      }),
    answers: 200,
    changes: ['members: pushed_roles', 'members: role_id', 'members: profile'],
  },
  'DELETE /Users': {
    given: async () => {
      const id = await inMapped();
      await does('teamCreate', { name: `Team ${randomUUID()}`, memberIds: [id] });
      await group([id]);
      return ask('DELETE', `/Users/${id}`);
    },
    answers: 204,
    changes: [
      'members: state',
      'members: deleted_at',
      'members: teams_before',
      ...Array<string>(3).fill('memberships: member_id'),
    ],
  },
};
