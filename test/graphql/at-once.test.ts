import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';

let house: House;
let ids: Record<string, string>;
beforeAll(async () => {
  house = await openHouse();
  const { owner } = house;
  const { member } = await owner.does(
    'memberInvite',
    { email: 'subject@at.once' },
    'member { id version }',
  );
  const { member: doomed } = await owner.does(
    'memberInvite',
    { email: 'doomed@at.once' },
    'member { id }',
  );
  const { team } = await owner.does('teamCreate', { name: 'Wanted' }, 'team { id }');
  const { token } = await owner.does(
    'tokenCreate',
    { name: 'T', kind: 'SERVICE', permissions: ['DIRECTORY_READ'] },
    'token { id }',
  );
  const { identityProvider } = await owner.does(
    'identityProviderCreate',
    { name: 'P', kind: 'SCIM' },
    'identityProvider { id }',
  );
  const { tenant } = await owner.ask('{ tenant { roles { id name } } }');
  ids = {
    member: member.id,
    version: member.version,
    doomed: doomed.id,
    team: team.id,
    token: token.id,
    provider: identityProvider.id,
    auditor: tenant.roles.find(({ name }: { name: string }) => name === 'Auditor').id,
  };
});
afterAll(() => house.close({ owed: 'anything' }));

const EIGHT = [1, 2, 3, 4, 5, 6, 7, 8];
type Ids = Record<string, string>;

test.each<
  [
    mutation: string,
    input: (ids: Ids, number: number) => Record<string, unknown>,
    done: number,
    refused: string | null,
    action: string,
    entries: number,
  ]
>([
  ['memberInvite', () => ({ email: 'same@at.once' }), 1, 'ALREADY_TAKEN', 'member.invited', 1],
  ['teamCreate', () => ({ name: 'Same' }), 1, 'ALREADY_TAKEN', 'team.created', 1],
  ['roleCreate', () => ({ name: 'Same', permissions: [] }), 1, 'ALREADY_TAKEN', 'role.created', 1],
  [
    'identityProviderCreate',
    () => ({ name: 'Same', kind: 'SCIM' }),
    1,
    'ALREADY_TAKEN',
    'identityProvider.created',
    1,
  ],
  [
    'memberUpdate',
    (of, number) => ({
      id: of['member'],
      givenName: `Name ${number}`,
      expectedVersion: of['version'],
    }),
    1,
    'STALE_VERSION',
    'member.updated',
    1,
  ],
  [
    'teamAddMembers',
    of => ({ id: of['team'], memberIds: [of['member'], of['doomed']] }),
    8,
    null,
    'membership.added',
    2,
  ],
  [
    'memberLockRole',
    of => ({ id: of['member'], roleId: of['auditor'], reason: 'Same' }),
    8,
    null,
    'member.roleLocked',
    1,
  ],
  ['memberUnlockRole', of => ({ id: of['member'] }), 8, null, 'member.roleUnlocked', 1],
  [
    'roleMappingsSet',
    of => ({ mappings: [{ teamId: of['team'], roleId: of['auditor'] }] }),
    8,
    null,
    'roleMapping.created',
    1,
  ],
  [
    'teamRemoveMembers',
    of => ({ id: of['team'], memberIds: [of['member']] }),
    8,
    null,
    'membership.removed',
    1,
  ],
  ['memberDisable', of => ({ id: of['member'] }), 8, null, 'member.disabled', 1],
  ['memberDelete', of => ({ id: of['doomed'] }), 8, null, 'member.deleted', 1],
  ['memberRestore', of => ({ id: of['doomed'] }), 8, null, 'member.restored', 1],
  ['tokenRevoke', of => ({ id: of['token'] }), 8, null, 'token.revoked', 1],
  [
    'identityProviderUpdate',
    of => ({ id: of['provider'], provisioning: 'OFF' }),
    8,
    null,
    'identityProvider.switchedOff',
    1,
  ],
  ['teamDelete', of => ({ id: of['team'] }), 1, 'NOT_FOUND', 'team.deleted', 1],
])(
  '%s, asked eight times at once, happens as often as it can',
  async (mutation, input, done, refused, action, entries) => {
    const answers = await Promise.all(
      EIGHT.map(number => house.owner.does(mutation, input(ids, number))),
    );
    expect(answers.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(done);
    for (const { userErrors } of answers)
      if (userErrors.length > 0) expect(userErrors).toMatchObject([{ code: refused }]);
    const { tenant } = await house.owner.ask(
      'query ($action: [String!]) { tenant { auditLog(filter: { action: $action, outcome: [SUCCESS] }) { totalCount } } }',
      { action: [action] },
    );
    // A tenant begins with four roles, and each has its entry.
    const made =
      {
        'member.invited': 2,
        'team.created': 1,
        'identityProvider.created': 1,
        'role.created': 4,
      }[action] ?? 0;
    expect(tenant.auditLog.totalCount).toBe(entries + made);
  },
);
