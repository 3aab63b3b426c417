import { invalidSyntax } from './error.ts';
import { ownAnyCase, type JsonObject } from './json.ts';

/**
 * Checks the `schemas` of a body. Two real sync clients send none at all, which may be tolerated;
 * an empty list, or a value that is no list, is refused (RFC 7643 section 3: required and not
 * empty).
 */
export function namedSchema(body: JsonObject, urn: string): 'named' | 'missing' | 'another' {
  const schemas = ownAnyCase(body, 'schemas');
  if (schemas === undefined || schemas === null || schemas === '') return 'missing';
  if (!Array.isArray(schemas)) throw invalidSyntax("'schemas' is a list of URNs.");
  if (schemas.length === 0) throw invalidSyntax(`'schemas' must not be empty: it names ${urn}.`);
  const wanted = urn.toLowerCase();
  return schemas.some(each => typeof each === 'string' && each.toLowerCase() === wanted)
    ? 'named'
    : 'another';
}

/**
 * The same for a message of the protocol: it names its schema, or, where that is tolerated, none.
 */
export function assertMessage(body: JsonObject, urn: string, tolerant: boolean): void {
  const named = namedSchema(body, urn);
  if (named === 'another' || (named === 'missing' && !tolerant))
    throw invalidSyntax(`'schemas' must name ${urn}.`);
}
