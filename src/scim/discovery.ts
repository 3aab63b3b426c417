import { notFound } from './errors.ts';
import { isObject, type JsonObject, listResponse, ScimError } from './protocol/index.ts';
import { serviceProviderConfig } from './schemas.ts';
import type { ScimResponse, ScimRequest, Handler, Scope } from './scope.ts';

/**
 * RFC 7644 section 4: the endpoints that describe the service. A filter is refused; every other
 * query parameter is ignored.
 */
export const discovery = {
  serviceProviderConfig: reading(scope => ({
    status: 200,
    body: located(scope, serviceProviderConfig),
  })),
  resourceTypes: reading(scope => all(scope, scope.shapes.resourceTypes)),
  resourceType: reading((scope, { id }) => one(scope, scope.shapes.resourceTypes, id)),
  schemas: reading(scope => all(scope, scope.shapes.schemas)),
  schema: reading((scope, { id }) => one(scope, scope.shapes.schemas, id)),
} satisfies Record<string, Handler>;

function reading(answer: (scope: Scope, request: ScimRequest) => ScimResponse): Handler {
  return async (scope, request) => {
    scope.exchange.describeRequest('learn what is offered here');
    if ([...request.query.keys()].some(name => name.toLowerCase() === 'filter'))
      throw new ScimError(403, 'What is offered here cannot be filtered.');
    scope.exchange.describeOutcome('It was told.');
    return answer(scope, request);
  };
}

function all(scope: Scope, documents: readonly JsonObject[]): ScimResponse {
  return {
    status: 200,
    body: listResponse({
      resources: documents.map(document => located(scope, document)),
      totalResults: documents.length,
      startIndex: 1,
    }),
  };
}

function one(scope: Scope, documents: readonly JsonObject[], id: string): ScimResponse {
  const document = documents.find(
    each => typeof each['id'] === 'string' && each['id'].toLowerCase() === id.toLowerCase(),
  );
  if (!document) throw notFound();
  return { status: 200, body: located(scope, document) };
}

/** The documents name themselves below the base; where that is depends on the provider. */
function located({ base }: Scope, document: JsonObject): JsonObject {
  const { meta } = document;
  const location = isObject(meta) ? meta['location'] : undefined;
  return isObject(meta) && typeof location === 'string'
    ? { ...document, meta: { ...meta, location: base + location } }
    : document;
}
