import { newId } from '../directory/index.ts';
import { internalError, paused, scimErrorOf } from './errors.ts';
import { type BulkOperation, type BulkOutcome, readBulk, runBulk } from './protocol/index.ts';
import { limits } from './schemas.ts';
import type { ScimResponse, ScimRequest, Handler, Scope } from './scope.ts';

export type FindHandler = (method: string, path: string) => { handle: Handler; id: string };

/**
 * RFC 7644 section 3.7. Each operation is a change of its own: a failure does not affect the
 * others, and what was done before it stays done and is reported.
 */
export function bulk(find: FindHandler, isOutage: (fault: unknown) => boolean): Handler {
  return async (scope, request) => {
    scope.exchange.describeRequest('do many things at once');
    const bulkRequest = readBulk(request.body, limits, scope);
    const { exchange } = scope;
    let changed = 0;
    let failed = 0;
    const body = await runBulk(bulkRequest, {
      locationOf: path => `${scope.base}${path}`,
      newId,
      async execute(operation, id) {
        exchange.changed = false;
        const answer = await execute(find, scope, operation, id);
        if (exchange.changed) changed++;
        return outcomeOf(answer);
      },
      async together(work) {
        const before = changed;
        await scope.directory.change(() => {
          changed = before;
          return work();
        });
      },
      errorOf(thrown) {
        failed++;
        const known = scimErrorOf(thrown, isOutage);
        if (!known) scope.log.error({ err: thrown }, 'An operation of a bulk request failed.');
        return known ?? internalError();
      },
    });
    exchange.changed = changed > 0;
    exchange.describeRequest(`do ${bulkRequest.items.length} things at once`);
    exchange.describeOutcome(failed === 0 ? 'All of them were done.' : `${failed} of them failed.`);
    return { status: 200, body };
  };
}

function execute(
  find: FindHandler,
  scope: Scope,
  { method, path, data, version }: BulkOperation,
  newId: string | undefined,
): Promise<ScimResponse> {
  const { handle, id } = find(method, path);
  if (scope.provider.provisioning === 'PAUSED') throw paused();
  const request: ScimRequest = {
    method,
    id,
    query: new URLSearchParams(),
    body: data,
    newId,
    ifMatch: version,
    ifNoneMatch: undefined,
    prefer: undefined,
  };
  return handle(scope, request);
}

const outcomeOf = ({ status, id, location, version }: ScimResponse): BulkOutcome => ({
  status,
  ...(id !== undefined && { id }),
  ...(location !== undefined && { location }),
  ...(version !== undefined && { version }),
});
