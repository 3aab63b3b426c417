import { invalidSyntax, invalidValue, quoted } from './error.ts';
import { Reading, type Habit, type ReadingOptions } from './habits.ts';
import {
  isBlank,
  isObject,
  isUnassigned,
  own,
  sameJson,
  type Json,
  type JsonObject,
} from './json.ts';
import { ChangeReader, type Change } from './change-reader.ts';
import { namedSchema } from './named-schemas.ts';
import { Draft } from './patch-apply.ts';
import type { ResourceType } from './resource-type.ts';

/**
 * The body of a POST or PUT after reading: only attributes that the schemas declare and a client
 * may write, in canonical spelling.
 */
export interface ResourceBody {
  readonly resource: JsonObject;
  readonly changes: readonly Change[];
  readonly repairs: readonly Habit[];
  readonly ignored: readonly string[];
}

export function readResource(
  body: unknown,
  resourceType: ResourceType,
  options: ReadingOptions = {},
): ResourceBody {
  const reading = new Reading(options);
  if (!isObject(body)) throw invalidSyntax('A resource needs a JSON object.');
  checkSchemas(body, resourceType, reading);
  const reader = new ChangeReader(resourceType, reading);
  reader.attributes('replace', body);
  const draft = new Draft({ schemas: [resourceType.core.id] }, reading.tolerant);
  for (const change of reader.changes) draft.apply(change);
  if (!reading.tolerant && draft.repairs.has('demoted-primary'))
    throw invalidValue('Only one value may be primary.');
  checkRequired(draft.resource, resourceType);
  return {
    resource: draft.resource,
    changes: reader.changes,
    repairs: [...reading.repairs, ...draft.repairs],
    ignored: [...reading.ignored],
  };
}

/**
 * Applies a PUT to the stored resource (RFC 7644 section 3.5.1): attributes that the body leaves
 * out are cleared, read-only ones stay, and a single complex attribute keeps the sub-attributes
 * that the body does not mention.
 */
export function replaceResource(
  current: JsonObject,
  body: ResourceBody,
  resourceType: ResourceType,
): { resource: JsonObject; changed: boolean } {
  const mentioned = new Set(body.changes.map(({ on }) => `${on.schema} ${on.attribute.name}`));
  const draft = new Draft(current, true);
  for (const schema of [resourceType.core, ...resourceType.extensions]) {
    const extension = schema !== resourceType.core;
    for (const attribute of resourceType.attributesOf(schema.id)) {
      const stays =
        attribute.mutability === 'readOnly' ||
        attribute.mutability === 'immutable' ||
        mentioned.has(`${schema.id} ${attribute.name}`);
      if (!stays) draft.apply({ op: 'remove', on: { schema: schema.id, extension, attribute } });
    }
  }
  for (const change of body.changes) draft.apply(change);
  return { resource: draft.resource, changed: !sameJson(current, draft.resource) };
}

function checkSchemas(body: JsonObject, resourceType: ResourceType, reading: Reading): void {
  if (namedSchema(body, resourceType.core.id) === 'named') return;
  // Some clients send only foreign ones.
  if (!reading.tolerant) throw invalidSyntax(`'schemas' must name ${resourceType.core.id}.`);
  reading.note('missing-schemas');
}

function checkRequired(resource: JsonObject, resourceType: ResourceType): void {
  const needs = (container: Json | undefined, urn: string) => {
    for (const attribute of resourceType.attributesOf(urn)) {
      if (!attribute.required || attribute.mutability === 'readOnly') continue;
      const value = isObject(container) ? own(container, attribute.name) : undefined;
      if (isUnassigned(value) || isBlank(value))
        throw invalidValue(`${quoted(attribute.name)} is required.`);
    }
  };
  needs(resource, resourceType.core.id);
  for (const extension of resourceType.extensions) {
    const container = own(resource, extension.id);
    if (container !== undefined) needs(container, extension.id);
  }
}
