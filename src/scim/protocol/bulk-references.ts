import type { BulkOperation } from './bulk.ts';
import { invalidSyntax } from './error.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

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
