import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/database.ts';
import {
  ACCESS_TOKEN_SECONDS,
  issueAccessToken,
  readAccessToken,
} from '../../src/directory/credentials/access-token.ts';
import { authenticate } from '../../src/directory/credentials/authenticate.ts';
import { Secrets, withoutSecrets } from '../../src/directory/credentials/secret.ts';
import { UseNotes } from '../../src/directory/credentials/use-notes.ts';
import { Directory, type MemberRow, type Permission } from '../../src/directory/index.ts';
import { activeOwner, createFirstTenant } from '../../src/directory/installation/first-tenant.ts';
import { connectionOf } from '../../src/platform/index.ts';
import { createTestDatabase } from '../support/cluster.ts';

const KEY = 'k'.repeat(40);
const TENANT = '0198a3f0-0000-7000-8000-0000000000ff';

let database: Database;
let system: Directory;
let owner: MemberRow;
const statements: string[] = [];

beforeAll(async () => {
  database = openDatabase({
    connection: connectionOf(await createTestDatabase()),
    tokenKey: KEY,
    onStatement: text => statements.push(text),
  });
  system = await createFirstTenant(database.store, {
    tenant: 'Northwind',
    userName: 'olga@northwind.example',
    givenName: 'Olga',
    familyName: 'Owner',
  });
  owner = (await activeOwner(system)) as MemberRow;
});
afterAll(() => database.close());

const entryOf = async (subjectId: string, action: string) =>
  (await system.audit.page({ subjectId: [subjectId], action: [action] })).items.map(
    ({ row }) => row,
  );
const signedIn = async (memberId: string, permissions?: readonly Permission[]) => {
  const { secret } = await system.credentials.issuePersonal(memberId, 'for a test', {
    ...(permissions && { permissions }),
  });
  const caller = await authenticate(database.store, secret);
  if (!caller) throw new Error('The token opens nothing.');
  return {
    secret,
    directory: new Directory(database.store, caller.actor, { correlationId: 'test' }),
  };
};
let made = 0;
const joined = async (role = 'member') => {
  const roleId = (
    await system
      .rows('roles')
      .select('id')
      .where('built_in', '=', role as 'member')
      .executeTakeFirstOrThrow()
  ).id;
  const member = await system.members.invite({
    email: `person${++made}@northwind.example`,
    roleId,
  });
  await system.db
    .updateTable('members')
    .set({ state: 'ACTIVE' })
    .where('tenant_id', '=', system.tenantId)
    .where('id', '=', member.id)
    .execute();
  return member;
};

describe('a secret', () => {
  const secrets = new Secrets(KEY);

  test('carries its kind and tenant, and is read back', () => {
    const { text, digest, lastFour } = secrets.issue('idp', TENANT);
    expect(text).toMatch(/^muster_idp_[0-9A-Za-z]{71}$/);
    expect(text.endsWith(lastFour)).toBe(true);
    expect(secrets.read(text)).toEqual({ kind: 'idp', tenantId: TENANT, digests: [digest] });
    expect(new Secrets('other'.repeat(8)).read(text)?.digests).not.toContain(digest);
  });

  test('that was mistyped is told apart before anybody is asked', () => {
    const { text } = secrets.issue('pat', TENANT);
    const at = 40;
    const other = text[at] === 'a' ? 'b' : 'a';
    for (const wrong of [
      `${text.slice(0, at)}${other}${text.slice(at + 1)}`,
      text.slice(1),
      `${text}0`,
      text.replace('pat', 'svc'),
      '',
      'muster_pat_',
    ])
      expect(secrets.read(wrong)).toBeNull();
  });

  test('is derived the same each time for the same cause', () => {
    expect(secrets.derive('inv', TENANT, 'a')).toEqual(secrets.derive('inv', TENANT, 'a'));
    expect(secrets.derive('inv', TENANT, 'a').text).not.toBe(
      secrets.derive('inv', TENANT, 'b').text,
    );
  });

  test('is found in any text, to be taken out', () => {
    expect(withoutSecrets(`Bearer ${secrets.issue('pat', TENANT).text}, muster_ stays`)).toBe(
      'Bearer [removed], muster_ stays',
    );
  });

  test('of an access token ends after an hour and cannot be altered', () => {
    const facts = {
      tenantId: TENANT,
      providerId: TENANT.replace('ff', '01'),
      credentialId: TENANT.replace('ff', '02'),
    };
    const { text, expiresIn } = issueAccessToken(secrets, facts);
    expect(expiresIn).toBe(ACCESS_TOKEN_SECONDS);
    expect(readAccessToken(secrets, text)).toMatchObject(facts);
    expect(readAccessToken(secrets, text, Date.now() + 3_601_000)).toBeNull();
    expect(readAccessToken(secrets, text.replace(text.slice(70, 72), 'zz'))).toBeNull();
    expect(readAccessToken(new Secrets('other'.repeat(8)), text)).toBeNull();
  });
});

describe('a personal token', () => {
  test('permits what both it and the role permit, in one statement', async () => {
    const member = await joined('auditor');
    const { secret } = await signedIn(member.id);
    statements.length = 0;
    const caller = await authenticate(database.store, secret);
    expect(statements.filter(text => text.includes('credentials'))).toHaveLength(1);
    expect([...(caller?.actor.permissions ?? [])].toSorted()).toEqual([
      'AUDIT_READ',
      'DIRECTORY_READ',
    ]);
    expect(caller?.actor.record).toMatchObject({
      kind: 'member',
      name: member.displayName,
      memberId: member.id,
    });
    const narrow = await signedIn(member.id, ['AUDIT_READ', 'ROLE_ADMIN']);
    expect([...narrow.directory.actor.permissions]).toEqual(['AUDIT_READ']);
  });

  test('is dead while its person is disabled, invited or deleted, and when it is revoked or over', async () => {
    const member = await joined();
    const { secret, directory } = await signedIn(member.id);
    const isAlive = async () => (await authenticate(database.store, secret)) !== null;
    expect(await isAlive()).toBe(true);
    await system.members.disable(member.id);
    expect(await isAlive()).toBe(false);
    await system.members.enable(member.id);
    expect(await isAlive()).toBe(true);
    await system.db
      .updateTable('credentials')
      .set({ expires_at: sql<Date>`now() - interval '1 s'` })
      .where('tenant_id', '=', system.tenantId)
      .where('member_id', '=', member.id)
      .execute();
    expect(await isAlive()).toBe(false);
    await system.db
      .updateTable('credentials')
      .set({ expires_at: null })
      .where('tenant_id', '=', system.tenantId)
      .where('member_id', '=', member.id)
      .execute();
    const id = directory.actor.credential?.id as string;
    const revoked = await directory.credentials.revokeToken(id);
    expect(revoked.revokedAt).toBeInstanceOf(Date);
    expect(await isAlive()).toBe(false);
    expect((await system.credentials.revokeToken(id)).revokedAt).toEqual(revoked.revokedAt);
    expect(await entryOf(id, 'token.revoked')).toHaveLength(1);
  });

  test('is kept as a digest and recorded without its text', async () => {
    const { directory } = await signedIn(owner.id);
    const { token, secret } = await directory.credentials.createToken({
      name: ' Laptop ',
      kind: 'PERSONAL',
      permissions: ['DIRECTORY_READ'],
    });
    expect(token).toMatchObject({
      name: 'Laptop',
      kind: 'PERSONAL',
      memberId: owner.id,
      revokedAt: null,
    });
    const row = await system
      .rows('credentials')
      .selectAll()
      .where('id', '=', token.id)
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(row)).not.toContain(secret);
    const entries = await entryOf(token.id, 'token.created');
    expect(entries).toHaveLength(1);
    expect(JSON.stringify(entries)).not.toContain(secret);
  });

  test('permits no more than its maker may, and ends in the future', async () => {
    const { directory } = await signedIn((await joined()).id);
    const make = (facts: object) =>
      directory.credentials.createToken({
        name: 'x',
        kind: 'PERSONAL',
        permissions: ['DIRECTORY_READ'],
        ...facts,
      });
    await expect(make({ permissions: ['AUDIT_READ'] })).rejects.toMatchObject({
      code: 'forbidden',
      facts: { field: ['permissions'] },
    });
    await expect(make({ expiresAt: new Date(0) })).rejects.toMatchObject({
      code: 'invalid',
      facts: { field: ['expiresAt'] },
    });
    await expect(make({ name: ' ' })).rejects.toMatchObject({
      code: 'invalid',
      facts: { field: ['name'] },
    });
    await expect(make({ permissions: [] })).rejects.toMatchObject({ code: 'invalid' });
    await expect(make({ kind: 'SERVICE' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(make({ kind: 'SCIM', permissions: ['SCIM_INTEGRATE'] })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('of somebody else is not there for who does not govern tokens', async () => {
    const other = await signedIn((await joined()).id);
    const { directory } = await signedIn((await joined()).id);
    const id = other.directory.actor.credential?.id as string;
    await expect(directory.credentials.revokeToken(id)).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(directory.credentials.revokeToken('no id')).rejects.toMatchObject({
      code: 'not-found',
    });
    expect((await directory.credentials.tokens()).map(token => token.id)).toEqual([
      directory.actor.credential?.id,
    ]);
    expect((await system.credentials.tokens()).length).toBeGreaterThan(2);
  });
});

test('a SCIM token holds the SCIM permission only; a service token is nobody in particular', async () => {
  const { directory } = await signedIn(owner.id);
  const scim = await directory.credentials.createToken({
    name: 'Entra',
    kind: 'SCIM',
    permissions: [],
  });
  await expect(
    directory.credentials.createToken({ name: 'Entra', kind: 'SCIM', permissions: ['AUDIT_READ'] }),
  ).rejects.toMatchObject({ code: 'invalid' });
  const caller = await authenticate(database.store, scim.secret);
  expect([...(caller?.actor.permissions ?? [])]).toEqual(['SCIM_INTEGRATE']);
  expect(caller?.actor.record.memberId).toBe(owner.id);
  const service = await directory.credentials.createToken({
    name: 'Portal',
    kind: 'SERVICE',
    permissions: ['DIRECTORY_READ'],
  });
  const portal = await authenticate(database.store, service.secret);
  expect(portal?.actor.record).toEqual({
    kind: 'token',
    name: 'Portal',
    credentialId: service.token.id,
  });
  const portalDirectory = new Directory(database.store, portal!.actor, {
    correlationId: 'portal',
  });
  await expect(
    portalDirectory.credentials.createToken({
      name: 'x',
      kind: 'PERSONAL',
      permissions: ['DIRECTORY_READ'],
    }),
  ).rejects.toMatchObject({ code: 'forbidden' });
});

describe("a provider's secret", () => {
  const provider = (name: string) => system.identityProviders.create({ name, kind: 'ENTRA_ID' });

  test('opens the door of its provider, reads while paused, and nothing while off', async () => {
    const {
      provider: { id },
      secretToken,
    } = await provider('Entra A');
    const secret = secretToken as string;
    const caller = await authenticate(database.store, secret);
    expect(caller).toMatchObject({
      provider: {
        id,
        name: 'Entra A',
        provisioning: 'ON',
        strict: false,
        extensionAttributes: [],
        features: { acceptGroups: true },
      },
    });
    expect(caller?.actor.record).toMatchObject({
      kind: 'provider',
      name: 'Entra A',
      providerId: id,
      credentialId: caller?.credentialId,
    });
    expect([...(caller?.actor.permissions ?? [])]).toEqual(['SCIM_INTEGRATE']);
    await system.identityProviders.update(id, { provisioning: 'PAUSED' });
    expect((await authenticate(database.store, secret))?.provider?.provisioning).toBe('PAUSED');
    await system.identityProviders.update(id, { provisioning: 'ON', isActive: false });
    expect(await authenticate(database.store, secret)).toBeNull();
  });

  test('keeps working for the overlap of a rotation, and is dead at once when replaced', async () => {
    const {
      provider: { id },
      secretToken: first,
    } = await provider('Entra B');
    const { secretToken: second } = await system.identityProviders.rotate(id);
    const isAlive = async (secret: string | null) =>
      (await authenticate(database.store, secret as string)) !== null;
    expect([await isAlive(first), await isAlive(second)]).toEqual([true, true]);
    const rows = await system.credentials.ofProviders([id]);
    expect(rows.map(row => row.retiring)).toEqual([false, true]);
    expect(rows[1]?.expiresAt).toBeInstanceOf(Date);
    const { secretToken: third } = await system.identityProviders.replace(id);
    expect([await isAlive(first), await isAlive(second), await isAlive(third)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(await system.credentials.ofProviders([id])).toHaveLength(1);
  });

  test('buys access tokens that live no longer than it does', async () => {
    const {
      provider: { id: providerId },
      secretToken,
    } = await provider('Entra C');
    const { credentialId } = (await authenticate(database.store, secretToken as string)) as {
      credentialId: string;
    };
    const { text, expiresAt } = issueAccessToken(database.store.secrets, {
      tenantId: system.tenantId,
      providerId,
      credentialId,
    });
    const caller = await authenticate(database.store, text);
    expect(caller).toMatchObject({ provider: { id: providerId }, credentialId });
    expect(caller?.actor.credential?.expiresAt).toEqual(expiresAt);
    await system.identityProviders.replace(providerId);
    expect(await authenticate(database.store, text)).toBeNull();
  });

  test("a person's token knocks at a provider's door as that person", async () => {
    const {
      provider: { id },
    } = await provider('Entra D');
    const { secret } = await signedIn(owner.id);
    expect(await authenticate(database.store, secret, { at: id })).toMatchObject({
      provider: { id },
      actor: { record: { kind: 'member' } },
    });
    expect((await authenticate(database.store, secret, { at: owner.id }))?.provider).toBeNull();
  });
});

test('what was used is noted apart, and written in one batch', async () => {
  const { directory } = await signedIn(owner.id);
  const { provider } = await system.identityProviders.create({ name: 'Entra U', kind: 'ENTRA_ID' });
  const credentialId = directory.actor.credential?.id as string;
  const notes = new UseNotes(database.store, { everyMs: 60_000 });
  for (let i = 0; i < 50; i++)
    notes.note({
      tenantId: system.tenantId,
      credentialId,
      providerId: provider.id,
      changed: i === 0,
    });
  statements.length = 0;
  await notes.close();
  expect(statements.filter(text => text.includes('insert into'))).toHaveLength(2);
  expect((await directory.credentials.byIds([credentialId]))[0]?.lastUsedAt).toBeInstanceOf(Date);
  const activity = await system
    .rows('provider_activity')
    .selectAll()
    .where('provider_id', '=', provider.id)
    .executeTakeFirstOrThrow();
  expect([activity.last_seen_at, activity.last_change_at]).toEqual([
    expect.any(Date),
    expect.any(Date),
  ]);
});
