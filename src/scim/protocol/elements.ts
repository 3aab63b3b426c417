import { fold } from '../../text/index.ts';
import { canonicalText, isObject, own, sameJson, type Json, type JsonObject } from './json.ts';
import { subAttribute } from './resource-type.ts';
import type { Attribute } from './schema.ts';

export interface DedupedList {
  readonly list: Json[];
  readonly demoted: boolean;
}

/**
 * Adds values to a multi-valued attribute. A value that exists is completed, not repeated (RFC 7643
 * section 2.4: no two values with the same type and value), and a new primary demotes the earlier
 * one.
 */
export function addElements(
  attribute: Attribute,
  list: readonly Json[],
  incoming: readonly Json[],
): DedupedList {
  const shelf = new Shelf(attribute);
  for (const element of list) shelf.put(element);
  let winner: number | undefined;
  for (const element of incoming) {
    const at = shelf.put(element);
    if (isPrimary(element)) winner = at;
  }
  return onePrimary(shelf.list, winner);
}

/** The same list after elements were rewritten in place; `winner` is the one just made primary. */
export function dedupe(attribute: Attribute, list: readonly Json[], winner?: number): DedupedList {
  const { list: settled, demoted } = onePrimary([...list], winner);
  return { list: addElements(attribute, [], settled).list, demoted };
}

/**
 * Removes the values that a client listed; a listed value must agree in each sub-attribute that it
 * names.
 */
export function removeElements(
  attribute: Attribute,
  list: readonly Json[],
  listed: readonly Json[],
): Json[] {
  const identity = new Identity(attribute);
  const byValue = new Map<string, Set<string>>();
  const others: JsonObject[] = [];
  for (const each of listed) {
    const key = identity.valueKey(each);
    if (key !== undefined)
      byValue.set(key, (byValue.get(key) ?? new Set()).add(identity.typeKey(each)));
    else if (isObject(each)) others.push(each);
  }
  return list.filter(element => {
    const types = byValue.get(identity.valueKey(element) ?? '');
    const type = identity.typeKey(element);
    const named = types !== undefined && (types.has(type) || types.has('') || type === '');
    return !named && !others.some(each => agreesOn(element, each));
  });
}

const isPrimary = (element: Json) => isObject(element) && own(element, 'primary') === true;

function onePrimary(list: Json[], winner = list.findLastIndex(isPrimary)): DedupedList {
  let demoted = false;
  const settled = list.map((element, at) => {
    if (at === winner || !isObject(element) || !isPrimary(element)) return element;
    demoted = true;
    return { ...element, primary: false };
  });
  return { list: settled, demoted };
}

/** When two elements are the same one: their keys are compared, never each element with each. */
class Identity {
  readonly #fold: boolean;
  readonly #byValueAlone: boolean;
  /** A type that is free text is often left out by one of two requests that mean the same role. */
  readonly mayLackType: boolean;

  constructor(attribute: Attribute) {
    const value = attribute.type === 'complex' ? subAttribute(attribute, 'value') : attribute;
    this.#fold = value?.caseExact === false;
    this.#byValueAlone = value?.mutability === 'immutable';
    this.mayLackType = subAttribute(attribute, 'type')?.canonicalValues === undefined;
  }

  valueKey(element: Json): string | undefined {
    const value = isObject(element) ? own(element, 'value') : element;
    if (value === undefined || value === null) return undefined;
    const text = canonicalText(value);
    return this.#fold ? fold(text) : text;
  }

  typeKey(element: Json): string {
    const type = isObject(element) && !this.#byValueAlone ? own(element, 'type') : undefined;
    return typeof type === 'string' ? fold(type) : '';
  }
}

class Shelf {
  readonly list: Json[] = [];
  readonly #identity: Identity;
  readonly #places = new Map<string, Map<string, number>>();

  constructor(attribute: Attribute) {
    this.#identity = new Identity(attribute);
  }

  put(element: Json): number {
    const key =
      this.#identity.valueKey(element) ??
      `without value ${canonicalText(isObject(element) ? { ...element, primary: false } : element)}`;
    const places = this.#places.get(key) ?? new Map<string, number>();
    const type = this.#identity.typeKey(element);
    const place =
      places.get(type) ?? (this.#identity.mayLackType ? this.#otherwise(places, type) : undefined);
    this.#places.set(key, places.set(type, place ?? this.list.length));
    if (place === undefined) return this.list.push(element) - 1;
    const before = this.list[place] ?? null;
    if (isObject(before) && isObject(element)) this.list[place] = { ...before, ...element };
    return place;
  }

  #otherwise(places: ReadonlyMap<string, number>, type: string): number | undefined {
    return type === '' ? places.values().next().value : places.get('');
  }
}

function agreesOn(element: Json, wanted: JsonObject): boolean {
  const names = Object.keys(wanted);
  return (
    isObject(element) &&
    names.length > 0 &&
    names.every(name => sameJson(own(element, name), wanted[name]))
  );
}
