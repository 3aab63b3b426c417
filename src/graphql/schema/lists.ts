import type { GraphQLResolveInfo } from 'graphql';
import type { Directory, Page } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import type { Loaders } from '../loaders/loaders.ts';
import { LazyConnection } from './connection.ts';

export interface ReadOfParents<Row> {
  pages: (parentIds: readonly string[]) => Promise<Map<string, Page<Row>>>;
  counts: (parentIds: readonly string[]) => Promise<Map<string, number>>;
}

/**
 * The list of one parent. The pages of all parents of the field are one statement, and so are their
 * counts.
 */
export function listOfParent<Row>(
  loaders: Loaders,
  info: GraphQLResolveInfo,
  parentId: string,
  { pages, counts }: ReadOfParents<Row>,
): LazyConnection<Row> {
  return new LazyConnection(
    () => loaders.ofField(info, 'page', parentId, pages),
    () => loaders.ofField(info, 'count', parentId, counts),
  );
}

interface ReadOfTenant<Row> {
  page: (directory: Directory) => Promise<Page<Row>>;
  count: (directory: Directory) => Promise<number>;
}

/** A list of a tenant. Refuses: not-found, when the caller may not enter it. */
export async function listOfTenant<Row>(
  context: Context,
  info: GraphQLResolveInfo,
  tenantId: string,
  { page, count }: ReadOfTenant<Row>,
): Promise<LazyConnection<Row>> {
  const directory = await context.enter(tenantId);
  return new LazyConnection(
    () => once(context, info, directory, page, 'page'),
    () => once(context, info, directory, count, 'count'),
  );
}

/** Anything else of a tenant. Refuses: not-found, when the caller may not enter it. */
export async function readOfTenant<Value>(
  context: Context,
  info: GraphQLResolveInfo,
  tenantId: string,
  read: (directory: Directory) => Promise<Value>,
): Promise<Value> {
  return once(context, info, await context.enter(tenantId), read, 'all');
}

/** Reads once per field of the document: many objects of an answer lead to the same tenant. */
function once<Value>(
  context: Context,
  info: GraphQLResolveInfo,
  directory: Directory,
  read: (directory: Directory) => Promise<Value>,
  part: string,
): Promise<Value> {
  return context
    .loaders(directory)
    .ofField(
      info,
      part,
      directory.tenantId,
      async () => new Map([[directory.tenantId, await read(directory)]]),
    );
}
