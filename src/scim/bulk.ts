import { scimErrorOf } from './errors.ts';
import {
  type BulkOperation,
  type BulkOutcome,
  readBulk,
  runBulk,
  ScimError,
} from './protocol/index.ts';
import { limits } from './schemas.ts';
import type { Answer, Asked, Handler, Scope } from './scope.ts';

export type FindHandler = (method: string, path: string) => { handle: Handler; id: string };

/** RFC 7644 section 3.7. Each operation is a change of its own: one that fails harms no other. */
export function bulk(find: FindHandler, isOutage: (fault: unknown) => boolean): Handler {
  return async (scope, asked) => {
    scope.exchange.wants('do many things at once');
    const request = readBulk(asked.body, limits, scope);
    const { exchange } = scope;
    let changed = false;
    let failed = 0;
    const body = await runBulk(request, {
      locationOf: path => `${scope.base}${path}`,
      async execute(operation) {
        try {
          exchange.changed = false;
          return outcomeOf(await execute(find, scope, operation));
        } catch (error) {
          failed++;
          throw scimErrorOf(error, isOutage) ?? error;
        } finally {
          changed ||= exchange.changed;
        }
      },
    });
    exchange.changed = changed;
    exchange.wants(`do ${request.items.length} things at once`);
    exchange.did(failed === 0 ? 'All of them were done.' : `${failed} of them failed.`);
    return { status: 200, body };
  };
}

function execute(
  find: FindHandler,
  scope: Scope,
  { method, path, data, version }: BulkOperation,
): Promise<Answer> {
  const { handle, id } = find(method, path);
  if (scope.provider.provisioning === 'PAUSED')
    throw new ScimError(503, 'Provisioning is paused; changes will be accepted again later.');
  const asked: Asked = {
    method,
    id,
    query: new URLSearchParams(),
    body: data,
    ifMatch: version,
    ifNoneMatch: undefined,
    prefer: undefined,
  };
  return handle(scope, asked);
}

const outcomeOf = ({ status, id, location, version }: Answer): BulkOutcome => ({
  status,
  ...(id !== undefined && { id }),
  ...(location !== undefined && { location }),
  ...(version !== undefined && { version }),
});
