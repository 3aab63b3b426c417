import {
  BREAK,
  type DocumentNode,
  getNamedType,
  type GraphQLSchema,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Context } from '../context.ts';

/**
 * Types that show SCIM requests and last uses, which each process writes a moment after the request
 * itself.
 */
const NOTED = new Set([
  'ApiToken',
  'AttentionItem',
  'Node',
  'ProviderCredential',
  'ProvisioningHealth',
  'ScimRequest',
]);

const known = new WeakMap<DocumentNode, boolean>();

/**
 * Flushes this process's notes when the document selects one of those types. Before the snapshot
 * begins: a snapshot does not see later writes, and a flush must not wait while the operation holds
 * a connection.
 */
export async function catchUp(
  { directory }: Context,
  schema: GraphQLSchema,
  document: DocumentNode,
): Promise<void> {
  let asks = known.get(document);
  if (asks === undefined) known.set(document, (asks = asksForNotes(schema, document)));
  if (asks) await directory.store.catchUp?.();
}

function asksForNotes(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = new TypeInfo(schema);
  let found = false;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field: () => {
        found = NOTED.has(getNamedType(types.getType())?.name ?? '');
        return found ? BREAK : undefined;
      },
    }),
  );
  return found;
}
