import { readFileSync } from 'node:fs';
import {
  applyPatch,
  isObject,
  readPatch,
  readResource,
  readSchema,
  ResourceType,
  ScimError,
  type Json,
  type JsonObject,
  type ScimType,
} from '../../../src/scim/protocol/index.ts';

export const document = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../schema/scim/${name}.json`, import.meta.url), 'utf8'));

export const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const GRP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const CUSTOM = 'urn:ietf:params:scim:schemas:extension:Acme:2.0:User';

export const userType = new ResourceType('User', '/Users', readSchema(document('User')), [
  readSchema(document('EnterpriseUser')),
  readSchema({
    id: CUSTOM,
    name: 'Acme',
    attributes: [
      { name: 'badge' },
      { name: 'floor', type: 'integer' },
      { name: 'tags', multiValued: true },
      { name: 'birthMark', mutability: 'immutable' },
      { name: 'secretHint', returned: 'request' },
    ],
  }),
]);
export const groupType = new ResourceType('Group', '/Groups', readSchema(document('Group')));

export const ann = (): JsonObject => ({
  schemas: [CORE, ENT],
  id: '8c1f',
  externalId: 'Ann',
  userName: 'ann@contoso.com',
  active: true,
  displayName: 'Ann Example',
  title: 'Engineer',
  name: { givenName: 'Ann', familyName: 'Example', formatted: 'Ann Example' },
  emails: [
    { type: 'work', value: 'ann@contoso.com', primary: true },
    { type: 'home', value: 'ann@home.net' },
  ],
  roles: [{ primary: true, value: 'Admin', display: 'Admin' }],
  [ENT]: { department: 'R&D', manager: { value: '77aa', displayName: 'Bo' } },
  meta: {
    resourceType: 'User',
    created: '2026-01-01T10:00:00Z',
    lastModified: '2026-01-02T10:00:00Z',
  },
});

export const patched = (
  resource: JsonObject,
  operations: Json,
  tolerant = true,
  resourceType = userType,
) =>
  applyPatch(
    resource,
    readPatch(
      { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations },
      resourceType,
      { tolerant },
    ),
  );

export const posted = (body: unknown, tolerant = true, resourceType = userType) =>
  readResource(body, resourceType, { tolerant });

/** The scimType with which the work is refused. */
export function refusal(work: () => unknown): ScimType | number | undefined {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    return error.scimType ?? error.status;
  }
  return undefined;
}

/** Reads `emails.0.value` or an extension's `URN.department` out of a resource. */
export function at(resource: JsonObject, path: string): Json | undefined {
  const urn = [ENT, CUSTOM].find(each => path.startsWith(each));
  const steps = urn
    ? [
        urn,
        ...path
          .slice(urn.length + 1)
          .split('.')
          .filter(Boolean),
      ]
    : path.split('.');
  let value: Json | undefined = resource;
  for (const step of steps) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isObject(value)) value = value[step];
    else return undefined;
  }
  return value;
}

/** An operation of a PatchOp body. */
export const op = (verb: string, path: string | undefined, value?: Json): Json => ({
  op: verb,
  ...(path !== undefined && { path }),
  ...(value !== undefined && { value }),
});
