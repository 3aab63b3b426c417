import { readBody } from '../platform/http/index.ts';
import type { Address } from './address.ts';
import { assertScimBody, ScimError } from './protocol/index.ts';
import type { ScimRequest } from './scope.ts';
import type { RequestInProgress } from './service.ts';

const BODY_TYPES = ['application/scim+json', 'application/json'];

/** Reads the body, if the method has one, and the headers that handlers use. */
export async function readRequest(
  current: RequestInProgress,
  { id, query }: Address,
  method: string,
): Promise<ScimRequest> {
  const { ctx } = current;
  if (method === 'POST' || method === 'PUT' || method === 'PATCH') {
    assertScimBody(ctx.get('content-type'));
    current.body = await readBody(ctx.req, { types: BODY_TYPES });
    assertWellFormed(current.body);
  }
  const header = (name: string) => ctx.get(name) || undefined;
  return {
    method,
    id,
    query,
    body: current.body,
    ifMatch: header('if-match'),
    ifNoneMatch: header('if-none-match'),
    prefer: header('prefer'),
  };
}

/** PostgreSQL refuses a lone surrogate, and the whole statement with it. */
function assertWellFormed(value: unknown): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed())
      throw new ScimError(400, 'The body holds text that is not valid Unicode.', 'invalidSyntax');
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value)) {
      assertWellFormed(name);
      assertWellFormed(each);
    }
  }
}
