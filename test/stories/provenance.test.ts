import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, type Provider } from '../support/people.ts';
import { as, type Body, find, loggedBy, patch, PATCH_OP, scim, memberOf } from './outside.ts';

/**
 * V1-V12 of the table: what else there is to rules 1, 3, 5 and 9, beside the stories that both
 * doors tell.
 */
let house: House;
let entra: Provider;
let okta: Provider;
let ann: string;
let sales: string;
let bob: string;
let chess: string;
beforeAll(async () => {
  house = await openHouse();
  [entra, okta] = [
    await house.provider({ name: 'Entra' }),
    await house.provider({ name: 'Okta', kind: 'OKTA' }),
  ];
  ann = await entra.user('ann@contoso.com', { externalId: 'x-ann' });
  sales = await entra.group('Sales', [ann]);
  bob = (
    await house.owner.does(
      'memberInvite',
      { email: 'bob@northwind.example', givenName: 'Bob' },
      'member { id }',
    )
  )['member'].id;
  chess = (
    await house.owner.does('teamCreate', { name: 'Chess', memberIds: [bob, ann] }, 'team { id }')
  )['team'].id;
});
afterAll(() => house.close({ owed: 'anything' }));

const turn = (provider: Provider, provisioning: string, more: object = {}) =>
  house.owner
    .does(
      'identityProviderUpdate',
      { id: provider.id, provisioning, ...more },
      'secretToken identityProvider { provisioning }',
    )
    .then(done => {
      if (done['secretToken']) provider.secret = done['secretToken'];
      return done;
    });

describe('rule 1: the refusal', () => {
  test('names the provider, every refused field and the place in the input', async () => {
    const { member, userErrors } = await house.owner.does(
      'memberUpdate',
      { id: ann, userName: 'a@x.example', email: 'b@x.example', givenName: 'A', familyName: 'B' },
      'member { id }',
    );
    expect(member).toBeNull();
    expect(userErrors).toMatchObject([
      {
        __typename: 'ReadOnlyError',
        code: 'PROVISIONED_READ_ONLY',
        owner: { id: entra.id, name: 'Entra' },
        readOnlyFields: ['userName', 'email', 'givenName', 'familyName'],
      },
    ]);
    expect(userErrors[0]!.message).toContain('Entra');
    expect(userErrors[0]!.field).toHaveLength(1);
  });

  test.each<
    [string, string, (id: { ann: string; sales: string; entra: string }) => Record<string, unknown>]
  >([
    [
      'userName in another case',
      'memberUpdate',
      id => ({ id: id.ann, userName: 'ANN@contoso.com' }),
    ],
    [
      'an edit to the same value',
      'memberUpdate',
      id => ({ id: id.ann, userName: 'ann@contoso.com' }),
    ],
    ['taking a name away', 'memberUpdate', id => ({ id: id.ann, givenName: null })],
    [
      'a link elsewhere',
      'memberSetLink',
      id => ({ memberId: id.ann, identityProviderId: id.entra, externalId: 'other' }),
    ],
  ])('%s leaves everything as it was', async (_, mutation, input) => {
    const before = await memberOf(
      house.owner,
      ann,
      'userName givenName version provenance { externalId managed } updatedAt',
    );
    const { userErrors } = await house.owner.does(mutation, input({ ann, sales, entra: entra.id }));
    if (mutation !== 'memberSetLink')
      expect(userErrors).toMatchObject([{ code: 'PROVISIONED_READ_ONLY' }]);
    if (userErrors.length > 0)
      expect(
        await memberOf(
          house.owner,
          ann,
          'userName givenName version provenance { externalId managed } updatedAt',
        ),
      ).toEqual(before);
    else
      await house.owner.does('memberSetLink', {
        memberId: ann,
        identityProviderId: entra.id,
        externalId: 'x-ann',
      });
  });

  test('nobody edits themselves who may not edit members', async () => {
    for (const edit of [{ userName: 'admin' }, { email: 'olivia@contoso.com' }, { givenName: 'X' }])
      expect(
        (await house.member.does('memberUpdate', { id: house.member.id, ...edit })).userErrors,
      ).toMatchObject([{ code: 'FORBIDDEN' }]);
  });

  test('a name in which nothing is to be read names nobody', async () => {
    for (const userName of ['', '  ', '\t']) {
      expect(await scim(entra, 'POST', '/Users', { userName })).toMatchObject([
        400,
        { scimType: 'invalidValue' },
      ]);
      expect(
        (
          await patch(entra, `/Users/${ann}`, { op: 'replace', path: 'userName', value: userName })
        )[0],
      ).toBe(400);
      expect((await scim(entra, 'PUT', `/Users/${ann}`, { userName }))[0]).toBe(400);
      expect((await scim(entra, 'POST', '/Groups', { displayName: userName }))[0]).toBe(400);
    }
  });

  test('editableFields says beforehand what may be edited, for members of each kind and viewers of each kind', async () => {
    const editable = async (id: string, by = house.owner) =>
      (await by.ask('query ($id: ID!) { member(id: $id) { editableFields } }', { id }))['member']
        .editableFields as string[];
    for (const field of ['userName', 'email', 'givenName', 'familyName']) {
      expect(await editable(bob)).toContain(field);
      expect(await editable(ann)).not.toContain(field);
    }
    expect(await editable(bob, house.auditor)).toEqual([]);
    await turn(entra, 'OFF');
    expect(await editable(ann)).toEqual(
      expect.arrayContaining(['userName', 'email', 'givenName', 'familyName']),
    );
    await turn(entra, 'ON');
  });

  test('while PAUSED its provider reads, and is told when to write again', async () => {
    await turn(entra, 'PAUSED');
    expect((await scim(entra, 'GET', `/Users/${ann}`))[0]).toBe(200);
    for (const [method, path, body] of [
      ['POST', '/Users', { userName: 'p@contoso.com' }],
      ['PUT', `/Users/${ann}`, { userName: 'ann@contoso.com' }],
      ['DELETE', `/Users/${ann}`, undefined],
      ['POST', '/Groups', { displayName: 'P' }],
      [
        'POST',
        '/Bulk',
        {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
          Operations: [{ method: 'DELETE', path: `/Users/${ann}` }],
        },
      ],
    ] as const) {
      const answer = await entra.scim(method, path, body);
      if (path === '/Bulk' && answer.status === 200)
        expect(answer.body.Operations[0].status).toBe('503');
      else
        expect([method, path, answer.status, answer.headers.get('retry-after')]).toEqual([
          method,
          path,
          503,
          expect.stringMatching(/^\d+$/),
        ]);
    }
    await turn(entra, 'ON');
    expect((await scim(entra, 'GET', `/Users/${ann}`))[0]).toBe(200);
  });
});

describe('rule 3: what one may join', () => {
  const joinable = async (memberId?: string, query?: string) =>
    (
      (
        await house.owner.ask(
          'query ($memberId: ID, $query: String) { tenant { joinableTeams(memberId: $memberId, query: $query) { totalCount nodes { name } } } }',
          { memberId, query },
        )
      )['tenant'].joinableTeams.nodes as Body[]
    ).map(({ name }) => name as string);

  test('leaves out managed teams, and brings them back while they are ours', async () => {
    expect(await joinable()).toEqual(['Chess']);
    const lone = (
      await house.owner.does('memberInvite', { email: 'lone@northwind.example' }, 'member { id }')
    )['member'].id as string;
    expect(await joinable(lone)).toEqual(['Chess']);
    expect(await joinable(lone, 'che')).toEqual(['Chess']);
    expect(await joinable(lone, 'sal')).toEqual([]);
    await turn(entra, 'OFF');
    expect((await joinable(lone)).toSorted()).toEqual(['Chess', 'Sales']);
    await turn(entra, 'ON');
    for (const id of [lone, bob, ann])
      for (const name of await joinable(id)) {
        const team = (
          await house.owner.ask('query ($name: String!) { team(name: $name) { id } }', { name })
        )['team'].id as string;
        expect([
          name,
          (await house.owner.does('teamAddMembers', { id: team, memberIds: [id], dryRun: true }))
            .userErrors,
        ]).toEqual([name, []]);
      }
  });
});

describe("rule 9: what is not the provider's is nobody", () => {
  test("the same bytes for another provider's, a manual, another tenant's, a detached, a deleted, a team's and a random id", async () => {
    const theirs = await house.provider({ name: 'Theirs' }, house.stranger);
    const foreign = await theirs.user('foreign@elsewhere.example');
    const gone = await entra.user('gone@contoso.com');
    await scim(entra, 'DELETE', `/Users/${gone}`);
    const others = await okta.user('okta@contoso.com');
    const theirGroup = await okta.group('Okta group', [others]);
    const cut = await entra.user('cut@contoso.com');
    await turn(entra, 'OFF');
    await house.owner.does('memberUpdate', { id: cut, userName: 'cut.here@contoso.com' });
    await turn(entra, 'ON');
    const told = async (at: string, id: string) => {
      const answers: unknown[] = [];
      for (const [method, path, body] of [
        ['GET', `/${at}/${id}`, undefined],
        [
          'PATCH',
          `/${at}/${id}`,
          {
            schemas: [PATCH_OP],
            Operations: [
              {
                op: 'replace',
                path: at === 'Users' ? 'active' : 'displayName',
                value: at === 'Users' ? false : 'x',
              },
            ],
          },
        ],
        [
          'PUT',
          `/${at}/${id}`,
          at === 'Users' ? { userName: 'free@contoso.com' } : { displayName: 'free' },
        ],
        ['DELETE', `/${at}/${id}`, undefined],
        ['GET', `/${at}?filter=id+eq+%22${id}%22`, undefined],
        [
          'PATCH',
          `/Groups/${sales}`,
          {
            schemas: [PATCH_OP],
            Operations: [{ op: 'add', path: 'members', value: [{ value: id }] }],
          },
        ],
        ['POST', '/Groups', { displayName: 'With a stranger', members: [{ value: id }] }],
        ['GET', `/Groups?filter=members+eq+%22${id}%22`, undefined],
        [
          'POST',
          '/Users/.search',
          {
            schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
            filter: `id eq "${id}"`,
          },
        ],
      ] as const) {
        const answer = await entra.scim(method, path, body);
        answers.push([
          method,
          path.replace(id, '<id>'),
          answer.status,
          JSON.stringify(answer.body).replaceAll(id, '<id>'),
          [...answer.headers]
            .filter(([name]) => !/date|request-id|^x-|etag|content-length/.test(name))
            .map(([name, value]) => `${name}: ${value}`),
        ]);
      }
      return answers;
    };
    const nobodys = await told('Users', randomUUID());
    for (const [who, id] of Object.entries({
      others,
      bob,
      foreign,
      gone,
      cut,
      chess,
      theirGroup,
      'no id': 'abc',
    }))
      expect([who, await told('Users', id)]).toEqual([who, nobodys]);
    const noGroup = await told('Groups', randomUUID());
    for (const [who, id] of Object.entries({ theirGroup, chess, bob, foreign }))
      expect([who, await told('Groups', id)]).toEqual([who, noGroup]);
  });

  test('nor is it found by any filter, counted, or shown inside a group or a user', async () => {
    for (const filter of [
      'userName eq "bob@northwind.example"',
      'emails eq "bob@northwind.example"',
      'userName sw "bob"',
      'userName eq "okta@contoso.com"',
      'externalId eq "ext-okta@contoso.com"',
      'userName co "cut"',
      'externalId eq "ext-cut@contoso.com"',
      'userName eq "gone@contoso.com"',
      'active eq true and userName sw "b"',
      'not (userName sw "ann")',
    ]) {
      expect([filter, await find(entra, 'Users', filter)]).toEqual([filter, []]);
    }
    for (const filter of [
      'displayName eq "Chess"',
      'displayName co "e" and not (displayName eq "Sales")',
      `members.value eq "${bob}"`,
      'displayName sw "Okta"',
    ])
      expect([filter, await find(entra, 'Groups', filter)]).toEqual([filter, []]);
    const [, { groups }] = await scim(entra, 'GET', `/Users/${ann}`);
    expect((groups as Body[]).map(({ value }) => value)).toEqual([sales]);
  });
});

describe('rule 5 at size', () => {
  test('OFF is one row, whatever hangs on it', async () => {
    const big = await house.provider({ name: 'Big' });
    for (let n = 0; n < 20; n++) await big.user(`big-${n}@contoso.com`);
    const statements = await house.statementsOf(async () => {
      await turn(big, 'OFF');
    });
    expect(
      statements.filter(sql => /update "?members|update "?teams|insert into "?members/i.test(sql)),
    ).toEqual([]);
    expect(await loggedBy(house.owner, () => turn(big, 'ON'))).toEqual([
      'identityProvider.switchedOn Big',
    ]);
  });
});

test('whoever holds the secret: the rules are the same with a personal token and an access token', async () => {
  const { secret } = await house.owner.does(
    'tokenCreate',
    { name: 'pasted', kind: 'SCIM', permissions: ['SCIM_INTEGRATE'] },
    'secret',
  );
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: entra.id,
    client_secret: entra.secret,
  });
  const { access_token: access } = (await (
    await fetch(`${house.origin}/oauth/token`, { method: 'POST', body: form })
  ).json()) as { access_token: string };
  for (const token of [secret as string, access, house.owner.token]) {
    const client = as(entra, token);
    expect((await scim(client, 'GET', `/Users/${bob}`))[0]).toBe(404);
    expect((await scim(client, 'POST', '/Users', { userName: 'bob@northwind.example' }))[0]).toBe(
      409,
    );
    expect(
      (
        await patch(client, `/Groups/${sales}`, {
          op: 'add',
          path: 'members',
          value: [{ value: bob }],
        })
      )[0],
    ).toBe(400);
    expect((await scim(client, 'GET', `/Users/${house.owner.id}`))[0]).toBe(404);
  }
});
