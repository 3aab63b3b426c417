import { page as pageOfGroups } from './groups.ts';
import {
  isObject,
  type JsonObject,
  LIST_SCHEMA,
  type Query,
  readQuery,
  readSearchRequest,
  type ResourceType,
  ScimError,
} from './protocol/index.ts';
import { limits } from './schemas.ts';
import type { Answer, Asked, Scope } from './scope.ts';
import { page as pageOfUsers } from './users.ts';

type Read = (type: ResourceType) => Query;

/**
 * RFC 7644 section 3.4.2.1: a query against the base is one over everything: first the Users, then the Groups. What only one of
 * them has is not found among the others.
 */
export async function searchAll(scope: Scope, { method, query, body }: Asked): Promise<Answer> {
  scope.exchange.wants('search among Users and Groups');
  const read: Read = type =>
    method === 'POST'
      ? readSearchRequest(body, type, limits, scope)
      : readQuery(query, type, limits, scope);
  const [ofUsers, ofGroups] = [
    attempt(() => read(scope.shapes.user)),
    attempt(() => read(scope.shapes.group)),
  ];
  const asked = ofUsers ?? ofGroups ?? read(scope.shapes.user);
  if (asked.page.kind === 'cursor')
    throw new ScimError(501, 'Search Users or Groups by themselves to page with a cursor.');
  const { startIndex, count } = asked.page;

  const first = ofUsers ? await part(pageOfUsers, scope, ofUsers, startIndex, count) : nobody;
  const found = first.resources.length;
  const second = ofGroups
    ? await part(
        pageOfGroups,
        scope,
        ofGroups,
        Math.max(1, startIndex - first.total),
        count - found,
      )
    : nobody;
  const resources = [...first.resources, ...second.resources];
  const totalResults = first.total + second.total;
  scope.exchange.did(`${resources.length} of ${totalResults} were sent.`);
  return {
    status: 200,
    body: {
      schemas: [LIST_SCHEMA],
      totalResults,
      startIndex,
      itemsPerPage: resources.length,
      Resources: resources,
    },
  };
}

interface Part {
  total: number;
  resources: JsonObject[];
}
const nobody: Part = { total: 0, resources: [] };

async function part(
  list: typeof pageOfUsers,
  scope: Scope,
  query: Query,
  startIndex: number,
  count: number,
): Promise<Part> {
  const { body = {} } = await list(scope, { ...query, page: { kind: 'index', startIndex, count } });
  const resources = body['Resources'];
  return {
    total: Number(body['totalResults']),
    resources: Array.isArray(resources) ? resources.filter(isObject) : [],
  };
}

/** A filter on what this type does not have. */
function attempt(read: () => Query): Query | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ScimError && error.scimType === 'invalidFilter') return undefined;
    throw error;
  }
}
