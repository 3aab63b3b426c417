import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asked } from './refused/asked.ts';
import { pushed } from './refused/pushed.ts';
import {
  adding,
  ask,
  deputy,
  does,
  entra,
  furnish,
  hand,
  house,
  risen,
  unique,
} from './refused/scene.ts';

/**
 * Rule 21: a refusal under rules 1, 3, 10, 11, 14 or 25 leaves one FAILURE entry, with its subject
 * and its reason, by whichever way it came.
 */
beforeAll(furnish);
afterAll(() => house.close({ owed: 'anything' }));

test.each(Object.entries({ ...pushed, ...asked }))('%s leaves one entry', async (_, refused) => {
  const request = await refused.given();
  const last = await sql<{ id: string }>`select max(id::text) as id from audit_entries`.execute(
    house.tenant.db,
  );
  expect(await request()).toEqual(refused.answers);
  const { rows } = await sql<{ told: string; reason: string }>`
    select action || ' ' || subject_name as told, reason from audit_entries
    where id > ${last.rows[0]!.id}::uuid and outcome = 'FAILURE'`.execute(house.tenant.db);
  expect(rows).toHaveLength(1);
  expect(rows[0]?.told).toContain(refused.leaves);
  expect(rows[0]?.reason).toMatch(refused.because);
});

test('the entry names those who were refused', async () => {
  const id = await entra.group(unique('Sales'));
  const { id: member } = await hand();
  await house.owner.does('teamAddMembers', { id, memberIds: [member] });
  await house.owner.does('memberInvite', { email: 'nobody@else.example', teamIds: [id] });
  const { tenant, member: told } = await house.owner.ask(
    'query ($team: [ID!], $member: ID!) { tenant { auditLog(filter: { subjectId: $team, outcome: [FAILURE] }) { nodes { changes { name after } } } } member(id: $member) { displayName } }',
    { team: [id], member },
  );
  expect(tenant.auditLog.nodes).toEqual([
    { changes: [{ name: 'members', after: 'nobody@else.example' }] },
    { changes: [{ name: 'members', after: told.displayName }] },
  ]);
});

test('what was refused to a team because of a person is found by each handle of that person', async () => {
  const group = await entra.group(unique('Sales'));
  await does('roleMappingsSet', { mappings: [{ teamId: group, roleId: deputy }] });
  const id = await risen();
  expect(await ask('PATCH', `/Groups/${group}`, adding(id))()).toEqual(['403']);
  const { member } = await house.owner.ask('query ($id: ID!) { member(id: $id) { userName } }', {
    id,
  });
  const found = async (endUser: string) =>
    (
      await house.owner.ask(
        'query ($filter: ProvisioningReportFilter!) { provisioningReport(filter: $filter, first: 10) { nodes { operation outcome } } }',
        { filter: { timespan: {}, endUser, outcome: ['FAILURE'] } },
      )
    )['provisioningReport'].nodes;
  for (const endUser of [id, member.userName, ` ${member.userName.toUpperCase()}`])
    expect([endUser, await found(endUser)]).toEqual([
      endUser,
      [{ operation: 'membership.added', outcome: 'FAILURE' }],
    ]);
});
