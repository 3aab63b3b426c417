import type { Story } from './story.ts';
import { address, type World } from './world.ts';

const casesOf = async (world: World) =>
  (
    await world.owner.ask(
      'query ($id: ID!) { identityProvider(id: $id) { conflicts(first: 10) { nodes { id kind attempts } } } }',
      { id: world.entra.id },
    )
  )['identityProvider'].conflicts.nodes as { id: string; kind: string; attempts: number }[];
const cases = async (world: World) =>
  (await casesOf(world)).map(({ kind, attempts }) => `${kind} ${attempts}`).join();
const resolve = async (world: World, choice: string) =>
  world.does('conflictResolve', { ids: (await casesOf(world)).map(({ id }) => id), choice });
const bobClashes = async (world: World) => {
  await world.person('bob');
  await world.posts('bob');
};

/** Rules 10 and 11: what was made by hand, and the last owner. */
export const oursFirst: Story[] = [
  {
    rule: 10,
    title:
      'a POST that collides with a manual member is refused and opens one case, to which retries attach',
    given: world => world.person('bob'),
    SCIM: async world =>
      `${await world.posts('bob')},${await world.posts('bob', { userName: 'BOB@Story.Example' })},${await world.posts('bob')},${await cases(world)}`,
    answers: '409 uniqueness,409 uniqueness,409 uniqueness,member 3',
    shows: ['bob INVITED MANUAL Member [] | 404'],
    log: [
      'conflict.opened bob',
      'FAILURE member.created bob',
      'FAILURE member.created bob',
      'FAILURE member.created bob',
    ],
  },
  {
    rule: 10,
    title: 'so does one with a manual team',
    given: world => world.team('Chess'),
    SCIM: async world =>
      `${await world.postsGroup('Chess')},${await world.postsGroup('Chess')},${await cases(world)}`,
    answers: '409 uniqueness,409 uniqueness,team 2',
    shows: ['Chess MANUAL [] | 404'],
    log: ['conflict.opened Chess', 'FAILURE team.created Chess', 'FAILURE team.created Chess'],
  },
  {
    rule: 10,
    title: 'LINK_KEEP: the next look-up finds the member; its data and origin stay',
    given: bobClashes,
    GraphQL: async world =>
      `${await resolve(world, 'LINK_KEEP')},${(await world.entra.scim('GET', '/Users?filter=userName+eq+%22bob%40story.example%22')).body.Resources.map((each: { id: string }) => (each.id === world.id('bob') ? 'found' : 'another')).join()},${await cases(world)}`,
    answers: 'done,found,',
    shows: ['bob ACTIVE MANUAL managed Member [] | active []'],
    log: ['member.linked bob', 'conflict.resolved bob'],
  },
  {
    rule: 10,
    title: 'LINK_OVERWRITE: what the provider sent is there at once',
    given: async world => {
      await world.person('bob');
      await world.posts('bob', {
        name: { givenName: 'Robert', familyName: 'B' },
        displayName: 'Robert B',
      });
    },
    GraphQL: async world => {
      const done = await resolve(world, 'LINK_OVERWRITE');
      const { body } = await world.entra.scim('GET', world.at('bob'));
      return [done, body.name?.givenName, body.displayName, body.externalId].join();
    },
    answers: 'done,Robert,Robert B,x-bob',
    log: ['member.linked Robert B', 'conflict.resolved bob'],
  },
  {
    rule: 10,
    title:
      'CREATE_NEW: ours makes room, and what the provider asked for is there for its next look-up',
    given: bobClashes,
    GraphQL: async world => {
      const ours = world.id('bob');
      const done = await resolve(world, 'CREATE_NEW');
      const { Resources } = (
        await world.entra.scim('GET', '/Users?filter=userName+eq+%22bob%40story.example%22')
      ).body;
      world.ids.set('ours', ours).set('bob', Resources[0].id);
      return [
        done,
        Resources.length,
        Resources[0].id === ours ? 'the same' : 'another',
        (
          await world.owner.ask('query ($id: ID!) { member(id: $id) { email userName } }', {
            id: ours,
          })
        )['member'].userName === address('bob')
          ? 'in the way'
          : 'out of the way',
        await world.says('GET', `/Users/${ours}`),
      ].join();
    },
    answers: 'done,1,another,out of the way,404',
    shows: ['bob ACTIVE SCIM managed Member [] | active []'],
    log: ['member.updated bob', 'member.created bob', 'conflict.resolved bob'],
  },
  {
    rule: 10,
    title: 'REJECT: refused from now on, without another case',
    given: bobClashes,
    GraphQL: async world =>
      `${await resolve(world, 'REJECT')},${await world.posts('bob')},${await cases(world)}`,
    answers: 'done,409 uniqueness,',
    shows: ['bob INVITED MANUAL Member [] | 404'],
    log: ['conflict.resolved bob', 'FAILURE member.created bob'],
  },
  {
    rule: 10,
    title: 'ADOPT links an exact match on the spot',
    provider: { adoption: 'ADOPT' },
    given: world => world.person('bob'),
    SCIM: async world => {
      const ours = world.id('bob');
      const posted = await world.posts('bob', { userName: 'Bob@Story.example' });
      return `${posted},${ours === world.id('bob') ? 'the same' : 'another'},${await cases(world)}`;
    },
    answers: '201,the same,',
    log: ['member.linked bob'],
  },
  {
    rule: 10,
    title: 'but never a member whose role can administer the tenant',
    provider: { adoption: 'ADOPT' },
    given: async world => {
      await world.person('bob');
      await world.does('memberSetRole', { id: world.id('bob'), roleId: world.role('Admin') });
    },
    SCIM: async world =>
      `${await world.posts('bob')},${await world.posts('olga')},${await cases(world)}`,
    answers: '409 uniqueness,409 uniqueness,member 1,member 1',
    shows: ['bob INVITED MANUAL Admin [] | 404'],
    log: [
      'conflict.opened bob',
      'FAILURE member.created bob',
      'conflict.opened olga',
      'FAILURE member.created olga',
    ],
  },
  {
    rule: 11,
    title: 'the last active owner is not disabled, deleted or demoted',
    given: async world => {
      await world.does('memberSetLink', {
        memberId: world.id('olga'),
        identityProviderId: world.entra.id,
        externalId: 'x-olga',
      });
    },
    SCIM: async world =>
      [
        await world.patches('olga', { op: 'replace', path: 'active', value: 'False' }),
        await world.deletes('olga'),
        await world.says('PUT', world.at('olga'), { userName: address('olga'), active: false }),
      ].join(),
    answers: '403,403,403',
    shows: ['olga ACTIVE MANUAL managed Owner [] | active []'],
    log: [
      'FAILURE member.disabled Olga Owner',
      'FAILURE member.deleted Olga Owner',
      'FAILURE member.disabled Olga Owner',
    ],
  },
  {
    rule: 11,
    title: 'nor by hand',
    GraphQL: async world =>
      [
        await world.does('memberDisable', { id: world.id('olga') }),
        await world.does('memberDelete', { id: world.id('olga') }),
        await world.does('memberSetRole', { id: world.id('olga'), roleId: world.role('Admin') }),
        await world.does('memberLockRole', { id: world.id('olga'), roleId: world.role('Admin') }),
      ].join(),
    answers: 'LAST_OWNER,LAST_OWNER,LAST_OWNER,LAST_OWNER',
    shows: ['olga ACTIVE MANUAL Owner [] | 404'],
    log: [
      'FAILURE member.disabled Olga Owner',
      'FAILURE member.deleted Olga Owner',
      'FAILURE member.roleChanged Olga Owner',
      'FAILURE member.roleLocked Olga Owner',
    ],
  },
  {
    rule: 11,
    title: 'SCIM does not grant the owner role in any spelling',
    given: world => world.user('ann'),
    SCIM: async world =>
      [
        await world.patches('ann', { op: 'add', path: 'roles', value: [{ value: 'Owner' }] }),
        await world.patches('ann', {
          op: 'Replace',
          path: 'roles[primary eq "True"].value',
          value: 'owner',
        }),
        await world.posts('cat', {
          roles: [{ value: world.role('Owner') }, { value: 'OWNER', primary: true }],
        }),
      ].join(),
    answers: '200,200,201',
    shows: [
      'ann ACTIVE SCIM managed Member [] | active []',
      'cat ACTIVE SCIM managed Member [] | active []',
    ],
    log: ['member.updated ann', 'member.updated ann', 'member.created cat'],
  },
  {
    rule: 11,
    title: 'unless a mapping that a person made says so',
    given: async world => {
      await world.user('ann');
      await world.group('Bosses');
      await world.map(['Bosses', 'Owner']);
    },
    SCIM: world => world.joins('Bosses', 'ann'),
    answers: '200',
    shows: ['ann ACTIVE SCIM managed Owner [Bosses] | active [Bosses]'],
    log: ['membership.added ann', 'member.roleChanged ann'],
  },
];

const lockedAnn = async (world: World) => {
  await world.user('ann');
  await world.group('Sales');
  await world.makeRole('Seller', 20);
  await world.map(['Sales', 'Seller']);
  await world.does('memberLockRole', { id: world.id('ann'), roleId: world.role('Auditor') });
};

/** Rules 14, 16 and 17: locks, pushed roles, and coming and going. */
export const rolesAndLife: Story[] = [
  {
    rule: 14,
    title: 'a lock holds through moves between groups',
    given: lockedAnn,
    SCIM: async world =>
      `${await world.joins('Sales', 'ann')},${await world.leaves('Sales', 'ann')},${await world.joins('Sales', 'ann')}`,
    answers: '200,200,200',
    shows: ['ann ACTIVE SCIM managed Auditor! [Sales] | active [Sales]'],
    log: ['membership.added ann', 'membership.removed ann', 'membership.added ann'],
  },
  {
    rule: 14,
    title: 'through changed mappings and another default',
    given: async world => {
      await lockedAnn(world);
      await world.joins('Sales', 'ann');
    },
    GraphQL: async world => {
      await world.map(['Sales', 'Member']);
      return world.does('tenantSetDefaultRole', { roleId: world.role('Seller') });
    },
    answers: 'done',
    shows: ['ann ACTIVE SCIM managed Auditor! [Sales] | active [Sales]'],
    log: ['roleMapping.updated Sales', 'tenant.defaultRoleSet Story'],
  },
  {
    rule: 14,
    title: 'through disabling and restoring',
    given: lockedAnn,
    SCIM: async world =>
      `${await world.patches('ann', { op: 'Replace', path: 'active', value: 'False' })},${await world.patches('ann', { op: 'Replace', path: 'active', value: 'True' })}`,
    answers: '200,200',
    shows: ['ann ACTIVE SCIM managed Auditor! [] | active []'],
    log: ['member.disabled ann', 'member.enabled ann'],
  },
  {
    rule: 14,
    title: 'SCIM does not open it, in any spelling',
    given: async world => {
      await lockedAnn(world);
      await world.map(['Sales', 'Seller'], ['Boss', 'Seller']);
    },
    SCIM: async world =>
      [
        await world.patches('ann', { op: 'replace', path: 'roles', value: [{ value: 'Boss' }] }),
        await world.patches('ann', {
          op: 'Add',
          path: 'roles[primary eq "True"].value',
          value: 'Boss',
        }),
        await world.patches('ann', {
          op: 'replace',
          value: { roles: [{ value: 'Boss' }], role: 'Boss', roleLock: null, locked: false },
        }),
        await world.patches('ann', { op: 'remove', path: 'roles' }),
        await world.says('PUT', world.at('ann'), {
          userName: address('ann'),
          displayName: 'ann',
          roles: [{ value: 'Boss' }],
          roleLocked: 'False',
        }),
      ].join(),
    answers: '200,200,200,200,200',
    shows: ['ann ACTIVE SCIM managed Auditor! [] | active []'],
    log: Array.from({ length: 5 }, () => 'member.updated ann'),
  },
  {
    rule: 14,
    title: 'unlocking hands back to the rules at once',
    given: async world => {
      await lockedAnn(world);
      await world.joins('Sales', 'ann');
    },
    GraphQL: world => world.does('memberUnlockRole', { id: world.id('ann') }),
    answers: 'done',
    shows: ['ann ACTIVE SCIM managed Seller [Sales] | active [Sales]'],
    log: ['member.roleUnlocked ann', 'member.roleChanged ann'],
  },
  {
    rule: 14,
    title: 'only people with the right lock and unlock',
    given: async world => {
      await lockedAnn(world);
      await world.signIn('olga', ['DIRECTORY_READ', 'DIRECTORY_WRITE']);
    },
    GraphQL: async world => {
      const person = world.signedIn('olga');
      return `${await world.does('memberUnlockRole', { id: world.id('ann') }, person)},${await world.does('memberLockRole', { id: world.id('ann') }, person)}`;
    },
    answers: 'FORBIDDEN,FORBIDDEN',
    shows: ['ann ACTIVE SCIM managed Auditor! [] | active []'],
    log: [],
  },
  {
    rule: 15,
    title: 'a role that the rules decide is not set by hand, unless it is locked in the same call',
    given: async world => {
      await lockedAnn(world);
      await world.does('memberUnlockRole', { id: world.id('ann') });
    },
    GraphQL: async world =>
      `${await world.does('memberSetRole', { id: world.id('ann'), roleId: world.role('Admin') })},${await world.does('memberSetRole', { id: world.id('ann'), roleId: world.role('Admin'), lock: true })}`,
    answers: 'ROLE_RULED,done',
    shows: ['ann ACTIVE SCIM managed Admin! [] | active []'],
    log: ['member.roleLocked ann'],
  },
  {
    rule: 16,
    title: 'pushed roles come back as pushed, whatever role is in force',
    given: async world => {
      await lockedAnn(world);
      await world.map(['Boss', 'Seller']);
    },
    SCIM: async world => {
      const pushed = [
        {
          value: 'Boss',
          display: 'The boss',
          type: 'WindowsAzureActiveDirectoryRole',
          primary: true,
        },
        { value: 'unheard of' },
      ];
      const answer = await world.entra.scim('PATCH', world.at('ann'), {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'roles', value: pushed }],
      });
      const read = await world.entra.scim('GET', world.at('ann'));
      return [
        answer.status,
        JSON.stringify(answer.body.roles) === JSON.stringify(read.body.roles),
        JSON.stringify(read.body.roles) === JSON.stringify(pushed),
      ].join();
    },
    answers: '200,true,true',
    shows: ['ann ACTIVE SCIM managed Auditor! [] | active []'],
    log: ['member.updated ann'],
  },
  {
    rule: 16,
    title: 'a pushed role that a person mapped counts, in any case, and no longer when it is gone',
    given: async world => {
      await world.user('ann');
      await world.makeRole('Seller', 20);
      await world.map(['Boss', 'Seller']);
    },
    SCIM: async world => {
      const pushed = await world.patches('ann', {
        op: 'Add',
        path: 'roles',
        value: [{ value: 'Boss' }],
      });
      const held = await world.shows('ann');
      return `${pushed},${held.includes('Seller')},${await world.patches('ann', { op: 'remove', path: 'roles' })}`;
    },
    answers: '200,true,200',
    shows: ['ann ACTIVE SCIM managed Member [] | active []'],
    log: [
      'member.updated ann',
      'member.roleChanged ann',
      'member.updated ann',
      'member.roleChanged ann',
    ],
  },
  ...['False', 'false', false].map((value): Story => ({
    rule: 17,
    title: `active ${JSON.stringify(value)} refuses every credential from the next request on`,
    given: async world => {
      await world.user('ann');
      await world.signIn('ann');
    },
    SCIM: async world => {
      const token = world.signedIn('ann');
      const before = (await token.graphql('{ viewer { permissions } }')).status;
      const said = await world.patches('ann', { op: 'Replace', path: 'active', value });
      const during = (await token.graphql('{ viewer { permissions } }')).status;
      await world.patches('ann', { op: 'Replace', path: 'active', value: 'True' });
      return [
        before,
        said,
        during,
        (await token.graphql('{ viewer { permissions } }')).status,
      ].join();
    },
    answers: '200,200,401,200',
    shows: ['ann ACTIVE SCIM managed Member [] | active []'],
    log: ['member.disabled ann', 'member.enabled ann'],
  })),
  {
    rule: 17,
    title: 'teams, role and lock are kept while disabled, and are there again',
    given: async world => {
      await lockedAnn(world);
      await world.joins('Sales', 'ann');
      await world.team('Chess', ['ann']);
      await world.patches('ann', { op: 'replace', value: { active: 'False' } });
    },
    SCIM: async world => {
      const off = await world.shows('ann');
      return `${off},${await world.patches('ann', { op: 'replace', value: { active: 'True' } })}`;
    },
    answers: 'ann DISABLED SCIM managed Auditor! [Chess, Sales] | inactive [Sales],200',
    shows: ['ann ACTIVE SCIM managed Auditor! [Chess, Sales] | active [Sales]'],
    log: ['member.enabled ann'],
  },
  {
    rule: 17,
    title: 'a deleted one never causes a 409, and can be restored by hand without its link',
    given: async world => {
      await world.user('ann');
      await world.deletes('ann');
      world.ids.set('old', world.id('ann'));
    },
    SCIM: async world =>
      `${await world.posts('ann')},${world.id('ann') === world.id('old') ? 'the same' : 'another'},${await world.says('DELETE', `/Users/${world.id('old')}`)}`,
    answers: '201,another,404',
    shows: [
      'ann ACTIVE SCIM managed Member [] | active []',
      'old called ann@story.example DELETED SCIM managed Member [] | 404',
    ],
    log: ['member.created ann'],
  },
  {
    rule: 17,
    title: 'a deleted one is restored by hand',
    given: async world => {
      await world.user('ann');
      await world.deletes('ann');
    },
    GraphQL: world => world.does('memberRestore', { id: world.id('ann') }),
    answers: 'done',
    shows: ['ann ACTIVE SCIM detached Member [] | 404'],
    log: ['member.restored ann'],
  },
];
