import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';

let house: House;
let second: House;
beforeAll(async () => {
  house = await openHouse();
  second = await openHouse({ beside: house });
});
afterAll(async () => {
  await second.close({ owed: 'anything' });
  await house.close({ owed: 'anything' });
});

test('one address is mailed five times an hour, however many ask at once and in whichever process', async () => {
  const { id } = await house.made({ name: 'Mona Mailed' });
  const answers = await Promise.all(
    Array.from({ length: 31 }, (_, at) =>
      house.owner.at(at % 2 ? house : second).does('membersSendActivation', { ids: [id] }),
    ),
  );
  const refused = answers.filter(({ userErrors }) => userErrors.length > 0);
  expect(refused).toHaveLength(26);
  expect(refused[0]!.userErrors).toMatchObject([
    { code: 'INVALID', field: ['ids', '0'], message: expect.stringContaining('within the hour') },
  ]);
});

test('an address that is deleted and invited again is the same address, in whatever case', async () => {
  const outcomes: (string | undefined)[] = [];
  for (let at = 0; at < 7; at++) {
    const { userErrors, member } = await house.owner.does(
      'memberInvite',
      { email: at % 2 ? 'again@mails.example' : 'Again@Mails.example' },
      'member { id }',
    );
    outcomes.push(userErrors[0]?.code);
    if (member) await house.owner.does('memberDelete', { id: member.id });
  }
  expect(outcomes).toEqual([...Array.from({ length: 5 }), 'INVALID', 'INVALID']);
});

test('people whom a provider pushes are made all the same; the mail is held back, and says why', async () => {
  const provider = await house.provider({ name: 'Mails' });
  const emails = [{ value: 'shared@mails.example', type: 'work', primary: true }];
  const ids: string[] = [];
  for (let at = 0; at < 7; at++)
    ids.push(await provider.user(`shared${at}@push.example`, { emails }));
  const errors = async () =>
    (
      await house.owner.ask(
        'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Member { onboarding { state deliveryError } } } }',
        { ids },
      )
    )['nodes'].map(
      ({ onboarding }: { onboarding: { deliveryError: string | null } }) =>
        onboarding.deliveryError,
    ) as (string | null)[];
  for (const deadline = Date.now() + 30_000; (await errors()).includes(null);)
    if (Date.now() > deadline) throw new Error('The mails were not looked at.');
  const held = (await errors()).filter(error => error?.includes('within the hour'));
  expect(held).toHaveLength(2);
});

test('a tenant has so many mails in an hour', async () => {
  await house.tenant.change(async () => {
    await sql`update mail_counts set mails = 5000 where tenant_id = ${house.tenant.tenantId} and address_key = ''`.execute(
      house.tenant.db,
    );
  });
  expect(
    (await house.owner.does('memberInvite', { email: 'one@too.many.example' })).userErrors,
  ).toMatchObject([{ code: 'INVALID', field: ['email'] }]);
});
