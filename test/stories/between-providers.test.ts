import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, type Provider } from '../support/people.ts';
import type { Wire } from '../support/person.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close({ owed: 'anything' }));

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
let scenes = 0;
/** Two providers of one tenant, and a name for whoever is in the scene. */
async function scene(adoption: 'ASK' | 'ADOPT' = 'ASK') {
  const at = ++scenes;
  const [entra, okta] = [
    await house.provider({ name: `Entra ${at}`, adoption }),
    await house.provider({ name: `Okta ${at}`, kind: 'OKTA' }),
  ];
  return { entra, okta, name: `ann${at}@x.example` };
}
const switchTo = (provider: Provider, provisioning: 'ON' | 'OFF', more: object = {}) =>
  house.owner
    .does(
      'identityProviderUpdate',
      { id: provider.id, provisioning, ...more },
      'identityProvider { provisioning } secretToken',
    )
    .then(done => {
      expect(done.userErrors).toEqual([]);
      if (done['secretToken']) provider.secret = done['secretToken'] as string;
    });
const memberOf = async (id: string): Promise<Wire> =>
  (
    await house.owner.ask<{ member: Wire }>(
      'query ($id: ID!) { member(id: $id) { state userName version provenance { origin managed detached identityProvider { id } } } }',
      { id },
    )
  ).member;
const casesOf = async ({ id }: Provider): Promise<Wire[]> =>
  (
    await house.owner.ask<{ identityProvider: Wire }>(
      'query ($id: ID!) { identityProvider(id: $id) { conflicts { nodes { id kind attempts choices candidates { id } } } } }',
      { id },
    )
  ).identityProvider.conflicts.nodes;
const resolve = async (id: string, choice: string) =>
  (await house.owner.does('conflictResolve', { ids: [id], choice }, 'cases { id }')).userErrors;
const invited = async (email: string): Promise<string> =>
  (await house.owner.does('memberInvite', { email }, 'member { id }'))['member'].id;
const post = (provider: Provider, userName: string, facts: object = {}) =>
  provider.scim('POST', '/Users', {
    userName,
    active: true,
    externalId: `x-${userName}`,
    ...facts,
  });

describe('what its provider deleted and a person restores is unlinked', () => {
  test.each(['OFF', 'ON'] as const)('restored while %s, then ON', async state => {
    const { entra, name } = await scene();
    const id = await entra.user(name);
    expect((await entra.scim('DELETE', `/Users/${id}`)).status).toBe(204);
    if (state === 'OFF') await switchTo(entra, 'OFF');
    expect((await house.owner.does('memberRestore', { id })).userErrors).toEqual([]);
    if (state === 'OFF') await switchTo(entra, 'ON');
    expect(await memberOf(id)).toMatchObject({
      state: 'ACTIVE',
      provenance: { origin: 'SCIM', managed: false, detached: true },
    });
    expect((await entra.scim('GET', `/Users/${id}`)).status).toBe(404);
    const again = await post(entra, name);
    expect([again.status, again.body.id === id]).toEqual([201, false]);
  });

  test('what a person deleted and restored while OFF stays with the provider', async () => {
    const { entra, name } = await scene();
    const id = await entra.user(name);
    await switchTo(entra, 'OFF');
    await house.owner.does('memberDelete', { id });
    await house.owner.does('memberRestore', { id });
    await switchTo(entra, 'ON');
    expect((await entra.scim('GET', `/Users/${id}`)).status).toBe(200);
  });
});

describe('the same user at two providers', () => {
  test('is a 409 that says so, and one case, which can only be rejected while the other manages it', async () => {
    const { entra, okta, name } = await scene();
    const id = await entra.user(name);
    for (const spelled of [name, name.toUpperCase()])
      expect(await post(okta, spelled)).toMatchObject({
        status: 409,
        body: {
          scimType: 'uniqueness',
          detail: expect.stringContaining('another identity provider'),
        },
      });
    const cases = await casesOf(okta);
    expect(cases).toMatchObject([
      { kind: 'member', attempts: 2, choices: ['REJECT'], candidates: [{ id }] },
    ]);
    expect(await casesOf(entra)).toEqual([]);
    for (const choice of ['LINK_KEEP', 'LINK_OVERWRITE', 'CREATE_NEW'])
      expect(await resolve(cases[0].id, choice)).toMatchObject([
        { code: 'INVALID', message: expect.stringContaining('Entra') },
      ]);
    expect(await memberOf(id)).toMatchObject({
      provenance: { identityProvider: { id: entra.id } },
    });
    const { tenant } = await house.owner.ask<{ tenant: Wire }>(
      '{ tenant { attention { message subject { id } } } }',
    );
    expect(
      tenant.attention.find(({ subject }: Wire) => subject.id === cases[0].id).message,
    ).toMatch(/Okta \d+ asked 2 times .* which comes from Entra \d+\./);
    expect(await resolve(cases[0].id, 'REJECT')).toEqual([]);
    expect((await post(okta, name)).status).toBe(409);
    expect(await casesOf(okta)).toEqual([]);
  });

  test.each(['LINK_KEEP', 'LINK_OVERWRITE'])(
    'is moved by %s once the other is off, and stays moved when that is on again',
    async choice => {
      const { entra, okta, name } = await scene();
      const id = await entra.user(name);
      await post(okta, name, { displayName: 'From Okta' });
      await switchTo(entra, 'OFF');
      const [open] = await casesOf(okta);
      expect(open.choices).toEqual(['LINK_KEEP', 'LINK_OVERWRITE', 'REJECT']);
      expect(await resolve(open.id, 'CREATE_NEW')).toMatchObject([{ code: 'INVALID' }]);
      expect(await resolve(open.id, choice)).toEqual([]);
      const found = await okta.scim('GET', `/Users/${id}`);
      expect([found.status, found.body.displayName]).toEqual([
        200,
        choice === 'LINK_KEEP' ? undefined : 'From Okta',
      ]);
      await switchTo(entra, 'ON');
      expect((await entra.scim('GET', `/Users/${id}`)).status).toBe(404);
      expect(await memberOf(id)).toMatchObject({
        provenance: { managed: true, identityProvider: { id: okta.id } },
      });
      expect((await post(entra, name)).status).toBe(409);
    },
  );

  test('is no case any more when its old link was cut and the provider made its own', async () => {
    const { entra, okta, name } = await scene();
    const id = await entra.user(name);
    await post(okta, name);
    await switchTo(entra, 'OFF');
    await house.owner.does('memberSetLink', {
      memberId: id,
      identityProviderId: entra.id,
      externalId: null,
    });
    expect(await casesOf(okta)).toHaveLength(1);
    expect((await post(okta, name)).status).toBe(201);
    expect(await casesOf(okta)).toEqual([]);
  });

  test('holds for teams: a case, moved once the other is off and nobody of it is inside', async () => {
    const { entra, okta, name } = await scene();
    const ann = await entra.user(name);
    const id = await entra.group(`Sales ${name}`, [ann]);
    const again = () =>
      okta.scim('POST', '/Groups', { displayName: `SALES ${name}`, externalId: 'g' });
    expect(await again()).toMatchObject({
      status: 409,
      body: {
        scimType: 'uniqueness',
        detail: expect.stringContaining('another identity provider'),
      },
    });
    const [open] = await casesOf(okta);
    expect(open).toMatchObject({ kind: 'team', choices: ['REJECT'], candidates: [{ id }] });
    expect(await resolve(open.id, 'LINK_KEEP')).toMatchObject([{ code: 'INVALID' }]);
    await switchTo(entra, 'OFF');
    expect(await resolve(open.id, 'LINK_KEEP')).toMatchObject([
      { code: 'MANUAL_MEMBER_IN_PROVISIONED_TEAM' },
    ]);
    await house.owner.does('teamRemoveMembers', { id, memberIds: [ann] });
    expect(await resolve(open.id, 'LINK_OVERWRITE')).toEqual([]);
    expect((await okta.scim('GET', `/Groups/${id}`)).body.displayName).toBe(`SALES ${name}`);
    await switchTo(entra, 'ON');
    expect((await entra.scim('GET', `/Groups/${id}`)).status).toBe(404);
  });
});

describe('an invited member who is linked with active: true is ACTIVE', () => {
  const state = async (id: string) => (await memberOf(id)).state as string;

  test('by the adoption policy', async () => {
    const { entra, name } = await scene('ADOPT');
    const id = await invited(name);
    expect((await post(entra, name)).body.id).toBe(id);
    expect(await state(id)).toBe('ACTIVE');
  });
  test('and not with active: false', async () => {
    const { entra, name } = await scene('ADOPT');
    const id = await invited(name);
    expect((await post(entra, name, { active: false })).body).toMatchObject({ id, active: false });
    expect(await state(id)).toBe('DISABLED');
    await entra.scim('PATCH', `/Users/${id}`, {
      schemas: [PATCH],
      Operations: [{ op: 'replace', path: 'active', value: true }],
    });
    expect(await state(id)).toBe('ACTIVE');
  });
  test.each(['LINK_KEEP', 'LINK_OVERWRITE'])('by %s', async choice => {
    const { entra, name } = await scene();
    const id = await invited(name);
    await post(entra, name);
    expect(await resolve((await casesOf(entra))[0].id, choice)).toEqual([]);
    expect(await state(id)).toBe('ACTIVE');
  });
  test.each(['PATCH', 'PUT'])('by memberSetLink and the next %s', async method => {
    const { entra, name } = await scene();
    const id = await invited(name);
    await house.owner.does('memberSetLink', {
      memberId: id,
      identityProviderId: entra.id,
      externalId: `x-${name}`,
    });
    expect(await state(id)).toBe('INVITED');
    const body =
      method === 'PUT'
        ? { userName: name, active: true }
        : { schemas: [PATCH], Operations: [{ op: 'replace', value: { active: 'True' } }] };
    expect((await entra.scim(method, `/Users/${id}`, body)).status).toBe(200);
    expect(await state(id)).toBe('ACTIVE');
  });
});

describe('the version of a team speaks for who is in it', () => {
  const versionOf = async (id: string) =>
    (
      await house.owner.ask<{ team: { version: string } }>(
        'query ($id: ID!) { team(id: $id) { version } }',
        { id },
      )
    ).team.version;

  test('of one that a provider made and of one made by hand', async () => {
    const { entra, name } = await scene();
    const [ann, ben] = [await entra.user(name), await entra.user(`b${name}`)];
    const group = await entra.group(`Group ${name}`, [ann, ben]);
    const own = (
      await house.owner.does(
        'teamCreate',
        { name: `By hand ${name}`, memberIds: [ann] },
        'team { id }',
      )
    )['team'].id as string;
    const versions = async () => [await versionOf(group), await versionOf(own)];
    const tag = (await entra.scim('GET', `/Groups/${group}`)).headers.get('etag') as string;
    expect(await versions()).toEqual(['v1', 'v1']);
    await house.owner.does('teamAddMembers', { id: own, memberIds: [ben] });
    await house.owner.does('teamAddMembers', { id: own, memberIds: [ben] });
    expect(await versions()).toEqual(['v1', 'v2']);
    await house.owner.does('teamRemoveMembers', { id: own, memberIds: [ben] });
    expect(await versions()).toEqual(['v1', 'v3']);
    await entra.scim('DELETE', `/Users/${ann}`);
    expect(await versions()).toEqual(['v2', 'v4']);
    const later = await entra.scim('GET', `/Groups/${group}`, undefined, { 'if-none-match': tag });
    expect([later.status, later.headers.get('etag')]).toEqual([200, 'W/"v2"']);
    await house.owner.does('memberRestore', { id: ann });
    expect(await versions()).toEqual(['v2', 'v5']);
    await switchTo(entra, 'OFF');
    await house.owner.does('memberDelete', { id: ben });
    expect(await versions()).toEqual(['v3', 'v5']);
    await house.owner.does('memberRestore', { id: ben });
    expect(await versions()).toEqual(['v4', 'v5']);
    await house.owner.does('teamAddMembers', { id: group, memberIds: [ann] });
    await switchTo(entra, 'ON', { evictManualMembers: true });
    expect(await versions()).toEqual(['v6', 'v5']);
  });

  test('many who are in the same teams are deleted at once, and none waits in a circle', async () => {
    const { entra, name } = await scene();
    const ids = await Promise.all(
      Array.from({ length: 24 }, (_, at) => entra.user(`${at}${name}`)),
    );
    const teams = [];
    for (const at of [0, 1, 2])
      teams.push(await entra.group(`Many ${at} ${name}`, at === 1 ? ids.toReversed() : ids));
    const answers = await Promise.all(ids.map(id => entra.scim('DELETE', `/Users/${id}`)));
    expect([
      ...new Set(answers.map(({ status, body }) => `${status} ${body?.detail ?? ''}`)),
    ]).toEqual(['204 ']);
    for (const id of teams) expect(await versionOf(id)).toBe('v25');
  });
});
