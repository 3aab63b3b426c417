import {
  type GraphQLSchema,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
  specifiedDirectives,
} from 'graphql';
import { buildSchemaSync, type NonEmptyArray, type PubSub } from 'type-graphql';
import { audit } from '../audit/index.ts';
import { conflicts } from '../conflicts/index.ts';
import { countEntries } from '../http/limits/entries.ts';
import { identityProviders } from '../identity-providers/index.ts';
import { ProviderCredential } from '../identity-providers/provider-credential.ts';
import { members } from '../members/index.ts';
import { roles } from '../roles/index.ts';
import { scimRequests } from '../scim-requests/index.ts';
import { teams } from '../teams/index.ts';
import { tenants } from '../tenants/index.ts';
import { ApiToken } from '../tokens/api-token.ts';
import { tokens } from '../tokens/index.ts';
import { ViewerFields } from '../viewer/viewer.ts';
import { ChangePlanFields, PlannedChangeFields } from './change-plan.ts';
import { useFastResolvers } from './fast-resolvers.ts';
import { IdempotentDirective } from './idempotent.ts';
import { NodeQueries } from './node-queries.ts';
import {
  ConflictError,
  ConflictErrorFields,
  ReadOnlyError,
  ReadOnlyErrorFields,
  SimpleError,
} from './user-errors.ts';

/**
 * Types of the nouns refer to each other by value, in thunks (`() => Team`) that type-graphql calls
 * when the schema is built. So their modules import each other in a ring; that is the way of the
 * library, and the lint allows it in the folders of the nouns only.
 */
const resolvers = [
  ...members,
  ...teams,
  ...roles,
  ...identityProviders,
  ...scimRequests,
  ...tenants,
  ...audit,
  ...conflicts,
  ...tokens,
  ViewerFields,
  NodeQueries,
  ChangePlanFields,
  PlannedChangeFields,
  ReadOnlyErrorFields,
  ConflictErrorFields,
];

/** type-graphql requires a PubSub for subscriptions; these follow the audit log instead. */
const UNUSED: PubSub = {
  publish: () => {},
  subscribe: () => {
    throw new Error('Nothing is published.');
  },
};

const roots: Record<string, string> = {
  Query: 'Reads. All fields of one operation answer from the same moment of the database.',
  Mutation:
    'Writes. Each takes one `input`, may be dry-run, and returns the object and `userErrors`.',
  Subscription: 'Live updates, over WebSocket (graphql-transport-ws) or server-sent events.',
};

let built: GraphQLSchema | undefined;

/** The schema, built once per process. */
export function directorySchema(): GraphQLSchema {
  return (built ??= build());
}

/** The schema as text, as in `schema/directory.graphql`. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(directorySchema()))}\n`;
}

function build(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: resolvers as unknown as NonEmptyArray<Function>,
    orphanedTypes: [ApiToken, ProviderCredential, SimpleError, ReadOnlyError, ConflictError],
    directives: [...specifiedDirectives, IdempotentDirective],
    validate: false,
    pubSub: UNUSED,
  });
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    useFastResolvers(type);
    countEntries(type);
    type.description ??= roots[type.name];
  }
  return schema;
}
