import { ChangeReader, type Change } from './change-reader.ts';
import { invalidSyntax, invalidValue, noTarget, quoted, ScimError } from './error.ts';
import { Reading, type Habit, type ReadingOptions } from './habits.ts';
import { isObject, isUnassigned, ownAnyCase, type Json, type JsonObject } from './json.ts';
import { assertMessage, namedSchema } from './named-schemas.ts';
import type { ResourceType } from './resource-type.ts';

const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** A PATCH that has been read and found sound, before anything is known about the resource. */
export interface Patch {
  readonly changes: readonly Change[];
  readonly tolerant: boolean;
  readonly repairs: readonly Habit[];
  readonly ignored: readonly string[];
}

const MOST_OPERATIONS = 1000;

/**
 * Reads a PatchOp body (RFC 7644 section 3.5.2) into changes; schema, operations, paths, filters
 * and values are all checked here.
 */
export function readPatch(
  body: unknown,
  resourceType: ResourceType,
  options: ReadingOptions = {},
): Patch {
  const reading = new Reading(options, true);
  if (!isObject(body)) throw invalidSyntax('A PATCH needs a JSON object.');
  checkSchemas(body, reading);
  const operations = ownAnyCase(body, 'Operations');
  if (!Array.isArray(operations)) throw invalidSyntax("A PATCH needs a list of 'Operations'.");
  if (operations.length > MOST_OPERATIONS)
    throw new ScimError(413, `A PATCH may have ${MOST_OPERATIONS} operations.`);
  if (operations.length === 0) {
    if (!reading.tolerant) throw invalidSyntax('A PATCH needs at least one operation.');
    reading.note('empty-operations');
  }
  const reader = new ChangeReader(resourceType, reading);
  for (const operation of operations) readOperation(operation, reader, reading);
  return {
    changes: reader.changes,
    tolerant: reading.tolerant,
    repairs: [...reading.repairs],
    ignored: [...reading.ignored],
  };
}

function checkSchemas(body: JsonObject, reading: Reading): void {
  assertMessage(body, PATCH_SCHEMA, reading.tolerant);
  if (namedSchema(body, PATCH_SCHEMA) === 'missing') reading.note('missing-schemas');
}

function readOperation(operation: Json, reader: ChangeReader, reading: Reading): void {
  if (!isObject(operation)) throw invalidSyntax('An operation needs to be an object.');
  const [op, path, value] = ['op', 'path', 'value'].map(name => ownAnyCase(operation, name));
  const verb = typeof op === 'string' ? op.toLowerCase() : undefined;
  if (verb !== 'add' && verb !== 'replace' && verb !== 'remove')
    throw invalidSyntax(
      `'op' is add, replace or remove${typeof op === 'string' ? `, not ${quoted(op)}` : ''}.`,
    );
  if (op !== verb) reading.note('capital-op');
  if (!isUnassigned(path) && typeof path !== 'string') throw invalidSyntax("'path' is text.");
  if (verb === 'remove') {
    if (isUnassigned(path)) throw noTarget('A remove needs a path.');
    return reader.removal(path, value);
  }
  if (value === undefined) throw invalidValue(`'${verb}' needs a value.`);
  if (!isUnassigned(path)) return reader.assignment(verb, path, value);
  if (!isObject(value))
    throw invalidValue(`'${verb}' without a path needs an object of attributes.`);
  reader.attributes(verb, value);
}
