import { invalidValue, quoted } from './error.ts';
import type { Reading } from './habits.ts';
import { isObject, isUnassigned, own, type Json, type JsonObject } from './json.ts';
import { subAttribute } from './resource-type.ts';
import type { Attribute } from './schema.ts';

const MOST_VALUES = 10_000;

/**
 * Converts a client's value to the attribute's type; undefined when it leaves the attribute
 * unassigned. Strings are kept byte for byte.
 */
export function readValue(
  attribute: Attribute,
  raw: Json,
  reading: Reading,
  name = attribute.name,
): Json | undefined {
  if (attribute.multiValued) return readElements(attribute, raw, reading, name);
  return attribute.type === 'complex'
    ? readComplex(attribute, raw, reading, name)
    : readSimple(attribute, raw, reading, name);
}

/** Always a list, perhaps empty; a single value counts as a list of one. */
export function readElements(
  attribute: Attribute,
  raw: Json,
  reading: Reading,
  name = attribute.name,
): Json[] {
  if (isUnassigned(raw)) return [];
  if (!Array.isArray(raw) && !isObject(raw))
    reading.repair('wrapped-scalar', `${quoted(name)} is a list.`);
  const items = Array.isArray(raw) ? raw : [raw];
  if (items.length > MOST_VALUES)
    throw invalidValue(`${quoted(name)} may carry ${MOST_VALUES} values at a time.`);
  return items.flatMap(item => {
    const element = readElement(attribute, item, reading, name);
    return element === undefined ? [] : [element];
  });
}

/** One value of a multi-valued attribute. */
export function readElement(
  attribute: Attribute,
  raw: Json,
  reading: Reading,
  name = attribute.name,
): Json | undefined {
  if (attribute.type !== 'complex')
    return isUnassigned(raw) ? undefined : readSimple(attribute, raw, reading, name);
  const element = readParts(
    attribute,
    unpackedRole(attribute, asObject(attribute, raw, reading, name), reading),
    reading,
    name,
  );
  const kept = withoutNulls(element);
  // Immutable sub-attributes must be present from the start: a member without its id is no member.
  if (
    subAttribute(attribute, 'value')?.mutability === 'immutable' &&
    isUnassigned(own(kept, 'value'))
  ) {
    throw invalidValue(`Each of ${quoted(name)} needs a value.`);
  }
  return Object.keys(kept).length > 0 ? kept : undefined;
}

/** Sub-attributes to set, with null for those to clear; undefined clears the whole. */
function readComplex(
  attribute: Attribute,
  raw: Json,
  reading: Reading,
  name: string,
): JsonObject | undefined {
  if (isUnassigned(raw)) return undefined;
  if (Array.isArray(raw)) {
    reading.repair('manager-in-list', `${quoted(name)} is a single object, not a list.`);
    if (raw.length > 1) throw invalidValue(`${quoted(name)} has one value, not ${raw.length}.`);
    return readComplex(attribute, raw[0] ?? null, reading, name);
  }
  const parts = readParts(attribute, asObject(attribute, raw, reading, name), reading, name);
  // {"value": ""} takes the reference away, whatever stands beside it.
  return own(parts, 'value') === null ? undefined : parts;
}

function asObject(attribute: Attribute, raw: Json, reading: Reading, name: string): JsonObject {
  if (isObject(raw)) return raw;
  const value = subAttribute(attribute, 'value');
  if (!value || raw === null || Array.isArray(raw))
    throw invalidValue(`${quoted(name)} needs an object with sub-attributes.`);
  const isReference = subAttribute(attribute, '$ref') !== undefined && !attribute.multiValued;
  reading.repair(
    isReference ? 'manager-as-text' : 'wrapped-scalar',
    `${quoted(name)} needs an object with a value.`,
  );
  return { value: raw };
}

function readParts(
  attribute: Attribute,
  raw: JsonObject,
  reading: Reading,
  name: string,
): JsonObject {
  const parts: JsonObject = {};
  for (const key of Object.keys(raw)) {
    const sub = subAttribute(attribute, key);
    const value = raw[key] ?? null;
    if (!sub) reading.unknown(`${name}.${key}`);
    else if (sub.mutability !== 'readOnly')
      parts[sub.name] = readValue(sub, value, reading, `${name}.${sub.name}`) ?? null;
  }
  return parts;
}

/**
 * Entra ID's AppRoleAssignmentsComplex, in the dialect without flag, sends each role as a JSON
 * document in text.
 */
function unpackedRole(attribute: Attribute, element: JsonObject, reading: Reading): JsonObject {
  const value = own(element, 'value');
  if (attribute.name !== 'roles' || typeof value !== 'string' || !value.startsWith('{'))
    return element;
  const role = parsedObject(value);
  if (typeof role?.value !== 'string') return element;
  reading.repair('role-as-json-text', 'A role needs an object, not JSON inside text.');
  const display = own(role, 'displayName') ?? own(role, 'display');
  return { ...element, value: role.value, ...(typeof display === 'string' && { display }) };
}

function parsedObject(text: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

type Plain = string | number | boolean | null;

function readSimple(
  attribute: Attribute,
  raw: Json,
  reading: Reading,
  name: string,
): Json | undefined {
  if (isUnassigned(raw)) return undefined;
  const value = unwrapped(raw, reading, name);
  if (isUnassigned(value)) return undefined;
  switch (attribute.type) {
    case 'boolean':
      return readBoolean(value, reading, name);
    case 'integer':
    case 'decimal':
      return readNumber(attribute, value, reading, name);
    default:
      return readText(value, reading, name);
  }
}

/** The older Entra ID dialect wraps plain values: [{"$ref": null, "value": "x"}]. */
function unwrapped(raw: Json, reading: Reading, name: string): Plain {
  if (!isObject(raw) && !Array.isArray(raw)) return raw;
  const refusal = `${quoted(name)} has one plain value.`;
  reading.repair('wrapped-scalar', refusal);
  const inner = Array.isArray(raw) ? (raw.length === 1 ? raw[0] : undefined) : raw;
  const value = isObject(inner) ? own(inner, 'value') : inner;
  if (value === undefined || isObject(value) || Array.isArray(value)) throw invalidValue(refusal);
  return value;
}

function readBoolean(value: Plain, reading: Reading, name: string): boolean {
  if (typeof value === 'boolean') return value;
  const refusal = `${quoted(name)} is true or false.`;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  if (text !== 'true' && text !== 'false') throw invalidValue(refusal);
  reading.repair('text-boolean', refusal);
  return text === 'true';
}

function readNumber(attribute: Attribute, value: Plain, reading: Reading, name: string): number {
  const refusal = `${quoted(name)} is a number of type ${attribute.type}.`;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw invalidValue(refusal);
  if (attribute.type === 'integer' && !Number.isSafeInteger(number)) throw invalidValue(refusal);
  if (typeof value === 'string') reading.repair('text-number', refusal);
  return number;
}

/** Formats are not judged: validators write random text everywhere and compare it byte for byte. */
function readText(value: Plain, reading: Reading, name: string): string {
  if (typeof value !== 'string') {
    reading.repair('value-as-text', `${quoted(name)} is text.`);
    return String(value);
  }
  if (value.includes('\0')) throw invalidValue(`${quoted(name)} holds a NUL character.`);
  return value;
}

export function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}
