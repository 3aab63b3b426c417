import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Wire } from '../support/person.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let roles: Record<string, string>;
beforeAll(async () => {
  world = await openWorld();
  roles = Object.fromEntries(
    (await world.house.tenant.roles.all()).map(role => [role.name.toLowerCase(), role.id]),
  );
});
afterAll(() => world.house.close({ owed: 'anything' }));

const PLAN =
  'plan { digest summary { created updated disabled deleted roleChanges membershipChanges conflicts } changes(first: 100) { totalCount nodes { action subjectName attributes { name before after } } } }';
/** Everything that a change could touch, as the owner sees it. */
const EVERYTHING = `{ tenant { defaultRole { id } roles { id name rank permissions memberCount }
  roleMappings { id position role { id } } tokens { id revokedAt } children { totalCount }
  auditLog(first: 0) { totalCount }
  members(first: 500, filter: { state: [ACTIVE, INVITED, DISABLED, DELETED] }) { nodes { id userName
  email displayName state version role { id } roleLock { reason expiresAt } links { id externalId }
  teams { nodes { team { id } } } } }
  teams(first: 200) { nodes { id name version members { totalCount } } }
  identityProviders { nodes { id name provisioning isActive adoption features { acceptGroups
  invitations } signIn { signInUrl } extensionAttributes { name } credentials { id retiring
  expiresAt } conflicts { totalCount } } } } }`;

const everything = () => world.owner.ask(EVERYTHING);
const written = async (since: number): Promise<Wire[]> => {
  const { tenant } = await world.owner.ask(
    '{ tenant { auditLog(first: 100) { totalCount nodes { action outcome subjectName correlationId actor { ... on Member { id } } subject { id } changes { name before after } } } } }',
  );
  return tenant.auditLog.nodes.slice(0, tenant.auditLog.totalCount - since).toReversed();
};
const entries = async (): Promise<number> =>
  (await world.owner.ask('{ tenant { auditLog(first: 0) { totalCount } } }'))['tenant'].auditLog
    .totalCount;

/**
 * What happens when it is asked for a second time: nothing at all, a refusal, or the same once
 * more.
 */
type Again = 'nothing' | 'once more' | 'ALREADY_TAKEN' | 'NOT_FOUND';
type Ids = Record<string, string>;
const changes: [
  mutation: string,
  input: (ids: Ids) => Record<string, unknown>,
  actions: string[],
  again: Again,
][] = [
  [
    'memberInvite',
    ids => ({
      email: 'new@hand.example',
      givenName: 'Nu',
      teamIds: [ids['emptyTeam'], ids['team']],
      roleId: roles['auditor'],
    }),
    ['member.invited', 'membership.added', 'membership.added'],
    'ALREADY_TAKEN',
  ],
  [
    'memberUpdate',
    ids => ({ id: ids['invited'], email: 'ivy2@hand.example', familyName: null }),
    ['member.updated'],
    'nothing',
  ],
  [
    'memberUpdate',
    ids => ({ id: ids['unedited'], email: 'unedited2@off.example' }),
    ['member.updated'],
    'nothing',
  ],
  [
    'memberDisable',
    ids => ({ id: ids['invited'], reason: 'because' }),
    ['member.disabled'],
    'nothing',
  ],
  ['memberEnable', ids => ({ id: ids['invited'] }), ['member.enabled'], 'nothing'],
  ['memberDelete', ids => ({ id: ids['invited'] }), ['member.deleted'], 'nothing'],
  ['memberRestore', ids => ({ id: ids['invited'] }), ['member.restored'], 'nothing'],
  [
    'memberSetRole',
    ids => ({ id: ids['invited'], roleId: roles['admin'] }),
    ['member.roleChanged'],
    'nothing',
  ],
  [
    'memberSetRole',
    ids => ({ id: ids['provisioned'], roleId: roles['admin'], lock: true }),
    ['member.roleLocked'],
    'nothing',
  ],
  [
    'memberUnlockRole',
    ids => ({ id: ids['provisioned'], reason: 'enough' }),
    ['member.roleUnlocked', 'member.roleChanged'],
    'nothing',
  ],
  [
    'memberLockRole',
    ids => ({ id: ids['provisioned'], reason: 'again', expiresAt: '2099-01-01T00:00:00Z' }),
    ['member.roleLocked'],
    'nothing',
  ],
  [
    'membersSendActivation',
    ids => ({ ids: [ids['invited'], ids['locked'], ids['invited']] }),
    ['member.activationSent', 'member.activationSent'],
    'once more',
  ],
  [
    'teamCreate',
    ids => ({ name: 'Fresh', memberIds: [ids['invited'], ids['provisioned']] }),
    ['team.created', 'membership.added', 'membership.added'],
    'ALREADY_TAKEN',
  ],
  ['teamUpdate', ids => ({ id: ids['emptyTeam'], name: 'Emptier' }), ['team.updated'], 'nothing'],
  [
    'teamUpdate',
    ids => ({ id: ids['offGroup'], name: 'Off group two' }),
    ['team.updated'],
    'nothing',
  ],
  [
    'teamAddMembers',
    ids => ({ id: ids['team'], memberIds: [ids['invited'], ids['nameless'], ids['invited']] }),
    ['membership.added', 'membership.added'],
    'nothing',
  ],
  [
    'teamRemoveMembers',
    ids => ({ id: ids['team'], memberIds: [ids['locked']] }),
    ['membership.removed'],
    'nothing',
  ],
  [
    'roleCreate',
    () => ({ name: 'Keeper', permissions: ['DIRECTORY_READ', 'DIRECTORY_READ'], rank: 9 }),
    ['role.created'],
    'ALREADY_TAKEN',
  ],
  [
    'roleUpdate',
    ids => ({ id: ids['role'], name: 'Clerks', permissions: ['AUDIT_READ', 'DIRECTORY_READ'] }),
    ['role.updated'],
    'nothing',
  ],
  [
    'memberSetRole',
    ids => ({ id: ids['invited'], roleId: ids['role'] }),
    ['member.roleChanged'],
    'nothing',
  ],
  [
    'memberLockRole',
    ids => ({ id: ids['unedited'], roleId: ids['role'] }),
    ['member.roleLocked'],
    'nothing',
  ],
  [
    'roleDelete',
    ids => ({ id: ids['role'], replacementId: roles['member'] }),
    ['role.deleted', 'roleMapping.removed', ...Array<string>(4).fill('member.roleChanged')],
    'NOT_FOUND',
  ],
  [
    'roleMappingsSet',
    ids => ({
      mappings: [
        { pushedRole: 'clerks', roleId: roles['admin'] },
        { teamId: ids['team'], roleId: roles['auditor'] },
        { teamId: ids['group'], roleId: roles['member'] },
      ],
    }),
    ['roleMapping.created', 'roleMapping.updated', 'roleMapping.updated', 'member.roleChanged'],
    'nothing',
  ],
  [
    'tenantSetDefaultRole',
    () => ({ roleId: roles['auditor'] }),
    ['tenant.defaultRoleSet', ...Array<string>(5).fill('member.roleChanged')],
    'nothing',
  ],
  [
    'teamDelete',
    ids => ({ id: ids['team'] }),
    [
      'roleMapping.removed',
      'team.deleted',
      ...Array.from({ length: 5 }, () => 'membership.removed'),
      'member.roleChanged',
    ],
    'NOT_FOUND',
  ],
  [
    'conflictResolve',
    ids => ({ ids: [ids['conflict'], ids['conflict']], choice: 'LINK_OVERWRITE' }),
    ['conflict.resolved', 'member.linked'],
    'NOT_FOUND',
  ],
  ['tenantCreate', () => ({ name: 'Second child' }), ['tenant.created'], 'once more'],
  [
    'tokenCreate',
    () => ({ name: 'Another', kind: 'PERSONAL', permissions: ['DIRECTORY_READ'] }),
    ['token.created'],
    'once more',
  ],
  ['tokenRevoke', ids => ({ id: ids['service'] }), ['token.revoked'], 'nothing'],
  [
    'memberSetLink',
    ids => ({
      memberId: ids['locked'],
      identityProviderId: ids['providerOn'],
      externalId: 'ext-locked',
    }),
    ['member.linked'],
    'nothing',
  ],
  [
    'memberSetLink',
    ids => ({ memberId: ids['locked'], identityProviderId: ids['providerOn'], externalId: null }),
    ['member.unlinked'],
    'nothing',
  ],
  [
    'identityProviderUpdate',
    ids => ({
      id: ids['providerOn'],
      name: 'Entra 2',
      signIn: { protocol: 'SAML', signInUrl: 'https://a.example/x', entityIdUrl: null },
      features: { acceptGroups: false },
      extensionAttributes: [
        {
          urn: 'urn:ietf:params:scim:schemas:extension:X:2.0:User',
          name: 'badge',
          type: 'INTEGER',
        },
      ],
    }),
    ['identityProvider.updated'],
    'nothing',
  ],
  [
    'identityProviderUpdate',
    ids => ({ id: ids['providerOff'], provisioning: 'ON', evictManualMembers: true }),
    ['identityProvider.switchedOn'],
    'nothing',
  ],
  [
    'identityProviderUpdate',
    ids => ({ id: ids['providerOff'], provisioning: 'OFF', adoption: 'ADOPT' }),
    ['identityProvider.switchedOff'],
    'nothing',
  ],
  [
    'identityProviderCreate',
    () => ({ name: 'Fresh', kind: 'LDAP' }),
    ['identityProvider.created'],
    'ALREADY_TAKEN',
  ],
  [
    'identityProviderRotateCredential',
    ids => ({ id: ids['providerOn'] }),
    ['identityProvider.credentialRotated'],
    'once more',
  ],
  [
    'identityProviderReplaceCredential',
    ids => ({ id: ids['providerPaused'] }),
    ['identityProvider.credentialReplaced', 'member.unlinked', 'team.unlinked'],
    'once more',
  ],
];

describe('a change is planned without a trace, done as planned, told once for each object, and not done twice:', () => {
  test.for(changes.map(([mutation, input, ...rest], at) => ({ at, mutation, input, rest })))(
    '$at $mutation',
    async ({ mutation, input: inputFor, rest: [actions, again] }) => {
      const { owner, ids } = world;
      const input = inputFor(ids);
      const before = await everything();
      let plan: Wire = null;
      if (!/^(tenantCreate|token|memberSetLink|identityProvider(Create|R))/.test(mutation)) {
        const [first, second] = [
          await owner.does(mutation, { ...input, dryRun: true }, PLAN),
          await owner.does(mutation, { ...input, dryRun: true }, PLAN),
        ];
        plan = first['plan'];
        expect(first).toMatchObject({ userErrors: [], plan: { digest: second['plan'].digest } });
        expect(await everything(), 'a dry run leaves nothing').toEqual(before);
      }
      const since = await entries();
      expect((await owner.does(mutation, input)).userErrors).toEqual([]);
      const log = await written(since);
      expect(log.map(({ action }) => action as string).toSorted()).toEqual(actions.toSorted());
      expect(
        log.every(
          entry =>
            entry.actor.id === owner.id &&
            entry.outcome === 'SUCCESS' &&
            entry.correlationId === log[0].correlationId,
        ),
      ).toBe(true);
      const subjects = log.map(({ action, subject, subjectName, changes: said }) =>
        JSON.stringify([
          // A role that follows from a change is told beside its cause (rule 21).
          action === 'member.roleChanged' ? action : action.split('.')[0],
          subject?.id ?? subjectName,
          action.startsWith('membership.') ? said : null,
        ]),
      );
      expect(new Set(subjects).size, 'one entry for each object').toBe(subjects.length);
      if (plan) {
        expect(
          plan.changes.nodes.map(({ action, subjectName, attributes }: Wire) => ({
            action,
            subjectName,
            changes: attributes,
          })),
        ).toEqual(
          log.map(({ action, subjectName, changes: said }) => ({
            action,
            subjectName,
            changes: said,
          })),
        );
        expect(plan.changes.totalCount).toBe(log.length);
      }

      const after = await everything();
      const { userErrors } = await owner.does(mutation, input);
      expect(userErrors.map(({ code }) => code)).toEqual(
        again === 'nothing' || again === 'once more' ? [] : [again],
      );
      if (again !== 'once more')
        expect(await everything(), 'what is so already is not done again').toEqual(after);
    },
  );
});

test('a plan has another digest when it says something else', async () => {
  const digest = async (input: Record<string, unknown>) =>
    (
      await world.owner.does(
        'memberUpdate',
        { id: world.ids['disabled'], dryRun: true, ...input },
        'plan { digest }',
      )
    )['plan'].digest;
  const digests = [
    await digest({ givenName: 'A' }),
    await digest({ givenName: 'B' }),
    await digest({ familyName: 'A' }),
    await digest({}),
  ];
  expect(new Set(digests).size).toBe(4);
  await world.owner.does('memberUpdate', { id: world.ids['disabled'], familyName: 'Meanwhile' });
  expect(await digest({ familyName: 'A' })).not.toBe(digests[2]);
});

describe('without a permission', () => {
  const needs: Record<
    string,
    [permission: string, input: (ids: Ids) => Record<string, unknown>][]
  > = {
    DIRECTORY_WRITE: [
      ['memberInvite', () => ({ email: 'p@p.example' })],
      ...['memberUpdate', 'memberDisable', 'memberEnable', 'memberDelete', 'memberRestore'].map(
        (verb): [string, (ids: Ids) => Record<string, unknown>] => [
          verb,
          ids => ({ id: ids['clash'] }),
        ],
      ),
      ['memberUpdate', () => ({ id: world.owner.id, givenName: 'Me' })],
      ['membersSendActivation', ids => ({ ids: [ids['clash']] })],
      ['teamCreate', () => ({ name: 'P' })],
      ['teamUpdate', ids => ({ id: ids['emptyTeam'], name: 'P' })],
      ['teamDelete', ids => ({ id: ids['emptyTeam'] })],
      ['teamAddMembers', ids => ({ id: ids['emptyTeam'], memberIds: [ids['clash']] })],
      ['teamRemoveMembers', ids => ({ id: ids['emptyTeam'], memberIds: [ids['clash']] })],
    ],
    ROLE_ADMIN: [
      ['memberSetRole', ids => ({ id: ids['clash'], roleId: roles['member'] })],
      ['memberLockRole', ids => ({ id: ids['clash'] })],
      ['memberUnlockRole', ids => ({ id: ids['clash'] })],
      ['roleMappingsSet', () => ({ mappings: [] })],
      ['tenantSetDefaultRole', () => ({ roleId: roles['member'] })],
      ['roleCreate', () => ({ name: 'P', permissions: [] })],
      ['roleUpdate', () => ({ id: roles['keeper'], name: 'P' })],
      ['roleDelete', () => ({ id: roles['keeper'] })],
      ['memberInvite', () => ({ email: 'p@p.example', roleId: roles['member'] })],
      ['tokenCreate', () => ({ name: 'P', kind: 'SERVICE', permissions: ['DIRECTORY_READ'] })],
    ],
    PROVISIONING_ADMIN: [
      ['identityProviderCreate', () => ({ name: 'P', kind: 'SCIM' })],
      ...[
        'identityProviderUpdate',
        'identityProviderRotateCredential',
        'identityProviderReplaceCredential',
      ].map((verb): [string, (ids: Ids) => Record<string, unknown>] => [
        verb,
        ids => ({ id: ids['providerOn'] }),
      ]),
      ['conflictResolve', ids => ({ ids: [ids['conflict']], choice: 'REJECT' })],
      [
        'memberSetLink',
        ids => ({ memberId: ids['clash'], identityProviderId: ids['providerOn'], externalId: 'p' }),
      ],
      ['tokenCreate', () => ({ name: 'P', kind: 'SCIM', permissions: [] })],
    ],
    TENANT_ADMIN: [['tenantCreate', () => ({ name: 'P' })]],
  };
  const ALL = [
    'DIRECTORY_READ',
    'DIRECTORY_WRITE',
    'ROLE_ADMIN',
    'PROVISIONING_ADMIN',
    'SCIM_INTEGRATE',
    'AUDIT_READ',
    'TENANT_ADMIN',
  ] as const;

  test.each(Object.entries(needs))(
    '%s, with every other one, what needs it is refused and nothing happens',
    async (permission, verbs) => {
      roles['keeper'] = (await world.house.tenant.roles.all()).find(
        ({ name }) => name === 'Keeper',
      )!.id;
      const somebody = await world.house.signIn(
        world.house.tenant,
        world.owner.id,
        ALL.filter(each => each !== permission),
      );
      const before = await everything();
      for (const [mutation, input] of verbs)
        expect([
          mutation,
          (await somebody.does(mutation, input(world.ids))).userErrors,
        ]).toMatchObject([mutation, [{ __typename: 'SimpleError', code: 'FORBIDDEN' }]]);
      expect(await everything()).toEqual(before);
    },
  );

  test('that a verb does not need, it works', async () => {
    const somebody = await world.house.signIn(world.house.tenant, world.owner.id, [
      'DIRECTORY_WRITE',
    ]);
    for (const [mutation, input] of [
      ['memberInvite', { email: 'q@q.example' }],
      ['membersSendActivation', { ids: [world.ids['clash']] }],
      ['teamCreate', { name: 'Q', memberIds: [world.ids['clash']] }],
    ] as const) {
      expect([mutation, (await somebody.does(mutation, input)).userErrors]).toEqual([mutation, []]);
    }
  });
});
