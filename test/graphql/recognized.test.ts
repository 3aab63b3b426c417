import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';

/**
 * A planned query of somebody whom the process remembers is one statement, which proves them too:
 * what was taken away in one process acts on the next request in the other.
 */
let one: House;
let other: House;
beforeAll(async () => {
  one = await openHouse({ plans: 'on' });
  other = await openHouse({ beside: one, plans: 'on' });
});
afterAll(async () => {
  await other.close({ owed: 'anything' });
  await one.close({ owed: 'anything' });
});

const ASK = '{ tenant { name members(first: 2) { nodes { id displayName } } } }';

const changes: [string, number, (who: { id: string; tokenId: string }) => Promise<unknown>][] = [
  ['whose token is revoked', 401, ({ tokenId }) => one.owner.does('tokenRevoke', { id: tokenId })],
  [
    'whose token has expired',
    401,
    ({ tokenId }) =>
      one.query(`update credentials set expires_at = now() - interval '1s' where id = $1`, [
        tokenId,
      ]),
  ],
  ['who is disabled', 401, ({ id }) => one.owner.does('memberDisable', { id })],
  ['who is deleted', 401, ({ id }) => one.owner.does('memberDelete', { id })],
  [
    'whose role permits less',
    200,
    async ({ id }) => {
      const made = await one.owner.does(
        'roleCreate',
        { name: `Nothing ${id}`, permissions: [] },
        'role { id }',
      );
      return one.owner.does('memberSetRole', { id, roleId: made['role'].id });
    },
  ],
];

test.each(changes)('somebody %s', async (_, status, change) => {
  const person = await one.person({ role: 'admin' });
  const there = person.at(other);
  for (let n = 0; n < 2; n++) expect((await there.graphql(ASK)).status).toBe(200);
  const sent = await other.statementsOf(() => there.graphql(ASK));
  expect(sent.filter(text => /from (credentials|members)/.test(text))).toEqual([
    expect.stringMatching(/from credentials c/),
  ]);
  const before = (await there.graphql(ASK)).data!['tenant'];
  expect(before.members.nodes).toHaveLength(2);

  await change({ id: person.id, tokenId: person.tokenId });
  const answer = await there.graphql(ASK);
  expect(answer.status).toBe(status);
  // Who may not read the directory any more sees themselves at most.
  expect(answer.data?.['tenant']?.members?.nodes ?? []).not.toHaveLength(2);
});
