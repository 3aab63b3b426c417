import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/database.ts';
import { acceptInvitation, Actor, Directory, Outbox } from '../../src/directory/index.ts';
import { MAILS_PER_TENANT } from '../../src/directory/invitations/mail-limits.ts';
import {
  createFirstTenant,
  systemDirectory,
} from '../../src/directory/installation/first-tenant.ts';
import { type Outbound, startOutbound } from '../../src/outbound/index.ts';
import { connectionOf, createLog, createMailer } from '../../src/platform/index.ts';
import { createTestDatabase } from '../support/cluster.ts';

let database: Database;
let system: Directory;
let outbox: Outbox;
let outbound: Outbound;

/** A mail server that remembers, and that can be told to say no. */
const mails: string[] = [];
let arrived = Promise.withResolvers<void>();
let answer: (address: string) => number = () => 250;
const server = new SMTPServer({
  disabledCommands: ['STARTTLS'],
  authOptional: true,
  onRcptTo: ({ address }, _, done) => {
    const code = answer(address);
    arrived.resolve();
    done(code === 250 ? null : Object.assign(new Error('no'), { responseCode: code }));
  },
  onData: (stream, _, done) => {
    let text = '';
    stream
      .setEncoding('utf8')
      .on('data', chunk => {
        text += chunk;
      })
      .once('end', () => {
        mails.push(text.replaceAll('=\r\n', '').replaceAll('=3D', '='));
        done();
      });
  },
});
let mailer: ReturnType<typeof createMailer>;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  mailer = createMailer({
    smtpUrl: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    from: 'Muster <muster@example.com>',
    log: createLog('silent'),
  });
  database = openDatabase({
    connection: connectionOf(await createTestDatabase()),
    tokenKey: 'k'.repeat(40),
  });
  outbox = new Outbox(database.store);
});
afterAll(async () => {
  mailer.close();
  await database.close();
  await new Promise<void>(resolve => server.close(resolve));
});
beforeEach(async () => {
  system = await createFirstTenant(database.store, {
    tenant: 'Northwind\nTraders',
    userName: 'olga@northwind.example',
    givenName: 'Olga',
    familyName: 'Owner',
  });
  mails.length = 0;
  answer = () => 250;
  arrived = Promise.withResolvers();
});
afterEach(async () => {
  await outbound?.stop();
  expect(await outbox.backlog()).toMatchObject({ pending: 0 });
});

const start = (options = {}) => {
  outbound = startOutbound({
    outbox,
    mailer,
    publicUrl: 'https://muster.example',
    log: createLog('silent'),
    directoryOf: tenantId => systemDirectory(database.store, tenantId),
    options: { pollMs: 10, ...options },
  });
};
/** Delivers what is owed, and stops. */
const drained = async (options = {}) => {
  start(options);
  while ((await outbox.backlog()).pending > 0) await new Promise(resolve => setImmediate(resolve));
  await outbound.stop();
};
const onboarding = async (id: string) => (await system.invitations.ofMembers([id]))[0];
const linkIn = (mail: string | undefined) =>
  /\/invitations\/(muster_inv_\w+)/.exec(mail ?? '')?.[1] as string;
const accept = (token: string) =>
  acceptInvitation(database.store, { correlationId: 'door' }, token);
let made = 0;
const invite = () =>
  system.members.invite({ email: `ada${++made}@northwind.example`, givenName: 'Ada' });

describe('an invited person', () => {
  test('gets one mail with a link, comes in by it, and is recorded as who came', async () => {
    const { id, email } = await invite();
    expect(await onboarding(id)).toMatchObject({ state: 'NOT_SENT', sentCount: 0 });
    await drained();
    expect(mails).toHaveLength(1);
    expect(mails[0]).toContain(`To: ${email}`);
    expect(mails[0]).toMatch(/^Subject: Your invitation to Northwind Traders\r$/m);
    expect(await onboarding(id)).toMatchObject({
      state: 'SENT',
      sentCount: 1,
      lastSentAt: expect.any(Date),
      deliveryError: null,
    });
    const link = linkIn(mails[0]);
    expect(JSON.stringify(await system.rows('invitations').selectAll().execute())).not.toContain(
      link,
    );
    expect(await accept(link)).toMatchObject({ id, state: 'ACTIVE' });
    expect(await onboarding(id)).toMatchObject({ state: 'COMPLETED' });
    await accept(link);
    const joined = (await system.audit.page({ action: ['member.joined'] })).items.map(
      ({ row }) => row,
    );
    expect(joined).toHaveLength(1);
    expect(joined[0]).toMatchObject({
      subjectId: id,
      actor: { kind: 'member', memberId: id },
      changes: [{ name: 'state', before: 'INVITED', after: 'ACTIVE' }],
    });
  });

  test('cannot come in by a link that is over, that was replaced, or that nobody sent', async () => {
    const { id } = await invite();
    await drained();
    await system.invitations.send([id]);
    await drained();
    const [first, second] = mails.map(linkIn) as [string, string];
    expect(first).not.toBe(second);
    for (const token of [
      first,
      'nonsense',
      database.store.secrets.issue('inv', system.tenantId).text,
    ])
      await expect(accept(token)).rejects.toMatchObject({ code: 'not-found' });
    await system.members.disable(id);
    await expect(accept(second)).rejects.toMatchObject({ code: 'not-found' });
    await system.members.enable(id);
    await system.db
      .updateTable('invitations')
      .set({ link_expires_at: new Date(0) })
      .where('tenant_id', '=', system.tenantId)
      .where('member_id', '=', id)
      .execute();
    await expect(accept(second)).rejects.toMatchObject({ code: 'not-found' });
    expect(await onboarding(id)).toMatchObject({ state: 'SENT', sentCount: 2 });
  });

  test('who was taken out meanwhile gets no mail', async () => {
    const { id } = await invite();
    await system.members.remove(id);
    await drained();
    expect(mails).toEqual([]);
  });
});

describe('sending', () => {
  test('is recorded once for each, and leaves who has come in alone', async () => {
    const [one, two] = [await invite(), await invite()];
    await drained();
    await accept(linkIn(mails[0]));
    await system.invitations.send([one.id, two.id, two.id]);
    expect(await system.audit.count({ action: ['member.activationSent'] })).toBe(1);
    await drained();
    expect(mails).toHaveLength(3);
  });

  test('names whom it cannot find, and takes a permission', async () => {
    await expect(system.invitations.send([(await invite()).id, 'nobody'])).rejects.toMatchObject({
      code: 'not-found',
      facts: { field: ['ids', '1'] },
    });
    await expect(
      system.invitations.send(Array.from({ length: 501 }, (_, i) => String(i))),
    ).rejects.toMatchObject({ code: 'invalid' });
    const nobody = new Directory(
      database.store,
      new Actor({
        tenantId: system.tenantId,
        record: { kind: 'token', name: 't' },
        permissions: [],
      }),
      { correlationId: 'x' },
    );
    await expect(nobody.invitations.send([])).rejects.toMatchObject({ code: 'forbidden' });
    await drained();
  });
});

describe('a new member of a provider is asked in as its policy says', () => {
  const provision = async (
    invitations: 'IMMEDIATE' | 'WITHOUT_SSO' | 'MANUAL' | 'NEVER',
    signIn?: { protocol: 'SAML' },
  ) => {
    const { provider } = await system.identityProviders.create({
      name: `Entra ${++made}`,
      kind: 'ENTRA_ID',
      ...(signIn && { signIn }),
    });
    await system.identityProviders.update(provider.id, { features: { invitations } });
    const entra = new Directory(
      database.store,
      new Actor({
        tenantId: system.tenantId,
        record: { kind: 'provider', name: 'Entra', providerId: provider.id },
        permissions: ['SCIM_INTEGRATE'],
      }),
      { correlationId: 'x' },
    );
    const email = `grace${++made}@northwind.example`;
    const facts = {
      userName: email,
      email,
      givenName: 'Grace',
      familyName: 'Hopper',
      displayName: 'Grace Hopper',
      externalId: `e${made}`,
      profile: {},
      pushedRoles: [],
    };
    const member = await entra.members.provision({ ...facts, active: true }, {});
    await drained();
    await entra.members.rewrite(member.id, { ...facts, active: false });
    await entra.members.rewrite(member.id, { ...facts, active: true });
    await drained();
    return { mails: mails.length, state: (await onboarding(member.id))?.state };
  };

  test.each([
    ['IMMEDIATE', undefined, { mails: 1, state: 'SENT' }],
    ['WITHOUT_SSO', undefined, { mails: 1, state: 'SENT' }],
    ['WITHOUT_SSO', { protocol: 'SAML' }, { mails: 0, state: 'NOT_SENT' }],
    ['MANUAL', undefined, { mails: 0, state: 'HELD' }],
    ['NEVER', undefined, { mails: 0, state: 'NOT_SENT' }],
  ] as const)('%s, sign-in %o: once', async (policy, signIn, expected) => {
    expect(await provision(policy, signIn)).toEqual(expected);
  });
});

describe('a mail that does not go out', () => {
  test('is tried again until its attempts are used up, and then said to have bounced', async () => {
    let tries = 0;
    answer = () => {
      tries++;
      return 450;
    };
    const { id } = await invite();
    await drained({ attempts: 3, backoffSeconds: 0 });
    expect(tries).toBe(3);
    expect(await onboarding(id)).toMatchObject({
      state: 'BOUNCED',
      sentCount: 0,
      deliveryError: expect.any(String),
    });
    answer = () => 250;
    await system.invitations.send([id]);
    await drained();
    expect(await onboarding(id)).toMatchObject({
      state: 'SENT',
      sentCount: 1,
      deliveryError: null,
    });
  });

  test('because the address will never do is not tried again', async () => {
    let tries = 0;
    answer = () => {
      tries++;
      return 550;
    };
    const { id } = await invite();
    await drained({ backoffSeconds: 0 });
    expect(tries).toBe(1);
    expect(await onboarding(id)).toMatchObject({ state: 'BOUNCED' });
  });

  test('waits, with its fault, for the next attempt', async () => {
    answer = () => 450;
    const { id } = await invite();
    start({ backoffSeconds: 3600 });
    await arrived.promise;
    await outbound.stop();
    expect(await outbox.claim(5)).toEqual([]);
    expect(await onboarding(id)).toMatchObject({ state: 'NOT_SENT' });
    await system.db
      .updateTable('outbox')
      .set({ available_at: new Date(0) })
      .where('tenant_id', '=', system.tenantId)
      .execute();
    answer = () => 250;
    await drained();
    expect(await onboarding(id)).toMatchObject({ state: 'SENT' });
  });
});

test('beyond what a tenant may send in an hour, mails wait for the next hour, and none is lost', async () => {
  const members = [await invite(), await invite(), await invite()];
  const { tenantId, db } = system;
  await sql`
    insert into mail_counts (tenant_id, address_key, hour, mails)
    values (${tenantId}, '>', date_trunc('hour', now()), ${MAILS_PER_TENANT - 1})
  `.execute(db);
  const waiting = () =>
    system
      .rows('outbox')
      .select(['attempts', 'last_error', 'available_at'])
      .where('last_error', 'is not', null)
      .execute();
  start({ attempts: 1 });
  while ((await waiting()).length < 2) await new Promise(resolve => setImmediate(resolve));
  await outbound.stop();
  expect(mails).toHaveLength(1);
  const nextHour = Math.ceil(Date.now() / 3_600_000) * 3_600_000;
  for (const { attempts, last_error, available_at } of await waiting()) {
    expect([attempts, last_error]).toEqual([
      0,
      `${MAILS_PER_TENANT} mails left this tenant within the hour.`,
    ]);
    expect(available_at.getTime()).toBeGreaterThanOrEqual(nextHour);
    expect(available_at.getTime()).toBeLessThanOrEqual(nextHour + 62_000);
  }
  expect(await outbox.claim(5)).toEqual([]);

  await sql`update mail_counts set hour = hour - interval '1 hour' where tenant_id = ${tenantId}`.execute(
    db,
  );
  await sql`update outbox set available_at = now() where tenant_id = ${tenantId}`.execute(db);
  await drained({ attempts: 1 });
  const to = (mail: string) => /^To: (.*)\r$/m.exec(mail)?.[1];
  expect(new Set(mails.map(to))).toEqual(new Set(members.map(({ email }) => email)));
  expect(mails).toHaveLength(members.length);
  for (const { id } of members)
    expect(await onboarding(id)).toMatchObject({ state: 'SENT', sentCount: 1 });
});

test('several relays on one database send each mail once', async () => {
  for (let i = 0; i < 20; i++) await invite();
  const others = Array.from({ length: 3 }, () =>
    startOutbound({
      outbox: new Outbox(database.store),
      mailer,
      publicUrl: 'https://muster.example',
      log: createLog('silent'),
      directoryOf: tenantId => systemDirectory(database.store, tenantId),
      options: { pollMs: 5 },
    }),
  );
  await drained();
  await Promise.all(others.map(other => other.stop()));
  expect(new Set(mails.map(linkIn)).size).toBe(20);
  expect(mails).toHaveLength(20);
});

test('a relay that died is taken over, and its mail carries the same link', async () => {
  const { id } = await invite();
  const [claimed] = await outbox.claim(1, 0);
  expect(claimed?.payload).toEqual({ memberId: id });
  await drained();
  const [mail] = mails;
  expect(linkIn(mail)).toBe(
    database.store.secrets.derive('inv', system.tenantId, claimed!.id).text,
  );
});
