import { elementFor } from './created-element.ts';
import { addElements, removeElements, dedupe, type DedupedList } from './elements.ts';
import { invalidValue, mutability, quoted } from './error.ts';
import { matchesElement } from './filter-match.ts';
import type { Habit } from './habits.ts';
import { isObject, isUnassigned, own, sameJson, type Json, type JsonObject } from './json.ts';
import type { Change } from './change-reader.ts';
import type { Patch } from './patch.ts';
import { nameOf, subAttribute, type AttributePath } from './resource-type.ts';
import { withoutNulls } from './value.ts';

export interface Patched {
  readonly resource: JsonObject;
  /** False when the resource is unchanged: then nothing is written and the version stays. */
  readonly changed: boolean;
  readonly repairs: readonly Habit[];
  readonly ignored: readonly string[];
}

/**
 * Applies the changes in their order to a copy: all of them, or an error and none (RFC 7644 section
 * 3.5.2).
 */
export function applyPatch(resource: JsonObject, patch: Patch): Patched {
  const draft = new Draft(resource, patch.tolerant);
  for (const change of patch.changes) draft.apply(change);
  return {
    resource: draft.resource,
    changed: !sameJson(resource, draft.resource),
    repairs: [...new Set([...patch.repairs, ...draft.repairs])],
    ignored: patch.ignored,
  };
}

/** Of one attribute; members, which are known by their ids, are counted by nobody. */
const MOST_VALUES = 1000;

/** A copy of a resource in the making. */
export class Draft {
  readonly resource: JsonObject;
  readonly repairs = new Set<Habit>();
  readonly #tolerant: boolean;

  constructor(resource: JsonObject, tolerant: boolean) {
    this.resource = structuredClone(resource);
    this.#tolerant = tolerant;
  }

  apply(change: Change): void {
    if (change.op === 'remove') this.#remove(change);
    else this.#assign(change);
  }

  #assign(change: Change & { op: 'add' | 'replace' }): void {
    const { on, value } = change;
    const before = this.#get(on);
    if (on.attribute.multiValued)
      return this.#put(on, this.#bounded(on, this.#listAfter(change, asList(before))));
    const given = on.sub ? { [on.sub.name]: value } : value;
    const after =
      on.attribute.type === 'complex' && isObject(given) ? merged(before, given) : given;
    if (
      on.attribute.mutability === 'immutable' &&
      before !== undefined &&
      !sameJson(before, after)
    ) {
      throw mutability(`${quoted(nameOf(on))} cannot be changed.`);
    }
    this.#put(on, after);
  }

  #listAfter(change: Change & { op: 'add' | 'replace' }, list: Json[]): Json[] {
    const { op, on, where, value } = change;
    if (!where && !on.sub)
      return this.#listed(addElements(on.attribute, op === 'add' ? list : [], asList(value)));
    const chosen = list.map(element => !where || matchesElement(where, element));
    if (!chosen.includes(true)) {
      const created = elementFor(change, this.#tolerant);
      this.repairs.add('created-element');
      return this.#listed(addElements(on.attribute, list, [created]));
    }
    const given = on.sub ? { [on.sub.name]: value } : value;
    const rewritten = list.map((element, at) =>
      chosen[at] ? rewrite(change, element, given) : element,
    );
    const primary =
      isObject(given) && own(given, 'primary') === true ? chosen.lastIndexOf(true) : undefined;
    return this.#listed(dedupe(on.attribute, rewritten, primary));
  }

  #remove({ on, where, values }: Change & { op: 'remove' }): void {
    const before = this.#get(on);
    if (before === undefined) return;
    if (on.attribute.mutability === 'immutable')
      throw mutability(`${quoted(nameOf(on))} cannot be changed.`);
    // A manager without a value is no manager, whatever name still stands beside it.
    if (!on.attribute.multiValued)
      return this.#put(
        on,
        on.sub && on.sub.name !== 'value' ? without(before, on.sub.name) : undefined,
      );
    const list = asList(before);
    if (values) return this.#put(on, removeElements(on.attribute, list, values));
    const { sub } = on;
    const left = list.flatMap(element => {
      if (where && !matchesElement(where, element)) return [element];
      const rest = sub && without(element, sub.name);
      return rest !== undefined && saysSomething(rest) ? [rest] : [];
    });
    // After a rewrite two elements may have become equal.
    this.#put(on, sub ? this.#listed(dedupe(on.attribute, left)) : left);
  }

  #bounded(on: AttributePath, list: Json[]): Json[] {
    const areMembers = subAttribute(on.attribute, 'value')?.mutability === 'immutable';
    if (list.length > MOST_VALUES && !areMembers)
      throw invalidValue(`${quoted(nameOf(on))} may hold ${MOST_VALUES} values.`);
    return list;
  }

  #listed({ list, demoted }: DedupedList): Json[] {
    if (demoted) this.repairs.add('demoted-primary');
    return list;
  }

  #get(on: AttributePath): Json | undefined {
    const container = on.extension ? own(this.resource, on.schema) : this.resource;
    const value = isObject(container) ? own(container, on.attribute.name) : undefined;
    return isUnassigned(value) ? undefined : value;
  }

  #put(on: AttributePath, value: Json | undefined): void {
    const kept = isObject(value) ? withoutNulls(value) : value;
    const unassigned = isUnassigned(kept) || (isObject(kept) && Object.keys(kept).length === 0);
    const held = on.extension ? own(this.resource, on.schema) : this.resource;
    const container = isObject(held) ? held : {};
    if (unassigned) delete container[on.attribute.name];
    else container[on.attribute.name] = kept;
    if (on.extension) this.#putExtension(on.schema, container);
  }

  /**
   * A write below an extension's URN adds that schema to the resource; removing its last value
   * removes it.
   */
  #putExtension(urn: string, container: JsonObject): void {
    const inUse = Object.keys(container).length > 0;
    const { schemas } = this.resource;
    if (inUse) this.resource[urn] = container;
    else delete this.resource[urn];
    if (!Array.isArray(schemas)) return;
    if (!inUse) this.resource.schemas = schemas.filter(each => each !== urn);
    else if (!schemas.includes(urn)) this.resource.schemas = [...schemas, urn];
  }
}

const asList = (value: Json | undefined): Json[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

/**
 * Sub-attributes left out stay (RFC 7644 section 3.5.2.3) - except those of another reference, such
 * as the old manager's name.
 */
function merged(before: Json | undefined, given: JsonObject): JsonObject {
  const value = own(given, 'value');
  const another = isObject(before) && value !== undefined && !sameJson(own(before, 'value'), value);
  return isObject(before) && !another ? { ...before, ...given } : given;
}

function rewrite(
  { op, on, where }: Change & { op: 'add' | 'replace' },
  element: Json,
  given: Json,
): Json {
  if (!isObject(given)) return given;
  if (on.sub || op === 'add') return isObject(element) ? { ...element, ...given } : given;
  // A replaced element keeps the type by which it was chosen, unless it brings another.
  const type =
    where && isObject(element) && !Object.hasOwn(given, 'type') ? own(element, 'type') : undefined;
  return type === undefined ? given : { type, ...given };
}

function without(value: Json, name: string): JsonObject {
  if (!isObject(value)) return {};
  const { [name]: _, ...rest } = value;
  return rest;
}

/** A label without content: what remains of an e-mail once its value is cleared. */
const saysSomething = (element: JsonObject) =>
  Object.keys(element).some(name => name !== 'type' && name !== 'primary');
