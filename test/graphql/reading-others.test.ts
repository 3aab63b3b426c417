import {
  getNamedType,
  type GraphQLField,
  isCompositeType,
  isObjectType,
  type GraphQLObjectType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directorySchema } from '../../src/graphql/schema/schema.ts';
import { type House, openHouse, type Person, type Provider } from '../support/people.ts';
import type { Wire } from '../support/person.ts';

let house: House;
let entra: Provider;
let pushed: string;
let conflictId: string;
let requestId: string;
let entryId: string;

/** A company in which others have done all that there is to read. */
beforeAll(async () => {
  house = await openHouse();
  entra = await house.provider();
  pushed = await entra.user('pushed@northwind.example');
  await entra.scim('PATCH', `/Users/${pushed}`, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', path: 'name.givenName', value: 'Patched' }],
  });
  await entra.scim('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'mia.member@northwind.example',
    nickName: 'what was sent',
  });
  await house.owner.does('memberLockRole', { id: pushed, reason: 'the reason of the owner' });
  const { identityProvider } = await house.owner.ask(
    'query ($id: ID!) { identityProvider(id: $id) { conflicts { nodes { id } } requests { nodes { id } } } }',
    { id: entra.id },
  );
  conflictId = identityProvider.conflicts.nodes[0].id as string;
  requestId = identityProvider.requests.nodes[0].id as string;
  const { tenant } = await house.owner.ask('{ tenant { auditLog(first: 1) { nodes { id } } } }');
  entryId = tenant.auditLog.nodes[0].id as string;
});
afterAll(() => house.close({ owed: 'anything' }));

const ACTOR = '{ __typename }';
const HISTORY = 'history { totalCount nodes { action } }';

/**
 * Every place that tells what others did, how it is asked for, what answers to whoever may not read
 * it, and which permissions open it. `null`: the field is empty; FORBIDDEN: it has nothing to be
 * instead of what is refused.
 */
const places: Record<string, { ask: string; refused: 'null' | 'FORBIDDEN'; opens: string[] }> = {
  'Member.history': {
    ask: `found: member(id: $member) { ${HISTORY} }`,
    refused: 'FORBIDDEN',
    opens: ['AUDIT_READ'],
  },
  'AttributeFact.writtenBy': {
    ask: `found: member(id: $member) { attributes(names: ["givenName"]) { writtenBy ${ACTOR} } }`,
    refused: 'FORBIDDEN',
    opens: ['AUDIT_READ'],
  },
  'AttributeFact.writtenAt': {
    ask: 'found: member(id: $member) { attributes(names: ["givenName"]) { writtenAt } }',
    refused: 'FORBIDDEN',
    opens: ['AUDIT_READ'],
  },
  'AttributeFact.request': {
    ask: 'found: member(id: $member) { attributes(names: ["givenName"]) { request { id } } }',
    refused: 'null',
    opens: ['AUDIT_READ'],
  },
  'RoleLock.lockedBy': {
    ask: `found: member(id: $member) { roleLock { lockedBy ${ACTOR} } }`,
    refused: 'FORBIDDEN',
    opens: ['AUDIT_READ', 'ROLE_ADMIN'],
  },
  'RoleLock.lockedAt': {
    ask: 'found: member(id: $member) { roleLock { lockedAt } }',
    refused: 'FORBIDDEN',
    opens: ['AUDIT_READ', 'ROLE_ADMIN'],
  },
  'RoleLock.reason': {
    ask: 'found: member(id: $member) { roleLock { reason } }',
    refused: 'null',
    opens: ['AUDIT_READ', 'ROLE_ADMIN'],
  },
  'ConflictCase.sent': {
    ask: 'found: node(id: $conflict) { ... on ConflictCase { sent } }',
    refused: 'FORBIDDEN',
    opens: ['AUDIT_READ', 'PROVISIONING_ADMIN'],
  },
  'ProviderCredential.lastUsedAt': {
    ask: 'found: identityProvider(id: $provider) { credentials { lastUsedAt } }',
    refused: 'null',
    opens: ['AUDIT_READ', 'PROVISIONING_ADMIN'],
  },
  'ProviderCredential.createdBy': {
    ask: `found: identityProvider(id: $provider) { credentials { createdBy ${ACTOR} } }`,
    refused: 'FORBIDDEN',
    opens: ['AUDIT_READ', 'PROVISIONING_ADMIN'],
  },
  'IdentityProvider.health': {
    ask: 'found: identityProvider(id: $provider) { health { summary } }',
    refused: 'FORBIDDEN',
    opens: ['AUDIT_READ', 'PROVISIONING_ADMIN'],
  },
  'IdentityProvider.requests': {
    ask: 'found: identityProvider(id: $provider) { requests { nodes { path requestBody } } }',
    refused: 'FORBIDDEN',
    opens: ['AUDIT_READ', 'PROVISIONING_ADMIN'],
  },
  'ScimRequest by id': {
    ask: 'found: node(id: $request) { ... on ScimRequest { path requestBody } }',
    refused: 'null',
    opens: ['AUDIT_READ', 'PROVISIONING_ADMIN'],
  },
  'AuditEntry by id': {
    ask: 'found: node(id: $entry) { ... on AuditEntry { action } }',
    refused: 'null',
    opens: ['AUDIT_READ'],
  },
  'Tenant.auditLog': {
    ask: 'found: tenant { auditLog { nodes { action } } }',
    refused: 'FORBIDDEN',
    opens: ['AUDIT_READ'],
  },
  "ApiToken of another's by id": {
    ask: 'found: node(id: $token) { ... on ApiToken { lastUsedAt } }',
    refused: 'null',
    opens: ['AUDIT_READ', 'PROVISIONING_ADMIN', 'ROLE_ADMIN'],
  },
  'Query.provisioningReport': {
    ask: 'found: provisioningReport(filter: { timespan: {} }) { totalCount }',
    refused: 'FORBIDDEN',
    opens: ['AUDIT_READ'],
  },
};

const asker = (query: string) =>
  `query (${['member', 'provider', 'conflict', 'request', 'entry', 'token']
    .filter(name => query.includes(`$${name}`))
    .map(name => `$${name}: ID!`)
    .join(', ')}) { ${query} }`.replace('query () ', 'query ');

async function read(by: Person, query: string): Promise<{ code: string | null; found: Wire }> {
  const { data, errors } = await by.graphql(asker(query), {
    member: pushed,
    provider: entra.id,
    conflict: conflictId,
    request: requestId,
    entry: entryId,
    token: house.owner.tokenId,
  });
  return { code: errors?.[0]?.extensions.code ?? null, found: data?.['found'] ?? null };
}

/** The innermost values of an answer. */
const leaves = (value: Wire): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];

const PERMISSIONS = [
  'DIRECTORY_WRITE',
  'ROLE_ADMIN',
  'PROVISIONING_ADMIN',
  'SCIM_INTEGRATE',
  'AUDIT_READ',
  'TENANT_ADMIN',
] as const;

describe.each(Object.entries(places))('%s', (_, { ask, refused, opens }) => {
  test('tells a plain member nothing about others', async () => {
    const { code, found } = await read(house.member, ask);
    expect(code).toBe(refused === 'FORBIDDEN' ? 'FORBIDDEN' : null);
    expect(leaves(found).every(leaf => leaf === null)).toBe(true);
  });

  test.each(PERMISSIONS)('is opened with DIRECTORY_READ and %s, or not', async permission => {
    const person = await house.signIn(house.tenant, house.owner.id, ['DIRECTORY_READ', permission]);
    const query = ask.includes('$token') ? ask.replace('$token', '$member') : ask;
    const target = ask.includes('$token') ? house.admin.tokenId : pushed;
    const { data, errors } = await person.graphql(asker(query), {
      member: target,
      provider: entra.id,
      conflict: conflictId,
      request: requestId,
      entry: entryId,
    });
    const told = !errors && leaves(data?.['found'] ?? null).some(leaf => leaf !== null);
    // A credential that was never used, and requests that made nothing, are empty for everybody.
    if (opens.includes(permission)) expect(errors).toBeUndefined();
    else expect(told).toBe(false);
  });

  test('tells the owner of the company', async () => {
    const { code, found } = await read(house.owner, ask);
    expect(code).toBeNull();
    expect(found).not.toBeNull();
  });
});

/**
 * Types whose whole purpose is to tell what somebody did, and fields that name an actor or a last
 * use: none is reached unguarded.
 */
const TELLING = new Set(['AuditEntry', 'ScimRequest', 'Actor', 'ProvisioningHealth']);
const TELLING_FIELDS = /^(lastUsedAt|lastSeenAt|sent|requestBody|responseBody|lockedAt|writtenAt)$/;
/** Reached only through what is guarded itself, or only about oneself. */
const BEHIND_A_GUARD = new Set([
  'ScimRequest.requestBody',
  'ScimRequest.responseBody',
  'ScimRequest.changes',
  'AuditEntry.actor',
  'AuditEntry.request',
  'ProvisioningReportRow.audit',
  'ProvisioningHealth.lastSeenAt',
  'AuditEntryEdge.node',
  'AuditEntryConnection.nodes',
  'ScimRequestEdge.node',
  'ScimRequestConnection.nodes',
  'ApiToken.lastUsedAt',
  'ApiToken.owner',
  'ProviderLink.lastSeenAt',
  'Subscription.auditEntryAdded',
  'Subscription.scimRequestSeen',
]);
const known = new Set([...Object.keys(places), ...BEHIND_A_GUARD]);

test('every field of the schema that tells what others did is in the table above, or behind one that is', () => {
  const schema = directorySchema();
  const objects = Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
  );
  const tells = ({ name, type }: GraphQLField<unknown, unknown>) => {
    const named = getNamedType(type);
    return (isCompositeType(named) && TELLING.has(named.name)) || TELLING_FIELDS.test(name);
  };
  const unknown = objects
    .flatMap(type =>
      Object.values(type.getFields())
        .filter(tells)
        .map(field => `${type.name}.${field.name}`),
    )
    .filter(field => !known.has(field) && !/^\w+\.(run|plan)$/.test(field));
  expect(unknown).toEqual([]);
});

test('everybody reads their own history, who wrote their own attributes, and who locked their own role', async () => {
  const person = await house.person();
  await house.owner.does('memberUpdate', { id: person.id, givenName: 'Renamed' });
  await house.owner.does('memberLockRole', { id: person.id, reason: 'because' });
  const { member } = await person.ask(
    `query ($id: ID!) { member(id: $id) { ${HISTORY} attributes(names: ["givenName"]) { writtenBy { ... on Member { id } } } roleLock { reason lockedBy { ... on Member { id } } } } }`,
    { id: person.id },
  );
  expect(member.history.nodes.map(({ action }: Wire) => action)).toContain('member.updated');
  expect(member.attributes[0].writtenBy.id).toBe(house.owner.id);
  expect(member.roleLock).toMatchObject({ reason: 'because', lockedBy: { id: house.owner.id } });
});

test('attention tells a plain member nothing of what providers sent, nor of sign-ins', async () => {
  const { tenant } = await house.member.ask('{ tenant { attention { message } } }');
  expect(JSON.stringify(tenant.attention)).not.toMatch(/asked once|failed|heard|refused/);
  const all = await house.owner.ask('{ tenant { attention { message } } }');
  expect(JSON.stringify(all['tenant'].attention)).toContain('asked once');
});

test('counting conflicts needs DIRECTORY_READ', async () => {
  const count = (by: Person) =>
    by.graphql('query ($id: ID!) { identityProvider(id: $id) { conflicts { totalCount } } }', {
      id: entra.id,
    });
  expect((await count(house.member)).data?.['identityProvider'].conflicts.totalCount).toBe(1);
  const blind = await house.signIn(house.tenant, house.owner.id, ['PROVISIONING_ADMIN']);
  const { data, errors } = await count(blind);
  expect(data?.['identityProvider'] ?? null).toBeNull();
  expect(errors?.map(({ extensions }) => extensions.code) ?? ['nothing seen']).not.toContain(
    'INTERNAL_SERVER_ERROR',
  );
});
