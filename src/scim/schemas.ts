import discovery from '../../schema/scim/Discovery.json' with { type: 'json' };
import enterprise from '../../schema/scim/EnterpriseUser.json' with { type: 'json' };
import group from '../../schema/scim/Group.json' with { type: 'json' };
import resourceTypes from '../../schema/scim/ResourceTypes.json' with { type: 'json' };
import config from '../../schema/scim/ServiceProviderConfig.json' with { type: 'json' };
import user from '../../schema/scim/User.json' with { type: 'json' };
import type { ExtensionAttribute } from '../directory/index.ts';
import { type JsonObject, readSchema, ResourceType } from './protocol/index.ts';

/** The resource types of one provider, and the documents that describe them. */
export interface Shapes {
  readonly user: ResourceType;
  readonly group: ResourceType;
  readonly schemas: readonly JsonObject[];
  readonly resourceTypes: readonly JsonObject[];
}

/** The published limits of the service; they are stored nowhere else. */
export const serviceProviderConfig = config satisfies JsonObject;
export const limits = {
  defaultPageSize: config.pagination.defaultPageSize,
  maxPageSize: config.pagination.maxPageSize,
  maxOperations: config.bulk.maxOperations,
  cursorSeconds: config.pagination.cursorTimeout,
} as const;

const userType = new ResourceType('User', '/Users', readSchema(user), [readSchema(enterprise)]);
const groupType = new ResourceType('Group', '/Groups', readSchema(group));
const documents: readonly JsonObject[] = [user, enterprise, group, ...discovery];

const MOST_REMEMBERED = 1_000;
const remembered = new Map<string, Shapes>();

/** Everybody's schemas, and the custom attributes that were registered for this provider. */
export function shapesOf(attributes: readonly ExtensionAttribute[]): Shapes {
  const key = JSON.stringify(attributes);
  let shapes = remembered.get(key);
  if (!shapes) {
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(key, (shapes = shapesWith(extensionsOf(attributes))));
  }
  return shapes;
}

function shapesWith(extensions: readonly JsonObject[]): Shapes {
  return {
    user: userType.with(...extensions.map(readSchema)),
    group: groupType,
    schemas: [...documents, ...extensions],
    resourceTypes: (resourceTypes as JsonObject[]).map(type =>
      type['id'] !== 'User'
        ? type
        : {
            ...type,
            schemaExtensions: [
              ...(type['schemaExtensions'] as JsonObject[]),
              ...extensions.map(({ id }) => ({ schema: id as string, required: false })),
            ],
          },
    ),
  };
}

const TYPES = {
  STRING: 'string',
  BOOLEAN: 'boolean',
  INTEGER: 'integer',
  DATE_TIME: 'dateTime',
} as const satisfies Record<ExtensionAttribute['type'], string>;

/** Registered attributes as schemas, one for each URN: single, optional, writable. */
function extensionsOf(attributes: readonly ExtensionAttribute[]): JsonObject[] {
  return [...Map.groupBy(attributes, ({ urn }) => urn.toLowerCase()).values()].map(ofOne => {
    const { urn } = ofOne[0] as ExtensionAttribute;
    return {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
      id: urn,
      name: urn.split(':').at(-3) ?? urn,
      description: 'Custom attributes of this directory.',
      attributes: ofOne.map(({ name, type }) => ({
        name,
        type: TYPES[type],
        multiValued: false,
        description: 'A custom attribute.',
        required: false,
        ...(type === 'STRING' && { caseExact: false }),
        mutability: 'readWrite',
        returned: 'default',
        uniqueness: 'none',
      })),
      meta: { resourceType: 'Schema', location: `/Schemas/${urn}` },
    };
  });
}
