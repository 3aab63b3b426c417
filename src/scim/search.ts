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
import type { ScimResponse, ScimRequest, Scope } from './scope.ts';
import { page as pageOfUsers } from './users.ts';

const kindsOf = ({ shapes: { user, group } }: Scope): readonly ResourceType[] => [user, group];

const bothKinds = (
  { shapes: { user, group } }: Scope,
  read: (type: ResourceType) => Query,
): readonly [Query, Query] => [read(user), read(group)];

/**
 * RFC 7644 section 3.4.2.1: a query against the base searches everything, first the Users, then the
 * Groups. An attribute that only one of them has counts as having no value in the other, so that
 * `userName eq "u" or displayName eq "g"` finds both.
 */
export async function searchAll(
  scope: Scope,
  { method, query, body }: ScimRequest,
): Promise<ScimResponse> {
  scope.exchange.describeRequest('search among Users and Groups');
  const [ofUsers, ofGroups] = bothKinds(scope, type =>
    method === 'POST'
      ? readSearchRequest(body, type, limits, { ...scope, beside: kindsOf(scope) })
      : readQuery(query, type, limits, { ...scope, beside: kindsOf(scope) }),
  );
  if (ofUsers.page.kind === 'cursor')
    throw new ScimError(501, 'Search Users or Groups by themselves to page with a cursor.');
  const { startIndex, count } = ofUsers.page;
  return scope.directory.inOneMoment(() =>
    usersThenGroups(scope, ofUsers, ofGroups, { startIndex, count }),
  );
}

async function usersThenGroups(
  scope: Scope,
  ofUsers: Query,
  ofGroups: Query,
  { startIndex, count }: { startIndex: number; count: number },
): Promise<ScimResponse> {
  const first = await part(pageOfUsers, scope, ofUsers, startIndex, count);
  const second = await part(
    pageOfGroups,
    scope,
    ofGroups,
    Math.max(1, startIndex - first.total),
    count - first.resources.length,
  );
  const resources = [...first.resources, ...second.resources];
  const totalResults = first.total + second.total;
  scope.exchange.describeOutcome(`${resources.length} of ${totalResults} were sent.`);
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
