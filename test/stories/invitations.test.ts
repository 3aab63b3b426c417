import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';
import { patch, scim } from './outside.ts';

/**
 * M1 of the table and rule 18: who is new gets one mail, within minutes, and nobody else gets any.
 */
let house: House;
const mails: { to: string; text: string }[] = [];
let arrival = Promise.withResolvers<void>();
const sink = new SMTPServer({
  disabledCommands: ['STARTTLS'],
  authOptional: true,
  onData: (stream, session, done) => {
    let text = '';
    stream
      .setEncoding('utf8')
      .on('data', chunk => {
        text += chunk;
      })
      .once('end', () => {
        mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address).join(),
          text: text.replaceAll('=\r\n', '').replaceAll('=3D', '='),
        });
        arrival.resolve();
        arrival = Promise.withResolvers();
        done();
      });
  },
});
beforeAll(async () => {
  sink.listen(0, '127.0.0.1');
  await once(sink.server, 'listening');
  house = await openHouse({
    environment: { SMTP_URL: `smtp://127.0.0.1:${(sink.server.address() as AddressInfo).port}` },
  });
});
afterAll(async () => {
  await house.close();
  await new Promise<void>(resolve => sink.close(resolve));
});
beforeEach(() => {
  mails.length = 0;
});

/** Waits until nothing is owed any more, and tells to whom mail went. */
async function delivered(): Promise<string[]> {
  while ((await house.owed()).length > 0)
    await Promise.race([arrival.promise, new Promise(resolve => setTimeout(resolve, 20))]);
  return mails.map(({ to }) => to).toSorted();
}
const onboarding = async (id: string) =>
  (
    await house.owner.ask(
      'query ($id: ID!) { member(id: $id) { state onboarding { state sentCount lastSentAt linkExpiresAt deliveryError } } }',
      { id },
    )
  )['member'];
let count = 0;
const fresh = (input: Record<string, unknown> = {}) =>
  house.provider({ name: `Provider ${++count}`, ...input });
const signIn = {
  protocol: 'SAML',
  signInUrl: 'https://login.example/saml',
  entityIdUrl: 'https://login.example/entity',
};

describe('a provisioned member', () => {
  test('gets one mail after the 201, to the address that was sent', async () => {
    const entra = await fresh();
    const id = await entra.user('upn@contoso.com', {
      emails: [{ type: 'work', value: 'Ann.Real@contoso.com', primary: true }],
      name: { givenName: 'Ann' },
    });
    expect(await delivered()).toEqual(['Ann.Real@contoso.com']);
    expect(await onboarding(id)).toMatchObject({
      onboarding: {
        state: 'SENT',
        sentCount: 1,
        lastSentAt: expect.any(String),
        linkExpiresAt: expect.any(String),
        deliveryError: null,
      },
    });
    expect(mails[0]!.text).toMatch(new RegExp(`${house.origin}/invitations/muster_inv_\\w+`));
  });

  test('gets none on a retry, an edit, a disable, a restore or a second life of the link', async () => {
    const entra = await fresh();
    const id = await entra.user('once@contoso.com');
    await delivered();
    expect(
      (
        await scim(entra, 'POST', '/Users', {
          userName: 'once@contoso.com',
          externalId: 'ext-once@contoso.com',
          active: true,
        })
      )[0],
    ).toBe(409);
    await patch(entra, `/Users/${id}`, { op: 'replace', path: 'active', value: 'False' });
    await patch(entra, `/Users/${id}`, { op: 'replace', path: 'active', value: 'True' });
    await patch(entra, `/Users/${id}`, { op: 'replace', path: 'displayName', value: 'Once' });
    await scim(entra, 'PUT', `/Users/${id}`, { userName: 'once@contoso.com', active: true });
    const off = await house.owner.does('identityProviderUpdate', {
      id: entra.id,
      provisioning: 'OFF',
    });
    expect(off.userErrors).toEqual([]);
    await house.owner.does('identityProviderUpdate', { id: entra.id, provisioning: 'ON' });
    expect(await delivered()).toEqual(['once@contoso.com']);
    expect((await onboarding(id)).onboarding.sentCount).toBe(1);
  });

  test('that is deleted by its provider and restored by hand gets none again', async () => {
    const entra = await fresh();
    const id = await entra.user('back@contoso.com');
    await delivered();
    await scim(entra, 'DELETE', `/Users/${id}`);
    await house.owner.does('memberRestore', { id });
    expect(await delivered()).toEqual(['back@contoso.com']);
  });

  test('made in a Bulk request gets one too', async () => {
    const entra = await fresh();
    const [status] = await scim(entra, 'POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: ['a', 'b'].map(name => ({
        method: 'POST',
        path: '/Users',
        bulkId: name,
        data: { userName: `bulk-${name}@contoso.com` },
      })),
    });
    expect(status).toBe(200);
    expect(await delivered()).toEqual(['bulk-a@contoso.com', 'bulk-b@contoso.com']);
  });

  test('without any address is not mailed and does not hold up the others', async () => {
    const entra = await fresh();
    const id = await entra.user('no-address', { emails: [] });
    await entra.user('after@contoso.com');
    expect(await delivered()).toEqual(['after@contoso.com']);
    expect((await onboarding(id)).onboarding.sentCount).toBe(0);
  });

  test('that comes inactive is not invited', async () => {
    const entra = await fresh();
    await entra.user('asleep@contoso.com', { active: false });
    expect(await delivered()).toEqual([]);
  });

  test('that is adopted or linked was here before, and gets none', async () => {
    const adopting = await fresh({ adoption: 'ADOPT' });
    await house.made({ name: 'Adele Adopted' });
    expect(
      (await scim(adopting, 'POST', '/Users', { userName: 'adele.adopted@northwind.example' }))[0],
    ).toBe(201);
    expect(await delivered()).toEqual([]);
  });
});

describe('the invitation policy', () => {
  test.each<[string, Record<string, unknown>, string[], string]>([
    ['IMMEDIATE', {}, ['p@contoso.com'], 'SENT'],
    ['NEVER', {}, [], 'NOT_SENT'],
    ['MANUAL', {}, [], 'HELD'],
    ['WITHOUT_SSO', {}, ['p@contoso.com'], 'SENT'],
    ['WITHOUT_SSO', { signIn }, [], 'NOT_SENT'],
  ])('%s, %j', async (invitations, input, to, state) => {
    const entra = await fresh(input);
    expect(
      (
        await house.owner.does(
          'identityProviderUpdate',
          { id: entra.id, features: { invitations } },
          'identityProvider { features { invitations } }',
        )
      )['identityProvider'].features,
    ).toEqual({ invitations });
    const address = `p${count}@contoso.com`;
    const id = await entra.user(address);
    expect(await delivered()).toEqual(to.map(() => address));
    expect((await onboarding(id)).onboarding.state).toBe(state);
    if (invitations === 'MANUAL') {
      expect(
        (await house.owner.does('membersSendActivation', { ids: [id] }, 'members { id }'))
          .userErrors,
      ).toEqual([]);
      expect(await delivered()).toEqual([address]);
      expect((await onboarding(id)).onboarding).toMatchObject({ state: 'SENT', sentCount: 1 });
    }
  });
});

describe('by hand', () => {
  test('an invited person is mailed once, however often the call is retried, and again when asked', async () => {
    const invite = () =>
      house.owner.graphql(
        'mutation { done: memberInvite(input: { email: "hand@northwind.example" }) @idempotent(key: "one-invitation") { member { id } userErrors { code } } }',
      );
    const [first] = await Promise.all([invite(), invite(), invite()]);
    expect(await delivered()).toEqual(['hand@northwind.example']);
    const { id } = (first.data as Record<string, { member: { id: string } }>)['done']!.member;
    await house.owner.does('membersSendActivation', { ids: [id] });
    expect(await delivered()).toHaveLength(2);
    expect(
      await house.owner.does(
        'memberInvite',
        { email: 'dry@northwind.example', dryRun: true },
        'plan { digest }',
      ),
    ).toMatchObject({ userErrors: [] });
    expect(
      await house.owner.does('memberInvite', { email: 'HAND@northwind.example' }),
    ).toMatchObject({ userErrors: [{ code: 'ALREADY_TAKEN' }] });
    expect(await delivered()).toHaveLength(2);
  });

  test('the link in the mail lets the person in', async () => {
    const { member } = await house.owner.does(
      'memberInvite',
      { email: 'link@northwind.example' },
      'member { id state }',
    );
    expect(member.state).toBe('INVITED');
    await delivered();
    const url = /https?:\/\/\S+\/invitations\/\w+/.exec(mails[0]!.text)![0];
    expect((await fetch(url)).status).toBe(200);
    // looking is not accepting: mail scanners look
    expect(await onboarding(member.id)).toMatchObject({ state: 'INVITED' });
    expect((await fetch(url, { method: 'POST' })).status).toBeLessThan(400);
    expect(await onboarding(member.id)).toMatchObject({
      state: 'ACTIVE',
      onboarding: { state: 'COMPLETED' },
    });
  });
});
