import { expect, test } from 'vitest';
import { CORE, ENT, PATCH_OP } from '../support/scim-client.ts';
import { scimStage } from '../support/scim-stage.ts';

const here = scimStage();

/**
 * What a tolerant provider's client gets away with, and what the same costs where the RFC is asked
 * to the letter.
 */
test.each<[string, string, unknown, number, string?]>([
  [
    'a truth value as text',
    'POST',
    { schemas: [CORE], userName: 'x', active: 'True' },
    201,
    'invalidValue',
  ],
  ['no schemas in a POST', 'POST', { userName: 'x' }, 201, 'invalidSyntax'],
  ['an unknown attribute in a POST', 'POST', { schemas: [CORE], userName: 'x', nonsense: 1 }, 201],
  [
    'a manager as text',
    'PATCH',
    [{ op: 'add', path: `${ENT}:manager`, value: 'm' }],
    200,
    'invalidValue',
  ],
  [
    'a filtered path that matches nothing',
    'PATCH',
    [{ op: 'replace', path: 'emails[type eq "home"].value', value: 'x' }],
    200,
    'noTarget',
  ],
  [
    'the same added',
    'PATCH',
    [{ op: 'add', path: 'emails[type eq "home"].value', value: 'x' }],
    200,
  ],
  [
    'an unknown attribute in a PATCH',
    'PATCH',
    [{ op: 'replace', path: 'nonsense', value: 1 }],
    200,
    'invalidPath',
  ],
  ['no operations', 'PATCH', [], 200, 'invalidSyntax'],
  ['a malformed path', 'PATCH', [{ op: 'replace', path: 'a[', value: 1 }], 400, 'invalidPath'],
])('%s', async (_, method, body, tolerated, refusal) => {
  const { company, entra } = await here.scene();
  const ask = async () => {
    if (method === 'POST')
      return entra.post('/Users', { ...(body as object), userName: `${Math.random()}@x.example` });
    const { id } = await entra.user(`${Math.random()}@x.example`);
    return entra.send('PATCH', `/Users/${id}`, { schemas: [PATCH_OP], Operations: body });
  };
  expect((await ask()).status).toBe(tolerated);
  await company.owner.identityProviders.update(company.providerId, { strict: true });
  expect(await ask()).toMatchObject(
    refusal ? { status: 400, body: { scimType: refusal } } : { status: tolerated },
  );
});
