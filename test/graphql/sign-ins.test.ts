import { type CryptoKey, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AUDIENCE, type Issuer, openIssuer } from '../support/issuer.ts';
import { type House, openHouse, type Person, type Provider } from '../support/people.ts';
import type { Wire } from '../support/person.ts';

const SUBJECTS = Array.from({ length: 60 }, (_, at) => `subject-${at}`);

let issuer: Issuer;
let other: Issuer;
/** The claim `login` names the member, by id, user name or address. */
let house: House;
/** The same directory where the claim `email` does. */
let byEmail: House;
let used = 0;
let subject: string;

beforeAll(async () => {
  [issuer, other] = await Promise.all([openIssuer(SUBJECTS), openIssuer(SUBJECTS)]);
  const settings = (url: string, claim: string) => ({
    OIDC_ISSUER: url,
    OIDC_AUDIENCE: AUDIENCE,
    OIDC_MEMBER_CLAIM: claim,
  });
  house = await openHouse({ environment: settings(issuer.url, 'login') });
  byEmail = await openHouse({ beside: house, environment: settings(issuer.url, 'email') });
});
afterAll(async () => {
  await byEmail.close({ owed: 'anything' });
  await house.close({ owed: 'anything' });
  issuer.close();
  other.close();
});
beforeEach(() => {
  subject = SUBJECTS[used++]!;
});

const tokenOf = (claims: Record<string, unknown>, of = subject) =>
  issuer.token(of, { tenant: house.tenant.tenantId, ...claims });

/** The id of the member that this token is, and 401 when it is nobody. */
async function whoIs(token: string, at: House = house): Promise<string | number> {
  const answer = await fetch(`${at.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'authorization': `Bearer ${token}` },
    body: '{"query":"{ viewer { member { id } credential { kind } } }"}',
  });
  const body = (await answer.json()) as Wire;
  return answer.status === 200 ? (body.data.viewer.member.id as string) : answer.status;
}

const entriesOf = async (action: string, subjectId: string) =>
  (
    await house.owner.ask(
      'query ($filter: AuditFilter) { tenant { auditLog(filter: $filter) { nodes { outcome actor { __typename ... on Member { id } } changes { name after } } } } }',
      { filter: { action: [action], subjectId: [subjectId] } },
    )
  )['tenant'].auditLog.nodes as Wire[];
const rename = (id: string, input: Record<string, string>) =>
  house.owner.does('memberUpdate', { id, ...input }, 'member { userName }');

describe('a sign-in that was accepted once', () => {
  test('is that member for good, whatever names and addresses change, and is written down once', async () => {
    const mia = await house.made({ name: 'Mia Moving' });
    expect(await whoIs(await tokenOf({ login: mia.email }))).toBe(mia.id);
    expect(await whoIs(await tokenOf({ login: mia.email }))).toBe(mia.id);
    const bound = await entriesOf('signIn.bound', mia.id);
    expect(bound).toEqual([
      {
        outcome: 'SUCCESS',
        actor: { __typename: 'Member', id: mia.id },
        changes: [
          { name: 'issuer', after: issuer.url },
          { name: 'subject', after: subject },
        ],
      },
    ]);
    await rename(mia.id, { userName: 'mia.moved@northwind.example' });
    expect(await whoIs(await tokenOf({ login: mia.email }))).toBe(mia.id);

    // The name that is free now goes to somebody else, who signs in with an account of their own.
    const heir = await house.made({ name: 'Heir Of The Name' });
    await rename(heir.id, { userName: mia.email });
    const newSubject = SUBJECTS[used++]!;
    expect(await whoIs(await tokenOf({ login: mia.email }, newSubject))).toBe(heir.id);
    expect(await whoIs(await tokenOf({ login: mia.email }))).toBe(mia.id);
    // And whatever the first account claims to be called since, it is nobody else.
    expect(await whoIs(await tokenOf({ login: house.owner.id }))).toBe(mia.id);
  });

  test('costs one statement from then on', async () => {
    const { id, email } = await house.made({ name: 'Cheap Charlie' });
    const token = await tokenOf({ login: email });
    expect(await whoIs(token)).toBe(id);
    const statements = await house.statementsOf(() => whoIs(token));
    expect(statements.filter(text => /sign_in|members_addressed/.test(text))).toHaveLength(1);
  });

  test('is not taken over by another account that claims the same name; an administrator is told once', async () => {
    const { id, email } = await house.made({ name: 'Vera Victim' });
    expect(await whoIs(await tokenOf({ login: email }))).toBe(id);
    const thief = SUBJECTS[used++]!;
    for (const login of [email, id, email, email.toUpperCase()])
      expect(await whoIs(await tokenOf({ login }, thief))).toBe(401);
    const refused = await entriesOf('signIn.refused', id);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ outcome: 'FAILURE', actor: { __typename: 'SystemActor' } });
    const attention = 'query { tenant { attention { message } } }';
    expect(JSON.stringify(await house.owner.ask(attention))).toContain('refused');
    expect(JSON.stringify(await house.member.ask(attention))).not.toContain('refused');
    expect(await whoIs(await tokenOf({ login: email }))).toBe(id);
  });

  test('of one who renames the owner to a name of their own account leads to nobody', async () => {
    const owner = await house.person({ role: 'owner', name: 'Otto Owner' });
    expect(await whoIs(await tokenOf({ login: owner.id }))).toBe(owner.id);
    await rename(owner.id, { userName: 'thief@provider.example' });
    const thief = SUBJECTS[used++]!;
    expect(await whoIs(await tokenOf({ login: 'thief@provider.example' }, thief))).toBe(401);
    expect(await whoIs(await tokenOf({ login: 'gone@northwind.example' }))).toBe(owner.id);
  });

  test('is bound to the issuer too: the same subject of another one is somebody else', async () => {
    const elsewhere = await openHouse({
      beside: house,
      environment: {
        OIDC_ISSUER: other.url,
        OIDC_AUDIENCE: AUDIENCE,
        OIDC_MEMBER_CLAIM: 'login',
      },
    });
    try {
      const first = await house.made({ name: 'First Issuer' });
      const second = await house.made({ name: 'Second Issuer' });
      expect(await whoIs(await tokenOf({ login: first.email }))).toBe(first.id);
      const claims = { tenant: house.tenant.tenantId, login: second.email };
      expect(await whoIs(await other.token(subject, claims), elsewhere)).toBe(second.id);
      expect(await whoIs(await tokenOf({ login: second.email }))).toBe(first.id);
      expect(await whoIs(await other.token(subject, claims))).toBe(401);
    } finally {
      await elsewhere.close({ owed: 'anything' });
    }
  });

  test('ends with a member who is disabled, and goes on when they are restored', async () => {
    const { id, email } = await house.made({ name: 'Dora Disabled' });
    const token = await tokenOf({ login: email });
    expect(await whoIs(token)).toBe(id);
    for (const [mutation, after] of [
      ['memberDisable', 401],
      ['memberEnable', id],
      ['memberDelete', 401],
      ['memberRestore', id],
    ] as const) {
      await house.owner.does(mutation, { id });
      expect(await whoIs(token)).toBe(after);
    }
    expect(await entriesOf('signIn.bound', id)).toHaveLength(1);
  });

  test('of a deleted member may be the member who is made after them', async () => {
    const before = await house.made({ name: 'Rita Rehired' });
    const token = await tokenOf({ login: before.email });
    expect(await whoIs(token)).toBe(before.id);
    await house.owner.does('memberDelete', { id: before.id });
    const after = await house.made({ name: 'Rita Back' });
    await rename(after.id, { userName: before.email });
    expect(await whoIs(token)).toBe(after.id);
  });

  test('that comes in many times at once is bound once, and to one of two who want the same member', async () => {
    const { id, email } = await house.made({ name: 'Rachel Race' });
    const rival = SUBJECTS[used++]!;
    const tokens = [await tokenOf({ login: email }), await tokenOf({ login: email }, rival)];
    const seen = await Promise.all(
      Array.from({ length: 12 }, async (_, at) => ({
        of: at % 2,
        is: await whoIs(tokens[at % 2]!),
      })),
    );
    const accepted = new Set(seen.filter(({ is }) => is === id).map(({ of }) => of));
    expect(accepted.size).toBe(1);
    expect(seen.every(({ of, is }) => is === (accepted.has(of) ? id : 401))).toBe(true);
    expect(await entriesOf('signIn.bound', id)).toHaveLength(1);
  });
});

describe('a sign-in by address', () => {
  const made = async (name: string) => {
    const { id, email } = await house.made({ name });
    await rename(id, { userName: `login-of-${id}` });
    return { id, email };
  };

  test.each([
    ['is refused when the token does not say that it is verified', {}, false],
    ['is refused when the token says that it is not', { email_verified: false }, false],
    ['is refused when the token says so in other words', { email_verified: 'yes' }, false],
    [
      'is refused when another address is the verified one',
      { email_verified: true, email: 'other@northwind.example' },
      false,
    ],
    ['is accepted when it is verified', { email_verified: true }, true],
    ['is accepted when it is verified, said as text', { email_verified: 'true' }, true],
  ])('%s', async (name, claims, accepted) => {
    const { id, email } = await made(`Addressed ${name.length}`);
    expect(await whoIs(await tokenOf({ login: email, ...claims }))).toBe(accepted ? id : 401);
    expect(await entriesOf('signIn.bound', id)).toHaveLength(accepted ? 1 : 0);
  });

  test('is refused when the role can administer', async () => {
    const admin = await house.person({ role: 'admin', name: 'Adam Addressed' });
    const email = 'adam.addressed@northwind.example';
    await rename(admin.id, { userName: 'adam' });
    expect(await whoIs(await tokenOf({ login: email, email_verified: true }))).toBe(401);
    expect(await whoIs(await tokenOf({ login: 'adam' }))).toBe(admin.id);
  });

  test('is refused when two have it, disabled ones too, and both are named to an administrator', async () => {
    const { email } = await made('Twin One');
    const provider = await house.provider({ name: 'Twins' });
    const id = await provider.user(`twin-${subject}`, { emails: [{ value: email }] });
    expect(await whoIs(await tokenOf({ login: email, email_verified: true }))).toBe(401);
    await provider.scim('PATCH', `/Users/${id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: false }],
    });
    expect(await whoIs(await tokenOf({ login: email, email_verified: true }))).toBe(401);
    expect(await entriesOf('signIn.refused', house.tenant.tenantId)).not.toHaveLength(0);
  });

  test('never opens a user name that is spelled like it, where the claim is `email`', async () => {
    const plain = await house.made({ name: 'Plain Paula' });
    for (const email_verified of [false, undefined])
      expect(await whoIs(await tokenOf({ email: plain.email, email_verified }), byEmail)).toBe(401);
    const verified = (email: string) => tokenOf({ email, email_verified: true });
    expect(await whoIs(await verified('olivia@northwind.example'), byEmail)).toBe(401);
    expect(await whoIs(await verified(plain.email), byEmail)).toBe(plain.id);
  });
});

describe('a push of somebody who looks like the owner', () => {
  let provider: Provider;
  beforeAll(async () => {
    provider = await house.provider({ name: 'Look-alikes' });
  });
  const owner = async (name: string): Promise<Person & { email: string }> => {
    const person = await house.person({ role: 'owner', name });
    return Object.assign(person, {
      email: `${name.toLowerCase().replaceAll(' ', '.')}@northwind.example`,
    });
  };

  test("with the owner's address neither locks the owner out nor leads to the pushed person", async () => {
    const real = await owner('Olga Original');
    const pushed = await provider.user('look.alike', { emails: [{ value: real.email }] });
    expect(await whoIs(await tokenOf({ login: real.email }))).toBe(real.id);
    expect(await whoIs(await tokenOf({ login: 'look.alike' }, SUBJECTS[used++]))).toBe(pushed);
  });

  test("with a user name equal to the owner's address leads nobody to the pushed person", async () => {
    const real = await owner('Oda Original');
    await rename(real.id, { userName: 'oda' });
    const id = await provider.user(real.email, { emails: [] });
    expect(await whoIs(await tokenOf({ login: real.email, email_verified: true }))).toBe(401);
    expect(await entriesOf('signIn.bound', id)).toEqual([]);
    expect(await whoIs(await tokenOf({ login: 'oda' }))).toBe(real.id);
  });

  test('with either changes nothing for an owner who has signed in before', async () => {
    const real = await owner('Ole Original');
    const token = await tokenOf({ login: real.email });
    expect(await whoIs(token)).toBe(real.id);
    await rename(real.id, { userName: 'ole' });
    await provider.user(real.email, { emails: [{ value: real.email }] });
    expect(await whoIs(token)).toBe(real.id);
  });
});

test('the keys are taken from OIDC_JWKS_URL when it is given, and from nowhere else', async () => {
  const elsewhere = await openHouse({
    beside: house,
    environment: {
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: AUDIENCE,
      OIDC_JWKS_URL: other.jwksUrl,
      OIDC_MEMBER_CLAIM: 'login',
    },
  });
  try {
    const claims = { tenant: house.tenant.tenantId, login: house.member.id };
    const signedBy = (key: CryptoKey) =>
      new SignJWT({ iss: issuer.url, aud: AUDIENCE, sub: subject, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'of-the-test', typ: 'at+jwt' })
        .setExpirationTime('1m')
        .sign(key);
    expect(await whoIs(await issuer.token(subject, claims), elsewhere)).toBe(401);
    expect(await whoIs(await signedBy(other.key), elsewhere)).toBe(house.member.id);
    expect(await whoIs(await signedBy(other.key))).toBe(401);
  } finally {
    await elsewhere.close({ owed: 'anything' });
  }
});
