import { invalidSyntax, invalidValue, quoted, type ScimError, tooLarge } from './error.ts';
import { isObject, isUnassigned, ownAnyCase, type Json, type JsonObject } from './json.ts';
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

/** The same operation, its references `bulkId:x` replaced by the ids those resources were given. */
export function resolveReferences(
  operation: BulkOperation,
  idOf: (bulkId: string) => string,
): BulkOperation {
  const path = operation.path
    .split('/')
    .map(segment => resolved(segment, idOf))
    .join('/');
  return {
    ...operation,
    path,
    ...(operation.data !== undefined && { data: deepResolved(operation.data, idOf, 0) }),
  };
}

/** Every bulkId that the path or the data speaks of. */
export function referencesOf(operation: BulkOperation): string[] {
  const found = new Set<string>();
  resolveReferences(operation, bulkId => {
    found.add(bulkId);
    return '';
  });
  return [...found];
}

const PREFIX = 'bulkId:';
const DEEPEST = 64;

/** The bulkId that a text stands for, if it does. */
export const referenceIn = (text: string): string | undefined =>
  text.startsWith(PREFIX) && text.length > PREFIX.length ? text.slice(PREFIX.length) : undefined;

function resolved(text: string, idOf: (bulkId: string) => string): string {
  const bulkId = referenceIn(text);
  return bulkId === undefined ? text : idOf(bulkId);
}

function deepResolved(value: Json, idOf: (bulkId: string) => string, depth: number): Json {
  if (depth > DEEPEST) throw invalidSyntax(`'data' may be nested ${DEEPEST} levels deep.`);
  if (typeof value === 'string') return resolved(value, idOf);
  if (Array.isArray(value)) return value.map(each => deepResolved(each, idOf, depth + 1));
  if (!isObject(value)) return value;
  // Object.fromEntries defines own names: a key `__proto__` stays a key.
  return Object.fromEntries(
    Object.entries(value).map(([name, each]): [string, Json] => [
      name,
      deepResolved(each, idOf, depth + 1),
    ]),
  ) satisfies JsonObject;
}
