import { randomUUID } from 'node:crypto';
import { type Body, CORE, PATCH_OP } from '../../stories/outside.ts';
import { type House, openHouse, type Provider } from '../../support/people.ts';

/** Requests of a provider that change something, each with what it needs before it. */
const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export let house: House;
export let entra: Provider;
export let adopting: Provider;
export let ids: { mapped: string };

/**
 * A house with a provider, one of whose groups and one of whose pushed roles are mapped, and one
 * that adopts.
 */
export async function furnish(): Promise<void> {
  house = await openHouse();
  entra = await house.provider({ name: 'Entra' });
  adopting = await house.provider({ name: 'Adopting', kind: 'OKTA', adoption: 'ADOPT' });
  const { tenant } = await house.owner.ask('{ tenant { roles { id name } } }');
  const auditor = (tenant.roles as Body[]).find(({ name }) => name === 'Auditor').id;
  const mapped = await entra.group('Mapped');
  await does('roleMappingsSet', {
    mappings: [
      { teamId: mapped, roleId: auditor },
      { pushedRole: 'boss', roleId: auditor },
    ],
  });
  ids = { mapped };
}

export const does = async (mutation: string, input: Record<string, unknown>, fields = '') => {
  const answer = await house.owner.does(mutation, input, fields);
  if (answer.userErrors.length > 0) throw new Error(JSON.stringify(answer.userErrors));
  return answer as Body;
};
export const name = () => `${randomUUID()}@contoso.com`;
export const user = (facts: object = {}) => entra.user(name(), { ...facts });
export const group = (members: string[] = []) => entra.group(`Group ${randomUUID()}`, members);
/** In the mapped group, whoever else is in it. */
export const inMapped = async () => {
  const id = await user();
  await patch(`/Groups/${ids.mapped}`, { op: 'add', path: 'members', value: [{ value: id }] })();
  return id;
};
export const madeByHand = async () => house.made({ name: `Hand ${randomUUID().slice(0, 8)}` });

export type Ask = () => Promise<{ status: number; body: Body }>;
export const ask =
  (method: string, path: string, body?: unknown, provider: () => Provider = () => entra): Ask =>
  () =>
    provider().scim(method, path, body);
export const patch = (path: string, ...Operations: object[]): Ask =>
  ask('PATCH', path, { schemas: [PATCH_OP], Operations });
export const bulk = (...Operations: object[]): Ask =>
  ask('POST', '/Bulk', { schemas: [BULK], Operations });

export interface Verb {
  /** Makes what the request needs, and says the request. */
  given: () => Promise<Ask>;
  answers: number;
  /** What it changes, at the least: `table: column`. None: it changes nothing. */
  changes: string[];
}

export const whole = (facts: object = {}) => ({
  schemas: [CORE],
  userName: name(),
  externalId: randomUUID(),
  active: true,
  name: { givenName: 'Ann', familyName: 'Lee' },
  emails: [{ value: name(), type: 'work', primary: true }],
  ...facts,
});
