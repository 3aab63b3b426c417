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

/** Types that tell of exchanges and of last uses, which each process writes down a moment after the request that they are about. */
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
 * Waits until what this process has noted is written, where the operation can ask for it. Before its moment begins: a snapshot does not
 * see what is written later, and a connection that is held must not wait for another.
 */
export async function catchUp(
  { directory }: Context,
  schema: GraphQLSchema,
  document: DocumentNode,
): Promise<void> {
  let asks = known.get(document);
  if (asks === undefined) known.set(document, (asks = asksForNotes(schema, document)));
  if (asks) await directory.ground.catchUp?.();
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
