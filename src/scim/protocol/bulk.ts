import { invalidSyntax, invalidValue, quoted, type ScimError, tooLarge } from './error.ts';
import { isObject, isUnassigned, ownAnyCase, type Json } from './json.ts';
import { assertMessage } from './named-schemas.ts';
import type { ReadingOptions } from './habits.ts';

const BULK_REQUEST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

const methods = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;
type BulkMethod = (typeof methods)[number];

export interface BulkOperation {
  readonly method: BulkMethod;
  /** Below the base address: `/Users`, `/Users/2819c223`. */
  readonly path: string;
  readonly bulkId?: string;
  readonly version?: string;
  readonly data?: Json;
}

/**
 * An operation as read from the request; an invalid one carries its error and does not affect the
 * others.
 */
export type BulkItem =
  | { readonly operation: BulkOperation; readonly refusal?: undefined }
  | {
      readonly operation: Pick<BulkOperation, 'bulkId'> & { method: string; path: string };
      readonly refusal: ScimError;
    };

export interface BulkRequest {
  readonly items: readonly BulkItem[];
  /** After so many errors the rest is left; undefined means all is tried (RFC 7644 section 3.7). */
  readonly failOnErrors: number | undefined;
}

export function readBulk(
  body: unknown,
  limits: { readonly maxOperations: number },
  options: ReadingOptions = {},
): BulkRequest {
  if (!isObject(body)) throw invalidSyntax('A bulk request needs a JSON object.');
  assertMessage(body, BULK_REQUEST_SCHEMA, options.tolerant ?? true);
  const operations = ownAnyCase(body, 'Operations');
  if (!Array.isArray(operations))
    throw invalidSyntax("A bulk request needs a list of 'Operations'.");
  if (operations.length > limits.maxOperations) {
    throw tooLarge(
      `The bulk request has ${operations.length} operations; maxOperations is ${limits.maxOperations}.`,
    );
  }
  const taken = new Set<string>();
  return {
    items: operations.map(each => readItem(each, taken)),
    failOnErrors: readFailOnErrors(ownAnyCase(body, 'failOnErrors')),
  };
}

function readItem(value: Json, taken: Set<string>): BulkItem {
  if (!isObject(value)) throw invalidSyntax('An operation needs to be an object.');
  const text = (name: string) => {
    const found = ownAnyCase(value, name);
    return typeof found === 'string' && found !== '' ? found : undefined;
  };
  const [asked, bulkId, version] = [text('method') ?? '', text('bulkId'), text('version')];
  const path = `/${(text('path') ?? '').replace(/^\/+|\/+$/g, '')}`;
  const method = methods.find(each => each === asked.toUpperCase());
  const data = ownAnyCase(value, 'data');
  const refused = (refusal: ScimError): BulkItem => ({
    operation: { method: asked, path, ...(bulkId !== undefined && { bulkId }) },
    refusal,
  });

  if (!method)
    return refused(invalidSyntax(`'method' is POST, PUT, PATCH or DELETE, not ${quoted(asked)}.`));
  const shape = method === 'POST' ? /^\/[^/?#]+$/ : /^\/[^/?#]+\/[^/?#]+$/;
  if (!shape.test(path)) return refused(invalidSyntax(`${quoted(path)} is no path for ${method}.`));
  if (method === 'POST' && bulkId === undefined)
    return refused(invalidSyntax("A POST in a bulk request needs a 'bulkId'."));
  if (method !== 'DELETE' && !isObject(data))
    return refused(invalidSyntax(`${method} needs 'data'.`));
  if (bulkId !== undefined && taken.has(bulkId))
    return refused(invalidValue(`The bulkId ${quoted(bulkId)} stands twice in the request.`));
  if (bulkId !== undefined) taken.add(bulkId);
  return {
    operation: {
      method,
      path,
      ...(bulkId !== undefined && { bulkId }),
      ...(version !== undefined && { version }),
      ...(data !== undefined && { data }),
    },
  };
}

function readFailOnErrors(value: Json | undefined): number | undefined {
  if (isUnassigned(value) || value === 0) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw invalidValue("'failOnErrors' is a whole number.");
  return value;
}
