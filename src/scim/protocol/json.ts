export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Own properties only: a name sent by a client never reaches Object.prototype. */
export const own = (object: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/** Attribute names compare without case (RFC 7643 section 2.1). */
export function ownAnyCase(object: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  const wanted = name.toLowerCase();
  const key = Object.keys(object).find(each => each.toLowerCase() === wanted);
  return key === undefined ? undefined : object[key];
}

/**
 * Null, the empty list and absence are one state (RFC 7643 section 2.5); clients clear with empty
 * text as well.
 */
export const isUnassigned = (value: unknown): value is undefined | null | '' =>
  value === undefined ||
  value === null ||
  value === '' ||
  (Array.isArray(value) && value.length === 0);

/** Text in which nothing is to be read: kept as it was sent, but nobody's name. */
export const isBlank = (value: unknown): boolean =>
  typeof value === 'string' && value.trim() === '';

/** Equality that ignores the order of names: the question behind "nothing changed". */
export function sameJson(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, at) => sameJson(item, other[at]))
    );
  }
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every(name => Object.hasOwn(other, name) && sameJson(one[name], other[name]))
  );
}

/** One text per value, whatever the order of names. */
export function canonicalText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const parts = Object.keys(value)
    .toSorted()
    .map(name => `${JSON.stringify(name)}:${canonicalText(value[name] ?? null)}`);
  return `{${parts.join(',')}}`;
}
