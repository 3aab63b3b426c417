import type { Story } from './story.ts';
import { address, type World } from './world.ts';

const ann = (world: World) => world.user('ann');
const annInSales = async (world: World) => {
  await world.user('ann');
  await world.group('Sales', ['ann']);
};
const editing = (name: string, edit: Record<string, unknown>) => (world: World) =>
  world.does('memberUpdate', { id: world.id(name), ...edit });
const replacing = (name: string, path: string, value: unknown) => (world: World) =>
  world.patches(name, { op: 'replace', path, value });

/** Rules 1 to 5: what is managed, and what lives beside it. */
export const managed: Story[] = [
  {
    rule: 1,
    title: 'the user name of a managed member is changed at the provider only',
    given: ann,
    SCIM: replacing('ann', 'userName', 'anna@story.example'),
    GraphQL: editing('ann', { userName: 'anna@story.example' }),
    answers: { SCIM: '200', GraphQL: 'PROVISIONED_READ_ONLY(userName)' },
    shows: {
      SCIM: ['ann called anna@story.example ACTIVE SCIM managed Member [] | active []'],
      GraphQL: ['ann ACTIVE SCIM managed Member [] | active []'],
    },
    log: { SCIM: ['member.updated ann'], GraphQL: ['FAILURE member.updated ann'] },
  },
  {
    rule: 1,
    title: 'names and address of a managed member likewise, and every refused field is named',
    given: ann,
    SCIM: world =>
      world.patches(
        'ann',
        { op: 'Replace', path: 'name.givenName', value: 'Anna' },
        { op: 'Replace', path: 'name.familyName', value: 'B' },
        { op: 'Replace', path: 'emails[type eq "work"].value', value: 'b@story.example' },
      ),
    GraphQL: editing('ann', { givenName: 'Anna', familyName: 'B', email: 'b@story.example' }),
    answers: { SCIM: '200', GraphQL: 'PROVISIONED_READ_ONLY(email,givenName,familyName)' },
    shows: ['ann ACTIVE SCIM managed Member [] | active []'],
    log: { SCIM: ['member.updated ann'], GraphQL: ['FAILURE member.updated ann'] },
  },
  {
    rule: 1,
    title: 'a managed member is disabled at the provider only',
    given: annInSales,
    SCIM: replacing('ann', 'active', false),
    GraphQL: world => world.does('memberDisable', { id: world.id('ann') }),
    answers: { SCIM: '200', GraphQL: 'PROVISIONED_READ_ONLY(active)' },
    shows: {
      SCIM: ['ann DISABLED SCIM managed Member [Sales] | inactive [Sales]'],
      GraphQL: ['ann ACTIVE SCIM managed Member [Sales] | active [Sales]'],
    },
    log: { SCIM: ['member.disabled ann'], GraphQL: ['FAILURE member.disabled ann'] },
  },
  {
    rule: 1,
    title: 'a managed member is enabled at the provider only',
    given: async world => {
      await annInSales(world);
      await replacing('ann', 'active', 'False')(world);
    },
    SCIM: replacing('ann', 'active', 'True'),
    GraphQL: world => world.does('memberEnable', { id: world.id('ann') }),
    answers: { SCIM: '200', GraphQL: 'PROVISIONED_READ_ONLY(active)' },
    shows: {
      SCIM: ['ann ACTIVE SCIM managed Member [Sales] | active [Sales]'],
      GraphQL: ['ann DISABLED SCIM managed Member [Sales] | inactive [Sales]'],
    },
    log: { SCIM: ['member.enabled ann'], GraphQL: ['FAILURE member.enabled ann'] },
  },
  {
    rule: 1,
    title: 'a managed member is deleted at the provider only',
    given: annInSales,
    SCIM: world => world.deletes('ann'),
    GraphQL: world => world.does('memberDelete', { id: world.id('ann') }),
    answers: { SCIM: '204', GraphQL: 'PROVISIONED_READ_ONLY(existence)' },
    shows: {
      SCIM: ['ann DELETED SCIM managed Member [] | 404', 'Sales SCIM managed [] | []'],
      GraphQL: [
        'ann ACTIVE SCIM managed Member [Sales] | active [Sales]',
        'Sales SCIM managed [ann] | [ann]',
      ],
    },
    log: {
      SCIM: ['member.deleted ann', 'membership.removed ann'],
      GraphQL: ['FAILURE member.deleted ann'],
    },
  },
  {
    rule: 1,
    title: 'a managed team is renamed at the provider only',
    given: annInSales,
    SCIM: replacing('Sales', 'displayName', 'Sales EU'),
    GraphQL: world => world.does('teamUpdate', { id: world.id('Sales'), name: 'Sales EU' }),
    answers: { SCIM: '200', GraphQL: 'PROVISIONED_READ_ONLY(name)' },
    shows: {
      SCIM: ['Sales called Sales EU SCIM managed [ann] | [ann]'],
      GraphQL: ['Sales SCIM managed [ann] | [ann]'],
    },
    log: { SCIM: ['team.updated Sales EU'], GraphQL: ['FAILURE team.updated Sales'] },
  },
  {
    rule: 1,
    title: 'a managed team is deleted at the provider only',
    given: annInSales,
    SCIM: world => world.deletes('Sales'),
    GraphQL: world => world.does('teamDelete', { id: world.id('Sales') }),
    answers: { SCIM: '204', GraphQL: 'PROVISIONED_READ_ONLY(existence)' },
    shows: {
      SCIM: ['Sales nothing | 404', 'ann ACTIVE SCIM managed Member [] | active []'],
      GraphQL: ['Sales SCIM managed [ann] | [ann]'],
    },
    log: {
      SCIM: ['team.deleted Sales', 'membership.removed ann'],
      GraphQL: ['FAILURE team.deleted Sales'],
    },
  },
  {
    rule: 1,
    title: 'who is in a managed team is for the provider to say: joining',
    given: async world => {
      await world.user('ann');
      await world.group('Sales');
    },
    SCIM: world => world.joins('Sales', 'ann'),
    GraphQL: world =>
      world.does('teamAddMembers', { id: world.id('Sales'), memberIds: [world.id('ann')] }),
    answers: { SCIM: '200', GraphQL: 'PROVISIONED_READ_ONLY(members)' },
    shows: { SCIM: ['Sales SCIM managed [ann] | [ann]'], GraphQL: ['Sales SCIM managed [] | []'] },
    log: { SCIM: ['membership.added ann'], GraphQL: ['FAILURE membership.added Sales'] },
  },
  {
    rule: 1,
    title: 'who is in a managed team is for the provider to say: leaving',
    given: annInSales,
    SCIM: world => world.leaves('Sales', 'ann'),
    GraphQL: world =>
      world.does('teamRemoveMembers', { id: world.id('Sales'), memberIds: [world.id('ann')] }),
    answers: { SCIM: '200', GraphQL: 'PROVISIONED_READ_ONLY(members)' },
    shows: { SCIM: ['Sales SCIM managed [] | []'], GraphQL: ['Sales SCIM managed [ann] | [ann]'] },
    log: { SCIM: ['membership.removed ann'], GraphQL: ['FAILURE membership.removed Sales'] },
  },
  {
    rule: 1,
    title: 'PAUSED is managed still: reads are answered, writes are put off',
    given: async world => {
      await annInSales(world);
      await world.switches('PAUSED');
    },
    SCIM: replacing('ann', 'displayName', 'Anna'),
    GraphQL: editing('ann', { givenName: 'Anna' }),
    answers: { SCIM: '503', GraphQL: 'PROVISIONED_READ_ONLY(givenName)' },
    shows: [
      'ann ACTIVE SCIM managed Member [Sales] | active [Sales]',
      'Sales SCIM managed [ann] | [ann]',
    ],
    log: { SCIM: [], GraphQL: ['FAILURE member.updated ann'] },
  },
  {
    rule: 1,
    title: 'role, lock and manual teams of a managed member stay ours',
    given: async world => {
      await ann(world);
      await world.team('Chess');
    },
    GraphQL: async world =>
      [
        await world.does('memberLockRole', { id: world.id('ann'), roleId: world.role('Auditor') }),
        await world.does('teamAddMembers', { id: world.id('Chess'), memberIds: [world.id('ann')] }),
        await world.does('memberUnlockRole', { id: world.id('ann') }),
      ].join(),
    answers: 'done,done,done',
    shows: ['ann ACTIVE SCIM managed Member [Chess] | active []'],
    log: [
      'member.roleLocked ann',
      'membership.added ann',
      'member.roleUnlocked ann',
      'member.roleChanged ann',
    ],
  },
  {
    rule: 2,
    title:
      'people are invited and teams made by hand while provisioning is on, and the provider does not see them',
    given: annInSales,
    GraphQL: async world => {
      await world.person('bob');
      await world.team('Chess', ['bob']);
      return 'done';
    },
    answers: 'done',
    shows: ['bob INVITED MANUAL Member [Chess] | 404', 'Chess MANUAL [bob] | 404'],
    log: ['member.invited bob', 'team.created Chess', 'membership.added bob'],
  },
  {
    rule: 3,
    title: 'a manual member does not get into a managed team',
    given: async world => {
      await world.person('bob');
      await annInSales(world);
    },
    SCIM: world => world.joins('Sales', 'bob'),
    GraphQL: world =>
      world.does('teamAddMembers', { id: world.id('Sales'), memberIds: [world.id('bob')] }),
    answers: { SCIM: '400 invalidValue', GraphQL: 'MANUAL_MEMBER_IN_PROVISIONED_TEAM' },
    shows: ['bob INVITED MANUAL Member [] | 404', 'Sales SCIM managed [ann] | [ann]'],
    log: ['FAILURE membership.added Sales'],
  },
  {
    rule: 3,
    title: 'one manual member among others keeps all of them out',
    given: async world => {
      await world.person('bob');
      await annInSales(world);
      await world.user('cat');
    },
    SCIM: world => world.joins('Sales', 'cat', 'bob'),
    GraphQL: world =>
      world.does('teamAddMembers', {
        id: world.id('Sales'),
        memberIds: [world.id('cat'), world.id('bob')],
      }),
    answers: { SCIM: '400 invalidValue', GraphQL: 'MANUAL_MEMBER_IN_PROVISIONED_TEAM' },
    shows: ['Sales SCIM managed [ann] | [ann]'],
    log: ['FAILURE membership.added Sales'],
  },
  {
    rule: 3,
    title: 'nor by an invitation',
    given: annInSales,
    GraphQL: world =>
      world.does('memberInvite', { email: 'bob@story.example', teamIds: [world.id('Sales')] }),
    answers: 'MANUAL_MEMBER_IN_PROVISIONED_TEAM',
    shows: ['Sales SCIM managed [ann] | [ann]'],
    log: ['FAILURE membership.added Sales'],
  },
  {
    rule: 4,
    title: 'a provisioned member joins a manual team; a group sync never takes it out',
    given: async world => {
      await annInSales(world);
      await world.team('Chess', ['ann']);
    },
    SCIM: async world =>
      [
        await world.leaves('Sales', 'ann'),
        await world.patches('Sales', { op: 'replace', path: 'members', value: [] }),
        await replacing('ann', 'title', 'x')(world),
      ].join(),
    answers: '200,200,200',
    shows: ['ann ACTIVE SCIM managed Member [Chess] | active []', 'Chess MANUAL [ann] | 404'],
    log: ['membership.removed ann', 'member.updated ann'],
  },
  {
    rule: 4,
    title: 'disabling keeps a membership made by hand, deleting ends it',
    given: async world => {
      await annInSales(world);
      await world.team('Chess', ['ann']);
      await world.user('cat');
      await world.does('teamAddMembers', { id: world.id('Chess'), memberIds: [world.id('cat')] });
    },
    SCIM: async world =>
      [await replacing('ann', 'active', false)(world), await world.deletes('cat')].join(),
    answers: '200,204',
    shows: [
      'ann DISABLED SCIM managed Member [Chess, Sales] | inactive [Sales]',
      'Chess MANUAL [ann] | 404',
    ],
    log: ['member.disabled ann', 'member.deleted cat', 'membership.removed cat'],
  },
  {
    rule: 5,
    title: 'OFF makes everything editable at once, and the credential is dead',
    given: async world => {
      await annInSales(world);
      await world.switches('OFF');
    },
    SCIM: world => world.says('GET', world.at('ann')),
    GraphQL: editing('ann', { givenName: 'Anna' }),
    answers: { SCIM: '401', GraphQL: 'done' },
    shows: ['ann ACTIVE SCIM Member [Sales] | 401', 'Sales SCIM [ann] | 401'],
    log: { SCIM: [], GraphQL: ['member.updated ann'] },
  },
  {
    rule: 5,
    title: 'a team of a provider that is OFF is ours: renamed, filled, emptied',
    given: async world => {
      await annInSales(world);
      await world.person('bob');
      await world.switches('OFF');
    },
    GraphQL: async world =>
      [
        await world.does('teamAddMembers', { id: world.id('Sales'), memberIds: [world.id('bob')] }),
        await world.does('teamRemoveMembers', {
          id: world.id('Sales'),
          memberIds: [world.id('ann')],
        }),
        await world.does('memberDisable', { id: world.id('ann') }),
      ].join(),
    answers: 'done,done,done',
    shows: ['Sales SCIM [bob] | 401', 'ann DISABLED SCIM Member [] | 401'],
    log: ['membership.added bob', 'membership.removed ann', 'member.disabled ann'],
  },
];

const offWith = (edit: (world: World) => Promise<unknown>) => async (world: World) => {
  await annInSales(world);
  await world.switches('OFF');
  await edit(world);
  await world.switches('ON', { evictManualMembers: true });
};

/** Rules 6 to 9: off and on again, and who sees what. */
export const offAndOn: Story[] = [
  {
    rule: 6,
    title:
      'a member whose user name was edited meanwhile is detached, and its provider makes a new one',
    given: offWith(editing('ann', { userName: 'anna@story.example' })),
    SCIM: async world => {
      const old = world.id('ann');
      const seen = [
        await world.says('GET', world.at('ann')),
        String(
          (await world.entra.scim('GET', '/Users?filter=externalId+eq+%22x-ann%22')).body
            .totalResults,
        ),
        String(
          (await world.entra.scim('GET', '/Users?filter=userName+eq+%22anna%40story.example%22'))
            .body.totalResults,
        ),
      ];
      const posted = await world.posts('ann');
      world.ids.set('old', old);
      return [...seen, posted, world.id('ann') === old ? 'the same' : 'another'].join();
    },
    answers: '404,0,0,201,another',
    shows: [
      'ann ACTIVE SCIM managed Member [] | active []',
      'old called anna@story.example ACTIVE SCIM detached Member [] | 404',
    ],
    log: ['member.created ann'],
  },
  {
    rule: 6,
    title: 'so is one whose address was edited and is the user name',
    given: offWith(editing('ann', { email: 'anna@story.example' })),
    SCIM: async world =>
      `${await world.says('GET', world.at('ann'))},${await world.patches('ann', { op: 'replace', path: 'active', value: false })},${await world.deletes('ann')}`,
    answers: '404,404,404',
    shows: ['ann called anna@story.example ACTIVE SCIM detached Member [] | 404'],
    log: [],
  },
  {
    rule: 6,
    title:
      'a team that was renamed meanwhile is detached, and its name and external id are free for a new one',
    given: offWith(world => world.does('teamUpdate', { id: world.id('Sales'), name: 'Our sales' })),
    SCIM: async world => {
      const old = world.id('Sales');
      const seen = await world.says('GET', world.at('Sales'));
      const posted = await world.postsGroup('Sales', ['ann']);
      world.ids.set('Old', old);
      return `${seen},${posted},${world.id('Sales') === old ? 'the same' : 'another'}`;
    },
    answers: '404,201,another',
    shows: ['Sales SCIM managed [ann] | [ann]', 'Old called Our sales SCIM detached [ann] | 404'],
    log: ['team.created Sales', 'membership.added ann'],
  },
  {
    rule: 6,
    title: 'a detached one never blocks a POST, even when it was renamed back',
    given: async world => {
      await annInSales(world);
      await world.switches('OFF');
      await editing('ann', { userName: 'anna@story.example' })(world);
      await editing('ann', { userName: address('ann') })(world);
      await world.switches('ON', { evictManualMembers: true });
      world.ids.set('old', world.id('ann'));
    },
    SCIM: async world =>
      `${await world.posts('ann')},${world.id('ann') === world.id('old') ? 'the same' : 'another'}`,
    answers: '201,another',
    shows: ['ann ACTIVE SCIM managed Member [] | active []'],
    log: ['member.created ann'],
  },
  {
    rule: 7,
    title: 'who was not edited is managed again with the same id',
    given: async world => {
      await annInSales(world);
      await world.switches('OFF');
      await world.switches('ON');
    },
    SCIM: async world =>
      `${(await world.entra.scim('GET', '/Users?filter=userName+eq+%22ann%40story.example%22')).body.Resources[0]?.id === world.id('ann') ? 'found' : 'lost'},${await world.posts('ann')}`,
    GraphQL: editing('ann', { userName: 'x@story.example' }),
    answers: { SCIM: 'found,409 uniqueness', GraphQL: 'PROVISIONED_READ_ONLY(userName)' },
    shows: [
      'ann ACTIVE SCIM managed Member [Sales] | active [Sales]',
      'Sales SCIM managed [ann] | [ann]',
    ],
    log: { SCIM: [], GraphQL: ['FAILURE member.updated ann'] },
  },
  {
    rule: 7,
    title: 'an edit of what is no identity key keeps the link',
    given: offWith(editing('ann', { givenName: 'Anna' })),
    SCIM: world => world.says('GET', world.at('ann')),
    answers: '200',
    shows: ['ann ACTIVE SCIM managed Member [Sales] | active [Sales]'],
    log: [],
  },
  {
    rule: 8,
    title: 'ON with manual members inside is refused with the list of them',
    given: async world => {
      await annInSales(world);
      await world.person('bob');
      await world.switches('OFF');
      await world.does('teamAddMembers', { id: world.id('Sales'), memberIds: [world.id('bob')] });
    },
    GraphQL: world => world.switches('ON'),
    answers: 'MANUAL_MEMBER_IN_PROVISIONED_TEAM',
    shows: ['Sales SCIM [ann, bob] | 401', 'bob INVITED MANUAL Member [Sales] | 401'],
    log: [],
  },
  {
    rule: 8,
    title: 'unless they are to leave: one entry each',
    given: async world => {
      await annInSales(world);
      await world.person('bob');
      await world.person('cy');
      await world.switches('OFF');
      await world.does('teamAddMembers', {
        id: world.id('Sales'),
        memberIds: [world.id('bob'), world.id('cy')],
      });
    },
    GraphQL: world => world.switches('ON', { evictManualMembers: true }),
    answers: 'done',
    shows: [
      'Sales SCIM managed [ann] | [ann]',
      'bob INVITED MANUAL Member [] | 404',
      'ann ACTIVE SCIM managed Member [Sales] | active [Sales]',
    ],
    log: ['identityProvider.switchedOn Entra', 'membership.removed bob', 'membership.removed cy'],
  },
  {
    rule: 8,
    title: 'a detached member inside a managed team counts as manual',
    given: async world => {
      await annInSales(world);
      await world.switches('OFF');
      await editing('ann', { userName: 'anna@story.example' })(world);
    },
    GraphQL: async world =>
      `${await world.switches('ON')},${await world.switches('ON', { evictManualMembers: true })}`,
    answers: 'MANUAL_MEMBER_IN_PROVISIONED_TEAM,done',
    shows: ['Sales SCIM managed [] | []'],
    log: ['identityProvider.switchedOn Entra', 'membership.removed ann'],
  },
  {
    rule: 8,
    title: 'PAUSED from OFF is managed again, so it is refused likewise',
    given: async world => {
      await annInSales(world);
      await world.person('bob');
      await world.switches('OFF');
      await world.does('teamAddMembers', { id: world.id('Sales'), memberIds: [world.id('bob')] });
    },
    GraphQL: async world =>
      `${await world.switches('PAUSED')},${await world.switches('PAUSED', { evictManualMembers: true })}`,
    answers: 'MANUAL_MEMBER_IN_PROVISIONED_TEAM,done',
    shows: ['Sales SCIM managed [ann] | [ann]'],
    log: ['identityProvider.paused Entra', 'membership.removed bob'],
  },
  {
    rule: 9,
    title: 'a provider sees and touches only what is linked to it',
    given: async world => {
      await annInSales(world);
      await world.person('bob');
      await world.team('Chess', ['bob', 'ann']);
      world.entra = await world.house.provider({ name: 'Okta', kind: 'OKTA' }, world.owner);
    },
    SCIM: async world =>
      [
        await world.says('GET', world.at('ann')),
        await world.says('GET', world.at('bob')),
        await world.says('GET', world.at('Sales')),
        await world.says('GET', world.at('Chess')),
        await world.deletes('ann'),
        await world.deletes('bob'),
        await world.deletes('Chess'),
        await world.patches('bob', { op: 'replace', path: 'active', value: false }),
        await world.joins('Sales', 'ann'),
        await world.says('PUT', world.at('ann'), { userName: 'ann@story.example' }),
        (await world.entra.scim('GET', '/Users')).body.totalResults,
        (await world.entra.scim('GET', '/Groups')).body.totalResults,
      ].join(),
    answers: '404,404,404,404,404,404,404,404,404,404,0,0',
    shows: [
      'bob INVITED MANUAL Member [Chess] | 404',
      'ann ACTIVE SCIM managed Member [Chess, Sales] | 404',
    ],
    log: [],
  },
];
