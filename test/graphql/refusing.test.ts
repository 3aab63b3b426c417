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

type Ids = Record<string, string>;
/**
 * What is asked, the code, the path of each complaint, and what else the complaint says: who owns
 * it, who holds it; `!` when the attempt is remembered.
 */
type Case = [
  mutation: string,
  input: (ids: Ids) => Record<string, unknown>,
  code: string,
  paths: string[],
  more?: string,
];
const many = (count: number, value: (at: number) => unknown = () => world.ids['locked']) =>
  Array.from({ length: count }, (_, at) => value(at));

const cases: Case[] = [
  // Rule 1
  [
    'memberUpdate',
    ids => ({ id: ids['provisioned'], userName: 'a@b.example' }),
    'PROVISIONED_READ_ONLY',
    ['userName'],
    'Entra userName !',
  ],
  [
    'memberUpdate',
    ids => ({ id: ids['provisioned'], familyName: null, givenName: 'X' }),
    'PROVISIONED_READ_ONLY',
    ['givenName'],
    'Entra givenName,familyName !',
  ],
  [
    'memberUpdate',
    ids => ({ id: ids['waiting'], email: 'x@y.example' }),
    'PROVISIONED_READ_ONLY',
    ['email'],
    'Ping email !',
  ],
  [
    'memberUpdate',
    ids => ({ id: ids['provisioned'], familyName: 'B' }),
    'PROVISIONED_READ_ONLY',
    ['familyName'],
    'Entra familyName !',
  ],
  ...['memberDisable', 'memberEnable', 'memberDelete'].flatMap(verb =>
    [
      ['provisioned', 'Entra'],
      ['waiting', 'Ping'],
    ].map(([who, owner]): Case => [
      verb,
      ids => ({ id: ids[who!] }),
      'PROVISIONED_READ_ONLY',
      ['id'],
      `${owner} ${verb === 'memberDelete' ? 'existence' : 'active'} !`,
    ]),
  ),
  [
    'teamUpdate',
    ids => ({ id: ids['pausedGroup'], name: 'New' }),
    'PROVISIONED_READ_ONLY',
    ['name'],
    'Ping name !',
  ],
  [
    'teamDelete',
    ids => ({ id: ids['group'] }),
    'PROVISIONED_READ_ONLY',
    ['id'],
    'Entra existence !',
  ],
  [
    'teamRemoveMembers',
    ids => ({ id: ids['pausedGroup'], memberIds: [ids['waiting']] }),
    'PROVISIONED_READ_ONLY',
    ['memberIds'],
    'Ping members !',
  ],
  [
    'teamUpdate',
    ids => ({ id: ids['group'], name: 'New' }),
    'PROVISIONED_READ_ONLY',
    ['name'],
    'Entra name !',
  ],
  [
    'teamDelete',
    ids => ({ id: ids['pausedGroup'] }),
    'PROVISIONED_READ_ONLY',
    ['id'],
    'Ping existence !',
  ],
  [
    'teamAddMembers',
    ids => ({ id: ids['group'], memberIds: [ids['switchedOff']] }),
    'PROVISIONED_READ_ONLY',
    ['memberIds'],
    'Entra members !',
  ],
  [
    'teamRemoveMembers',
    ids => ({ id: ids['group'], memberIds: [ids['provisioned']] }),
    'PROVISIONED_READ_ONLY',
    ['memberIds'],
    'Entra members !',
  ],
  [
    'memberSetLink',
    ids => ({
      memberId: ids['provisioned'],
      identityProviderId: ids['providerOn'],
      externalId: 'other',
    }),
    'PROVISIONED_READ_ONLY',
    ['externalId'],
    'Entra externalId !',
  ],
  // Rules 3 and 8
  [
    'teamAddMembers',
    ids => ({ id: ids['group'], memberIds: [ids['provisioned'], ids['locked'], ids['clash']] }),
    'MANUAL_MEMBER_IN_PROVISIONED_TEAM',
    ['memberIds.1', 'memberIds.2'],
    '!',
  ],
  [
    'memberInvite',
    ids => ({ email: 'z@z.example', teamIds: [ids['emptyTeam'], ids['group']] }),
    'MANUAL_MEMBER_IN_PROVISIONED_TEAM',
    ['teamIds.1'],
    '!',
  ],
  [
    'identityProviderUpdate',
    ids => ({ id: ids['providerOff'], provisioning: 'ON' }),
    'MANUAL_MEMBER_IN_PROVISIONED_TEAM',
    ['provisioning'],
    'detached',
  ],
  // Rules 11, 14 and 15
  ...['memberDisable', 'memberDelete'].map((verb): Case => [
    verb,
    ids => ({ id: ids['owner'] }),
    'LAST_OWNER',
    [''],
    '!',
  ]),
  ...['memberSetRole', 'memberLockRole'].map((verb): Case => [
    verb,
    ids => ({ id: ids['owner'], roleId: roles['member'] }),
    'LAST_OWNER',
    [''],
    '!',
  ]),
  [
    'memberSetRole',
    ids => ({ id: ids['locked'], roleId: roles['admin'] }),
    'ROLE_LOCKED',
    ['roleId'],
    '!',
  ],
  [
    'memberSetRole',
    ids => ({ id: ids['nameless'], roleId: roles['admin'] }),
    'ROLE_RULED',
    ['roleId'],
  ],
  // Taken
  ['memberInvite', () => ({ email: ' CLASH@hand.example ' }), 'ALREADY_TAKEN', ['email'], 'clash'],
  [
    'memberUpdate',
    ids => ({ id: ids['locked'], userName: 'Clash@HAND.example' }),
    'ALREADY_TAKEN',
    ['userName'],
    'clash',
  ],
  [
    'memberUpdate',
    ids => ({ id: ids['locked'], email: 'clash@hand.example' }),
    'ALREADY_TAKEN',
    ['email'],
    'clash',
  ],
  ['teamCreate', () => ({ name: 'BY HANDS ' }), 'ALREADY_TAKEN', ['name'], 'team'],
  [
    'teamUpdate',
    ids => ({ id: ids['team'], name: 'empty' }),
    'ALREADY_TAKEN',
    ['name'],
    'emptyTeam',
  ],
  ['roleCreate', () => ({ name: 'cLERK', permissions: [] }), 'ALREADY_TAKEN', ['name'], 'role'],
  [
    'identityProviderUpdate',
    ids => ({ id: ids['providerOn'], name: 'okta' }),
    'ALREADY_TAKEN',
    ['name'],
    'providerOff',
  ],
  [
    'memberSetLink',
    ids => ({
      memberId: ids['locked'],
      identityProviderId: ids['providerOn'],
      externalId: 'ext-prova@on.example',
    }),
    'ALREADY_TAKEN',
    ['externalId'],
    'provisioned',
  ],
  // Changed since
  [
    'memberUpdate',
    ids => ({ id: ids['locked'], givenName: 'V', expectedVersion: 'W/"999"' }),
    'STALE_VERSION',
    ['expectedVersion'],
  ],
  [
    'teamUpdate',
    ids => ({ id: ids['team'], name: 'V', expectedVersion: '' }),
    'STALE_VERSION',
    ['expectedVersion'],
  ],
  // Not there, or not any more
  ...['memberUpdate', 'memberDisable', 'memberEnable', 'memberLockRole', 'memberUnlockRole'].map(
    (verb): Case => [verb, ids => ({ id: ids['deleted'] }), 'NOT_FOUND', ['id']],
  ),
  [
    'teamAddMembers',
    ids => ({ id: ids['team'], memberIds: [ids['clash'], ids['deleted']] }),
    'NOT_FOUND',
    ['memberIds.1'],
  ],
  [
    'membersSendActivation',
    ids => ({ ids: [ids['clash'], ids['clash'], ids['deleted']] }),
    'NOT_FOUND',
    ['ids.2'],
  ],
  [
    'memberInvite',
    ids => ({ email: 'z@z.example', teamIds: [ids['team'], ids['deletedTeam']] }),
    'NOT_FOUND',
    ['teamIds.1'],
  ],
  [
    'conflictResolve',
    ids => ({ ids: [ids['conflict'], ids['conflict'], ids['team']], choice: 'REJECT' }),
    'NOT_FOUND',
    ['ids.2'],
  ],
  ['memberSetRole', () => ({ id: 'x', roleId: '' }), 'NOT_FOUND', ['id', 'roleId']],
  ['teamUpdate', ids => ({ id: ids['deletedTeam'] }), 'NOT_FOUND', ['id']],
  [
    'roleMappingsSet',
    ids => ({
      mappings: [
        { pushedRole: 'ok', roleId: roles['member'] },
        { teamId: ids['deletedTeam'], roleId: roles['admin'] },
      ],
    }),
    'NOT_FOUND',
    ['mappings.1.teamId'],
  ],
  ['tokenRevoke', ids => ({ id: ids['credential'] }), 'NOT_FOUND', ['id']],
  // No good
  ...['', '  ', 'x'.repeat(257), 'x'.repeat(3_000), 'bell\u0007', 'tab\tname', 'line\nname'].map(
    (name): Case => ['teamCreate', () => ({ name }), 'INVALID', ['name']],
  ),
  ...[
    '',
    'x',
    'x@',
    '@x',
    'a b@c.example',
    'a@b@c',
    `${'x'.repeat(320)}@x.example`,
    'a@b.example\u0001',
  ].map((email): Case => ['memberInvite', () => ({ email }), 'INVALID', ['email']]),
  [
    'memberInvite',
    () => ({ email: 'x', givenName: 'a\u001b', familyName: 'x'.repeat(2_001) }),
    'INVALID',
    ['givenName', 'familyName'],
  ],
  [
    'memberUpdate',
    ids => ({ id: ids['locked'], userName: 'x'.repeat(321) }),
    'INVALID',
    ['userName'],
  ],
  ['teamAddMembers', ids => ({ id: ids['team'], memberIds: many(501) }), 'INVALID', ['memberIds']],
  [
    'teamRemoveMembers',
    ids => ({ id: ids['team'], memberIds: many(501) }),
    'INVALID',
    ['memberIds'],
  ],
  ['membersSendActivation', () => ({ ids: many(501) }), 'INVALID', ['ids']],
  [
    'membersSendActivation',
    ids => ({ ids: [ids['locked'], ids['nameless']] }),
    'INVALID',
    ['ids.1'],
  ],
  ['membersSendActivation', ids => ({ ids: [ids['disabled']] }), 'INVALID', ['ids.0']],
  [
    'conflictResolve',
    ids => ({ ids: many(501, () => ids['conflict']), choice: 'REJECT' }),
    'INVALID',
    ['ids'],
  ],
  ['conflictResolve', () => ({ ids: [], choice: 'REJECT' }), 'INVALID', ['ids']],
  [
    'conflictResolve',
    ids => ({ ids: [ids['conflict']], choice: 'LINK_KEEP', candidateId: ids['team'] }),
    'INVALID',
    ['candidateId'],
  ],
  [
    'roleMappingsSet',
    () => ({ mappings: [{ roleId: roles['member'] }] }),
    'INVALID',
    ['mappings.0'],
  ],
  [
    'roleMappingsSet',
    () => ({
      mappings: [
        { pushedRole: 'A', roleId: roles['member'] },
        { pushedRole: 'a', roleId: roles['admin'] },
      ],
    }),
    'INVALID',
    ['mappings.1'],
  ],
  [
    'memberLockRole',
    ids => ({ id: ids['nameless'], expiresAt: '2001-01-01T00:00:00Z' }),
    'INVALID',
    ['expiresAt'],
  ],
  ['roleCreate', () => ({ name: 'R', permissions: [], rank: 0 }), 'INVALID', ['rank']],
  ['roleUpdate', () => ({ id: roles['owner'], permissions: [] }), 'INVALID', ['permissions']],
  ['roleDelete', () => ({ id: roles['auditor'] }), 'INVALID', ['id']],
  [
    'roleDelete',
    ids => ({ id: ids['role'], replacementId: ids['role'] }),
    'NOT_FOUND',
    ['replacementId'],
  ],
  ['tenantSetDefaultRole', () => ({ roleId: roles['owner'] }), 'INVALID', ['roleId']],
  [
    'tokenCreate',
    () => ({ name: 'x', kind: 'SESSION', permissions: ['DIRECTORY_READ'] }),
    'INVALID',
    ['kind'],
  ],
  [
    'tokenCreate',
    () => ({ name: 'x', kind: 'SERVICE', permissions: [] }),
    'INVALID',
    ['permissions'],
  ],
  [
    'tokenCreate',
    () => ({ name: ' ', kind: 'SERVICE', permissions: ['DIRECTORY_READ'] }),
    'INVALID',
    ['name'],
  ],
  [
    'tokenCreate',
    () => ({
      name: 'x',
      kind: 'SERVICE',
      permissions: ['DIRECTORY_READ'],
      expiresAt: '2001-01-01T00:00:00Z',
    }),
    'INVALID',
    ['expiresAt'],
  ],
  ...['nope', 'javascript:alert(1)', '/relative', '//host'].map((signInUrl): Case => [
    'identityProviderCreate',
    () => ({ name: 'U', kind: 'OKTA', signIn: { protocol: 'SAML', signInUrl } }),
    'INVALID',
    ['signIn.signInUrl'],
  ]),
  [
    'identityProviderRotateCredential',
    ids => ({ id: ids['providerOn'], overlapHours: -1 }),
    'INVALID',
    ['overlapHours'],
  ],
  ['identityProviderRotateCredential', ids => ({ id: ids['providerOff'] }), 'INVALID', ['id']],
];

describe('a refusal has a code, a sentence and the path to its cause, says what stands in the way, and leaves nothing but its own entry:', () => {
  test.for(cases.map((each, at) => ({ at, mutation: each[0], code: each[2], each })))(
    '$at $mutation $code',
    async ({ each: [mutation, input, code, paths, more = ''] }) => {
      const { owner, ids } = world;
      const log = async () =>
        (await owner.ask('{ tenant { auditLog(first: 1) { totalCount nodes { outcome } } } }'))[
          'tenant'
        ].auditLog;
      const before = await log();
      const { userErrors } = await owner.does(mutation, input(ids));
      expect(userErrors.map(({ field }) => (field ?? []).join('.'))).toEqual(paths);
      for (const error of userErrors)
        expect(error).toMatchObject({
          code,
          message: expect.stringMatching(
            /^[A-Z`"\d].*\.$|^[\w@. ]+(is disabled|has no address)\.$/s,
          ),
        });
      const [{ owner: managedBy, readOnlyFields, holder }] = userErrors as [Wire];
      expect(
        [
          managedBy && `${managedBy.name} ${readOnlyFields}`,
          holder && Object.keys(ids).find(name => ids[name] === holder.id),
        ]
          .filter(Boolean)
          .join(' '),
      ).toBe(more.replace(/ ?!$/, ''));
      const after = await log();
      expect(after.totalCount - before.totalCount).toBe(more.endsWith('!') ? 1 : 0);
      if (more.endsWith('!')) expect(after.nodes[0].outcome).toBe('FAILURE');
    },
  );
});
