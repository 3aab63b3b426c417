import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { type House, openHouse, type Person, type Provider } from '../../support/people.ts';
import { type Body, CORE, PATCH_OP } from '../outside.ts';

/** Two providers that are on, and somebody who holds less than others. */
const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export let house: House;
export let entra: Provider;
export let okta: Provider;
/** May do most things, but holds less than an owner. */
let admin: Person;
export let owner: string;
export let deputy: string;
export async function furnish(): Promise<void> {
  house = await openHouse();
  [entra, okta] = [
    await house.provider({ name: 'Entra' }),
    await house.provider({ name: 'Okta', kind: 'OKTA' }),
  ];
  const { tenant } = await house.owner.ask('{ tenant { roles { id name } } }');
  owner = (tenant.roles as Body[]).find(({ name }) => name === 'Owner').id;
  const { role } = await does(
    'roleCreate',
    { name: 'Deputy', permissions: [...STRONG, 'AUDIT_READ'] },
    'role { id }',
  );
  deputy = role.id as string;
  await does('roleCreate', { name: 'Helper', permissions: STRONG });
  admin = await house.person({ role: 'Helper', name: 'Hal Helper' });
}

const STRONG = ['DIRECTORY_READ', 'DIRECTORY_WRITE', 'ROLE_ADMIN', 'PROVISIONING_ADMIN'];
export const does = async (mutation: string, input: Record<string, unknown>, fields = '') => {
  const answer = await house.owner.does(mutation, input, fields);
  if (answer.userErrors.length > 0) throw new Error(JSON.stringify(answer.userErrors));
  return answer as Body;
};
export const unique = (name: string) => `${name} ${randomUUID().slice(0, 8)}`;
const by = (person: () => Person, mutation: string, input: Record<string, unknown>) => async () => {
  const { userErrors } = await person().does(mutation, input);
  return userErrors.map(({ code }) => code as string);
};
export const ownerDoes = (mutation: string, input: Record<string, unknown>) =>
  by(() => house.owner, mutation, input);
export const adminDoes = (mutation: string, input: Record<string, unknown>) =>
  by(() => admin, mutation, input);
export const ask = (method: string, path: string, body?: unknown) => async () => {
  const answer = await entra.scim(method, path, body);
  const within = (answer.body?.Operations ?? []) as Body[];
  return within.length === 0
    ? [String(answer.status)]
    : within.map(({ status }) => status as string);
};
export const patch = (...Operations: object[]) => ({ schemas: [PATCH_OP], Operations });
export const bulk = (...Operations: object[]) =>
  ask('POST', '/Bulk', { schemas: [BULK], Operations });
export const adding = (...ids: string[]) =>
  patch({ op: 'add', path: 'members', value: ids.map(value => ({ value })) });

export const hand = () => house.made({ name: unique('Hand') });
export const user = () => entra.user(`${randomUUID()}@contoso.com`);
export const team = async (memberIds: string[] = []) =>
  (await does('teamCreate', { name: unique('Team'), memberIds }, 'team { id name }'))['team'];
/** Somebody linked by a person who held less than they hold now. */
export const risen = async () => {
  const { id } = await hand();
  const { userErrors } = await admin.does('memberSetLink', {
    memberId: id,
    identityProviderId: entra.id,
    externalId: randomUUID(),
  });
  expect(userErrors).toEqual([]);
  await does('memberLockRole', { id, roleId: deputy });
  return id;
};
export const caseOf = async (provider: Provider, userName: string) => {
  await provider.scim('POST', '/Users', { schemas: [CORE], userName, active: true });
  const { identityProvider } = await house.owner.ask(
    `{ identityProvider(id: "${provider.id}") { conflicts(first: 100) { nodes { id candidates { __typename ... on Member { userName } } } } } }`,
  );
  return (identityProvider.conflicts.nodes as Body[]).at(-1).id as string;
};
/** Adds the mapping to those that are there. */
export const mapped = async (roleId: string) => {
  const { id } = await team();
  await does('roleMappingsSet', { mappings: [{ teamId: id, roleId }] });
  return id as string;
};

export interface Refused {
  /** Makes what is needed, and says what is asked. */
  given: () => Promise<() => Promise<string[]>>;
  answers: string[];
  leaves: string;
  because: RegExp;
}
export const STRANGERS = /Members that do not come from this provider cannot be in its team: Hand/;
export const BY_HAND = /was made by hand/;
export const LAST = /without an active owner/;
export const BEYOND = /needs permissions that you do not have/;
export const NOT_VOUCHED = /was not made by this provider and can administer/;
export const link = () =>
  does('memberSetLink', {
    memberId: house.owner.id,
    identityProviderId: entra.id,
    externalId: 'olivia',
  });
