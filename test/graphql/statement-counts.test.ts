import { buildClientSchema, getIntrospectionQuery, type GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type House, openHouse } from '../support/people.ts';
import { everythingOf, nodeFields } from './whole-schema.ts';

let house: House;
let schema: GraphQLSchema;
/** The ids of everything there is, by kind; each kind several times. */
const ids = new Map<string, string[]>();

beforeAll(async () => {
  house = await openHouse();
  schema = buildClientSchema((await house.owner.graphql(getIntrospectionQuery())).data as never);
});
afterAll(() => house.close({ owed: 'anything' }));

let rounds = 0;
/** Some more of everything, through the doors. */
async function grow(): Promise<void> {
  const { owner } = house;
  const round = ++rounds;
  const provider = await house.provider({
    name: `Provider ${round}`,
    signIn: { protocol: 'SAML' },
  });
  const clash = await owner.does(
    'memberInvite',
    { email: `clash${round}@hand.example` },
    'member { id }',
  );
  const users = [
    await provider.user(`a${round}@on.example`, {
      title: 'A',
      roles: [{ value: `pushed ${round}` }],
    }),
    await provider.user(`b${round}@on.example`),
  ];
  const group = await provider.group(`Group ${round}`, users);
  await provider.scim('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: `clash${round}@hand.example`,
    externalId: `x${round}`,
  });
  const { role } = await owner.does(
    'roleCreate',
    { name: `Role ${round}`, permissions: ['DIRECTORY_READ'] },
    'role { id }',
  );
  const { team } = await owner.does(
    'teamCreate',
    { name: `Team ${round}`, memberIds: [...users, clash['member'].id, owner.id] },
    'team { id }',
  );
  const {
    tenant: { roleMappings },
  } = await owner.ask('{ tenant { roleMappings { team { id } pushedRole role { id } } } }');
  const before = roleMappings.map(
    (mapping: {
      team: { id: string } | null;
      pushedRole: string | null;
      role: { id: string };
    }) => ({
      teamId: mapping.team?.id ?? null,
      pushedRole: mapping.pushedRole,
      roleId: mapping.role.id,
    }),
  );
  await owner.does('roleMappingsSet', {
    mappings: [
      ...before,
      { teamId: team.id, roleId: role.id },
      { pushedRole: `pushed ${round}`, roleId: role.id },
      { teamId: group, roleId: role.id },
    ],
  });
  await owner.does('memberLockRole', { id: users[0], reason: 'Kept' });
  await owner.does('memberUpdate', { id: users[1], givenName: 'Refused' });
  await owner.does('tokenCreate', {
    name: `Token ${round}`,
    kind: 'SERVICE',
    permissions: ['DIRECTORY_READ'],
  });
  await owner.does('tenantCreate', { name: `Child ${round}` });
  const { tenant } =
    await owner.ask(`{ tenant { id roles { id } roleMappings { id } tokens { id } auditLog(first: 8)
      { nodes { id } } teams(last: 2) { nodes { id } } members(last: 3) { nodes { id links { id } }
      }
    children(first: 50) { nodes { id } } identityProviders(first: 50) { nodes { id credentials { id
    } conflicts { nodes { id } } requests(first: 3) { nodes { id } } } } } }`);
  const found: Record<string, { id: string }[]> = {
    Role: tenant.roles.slice(-1),
    RoleMapping: tenant.roleMappings.slice(-3),
    ApiToken: tenant.tokens.slice(0, 1),
    AuditEntry: tenant.auditLog.nodes,
    Team: tenant.teams.nodes,
    Member: tenant.members.nodes,
    Tenant: [tenant],
    ProviderLink: tenant.members.nodes.flatMap(({ links }: { links: { id: string }[] }) => links),
    IdentityProvider: tenant.identityProviders.nodes.slice(-1),
    ProviderCredential: tenant.identityProviders.nodes.at(-1).credentials,
    ConflictCase: tenant.identityProviders.nodes.at(-1).conflicts.nodes,
    ScimRequest: tenant.identityProviders.nodes.at(-1).requests.nodes,
  };
  for (const [kind, some] of Object.entries(found))
    ids.set(kind, [...new Set([...(ids.get(kind) ?? []), ...some.map(({ id }) => id)])]);
}

/** When the mails are out, the service does nothing by itself. */
const settled = () =>
  vi.waitFor(async () => expect(await house.owed()).toEqual([]), { timeout: 20_000 });

/** What one field of all objects of one kind costs, without what every request costs. */
async function costOf(
  type: string,
  field: ReturnType<typeof nodeFields>[number][1],
): Promise<string[]> {
  const statements = await house.statementsOf(() =>
    house.owner.ask(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${type} { ${everythingOf(field, type === 'Tenant' ? 2 : 3)} } } }`,
      { ids: ids.get(type)?.slice(0, 100) },
    ),
  );
  return statements.filter(
    text =>
      !/set_config|c\.digest|(?:insert into|into) (?:credential_uses|scim_exchanges)/.test(text),
  );
}

test(
  'no field of any kind of object costs more statements for many than for few, three levels deep',
  { timeout: 60_000 },
  async () => {
    for (let few = 0; few < 3; few++) await grow();
    await settled();
    // A child tenant is entered by itself, with a connection that sees nothing else: what is asked
    // of each is asked of each.
    const fields = nodeFields(schema).filter(
      ([type, { name }]) => ids.has(type) && !(type === 'Tenant' && name === 'children'),
    );
    const before = new Map<string, number>();
    for (const [type, field] of fields)
      before.set(`${type}.${field.name}`, (await costOf(type, field)).length);
    for (let more = 0; more < 4; more++) await grow();
    await settled();
    const grown: string[] = [];
    for (const [type, field] of fields) {
      const statements = await costOf(type, field);
      // What one level asks for may fall into two batches when answers come apart.
      if (statements.length > before.get(`${type}.${field.name}`)! * 1.1 + 2)
        grown.push(
          `${type}.${field.name}: ${before.get(`${type}.${field.name}`)} to ${statements.length}\n${statements.map(text => text.slice(0, 110)).join('\n')}`,
        );
    }
    expect(grown.join('\n')).toBe('');
  },
);
