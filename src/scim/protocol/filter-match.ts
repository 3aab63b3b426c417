import { caseFold, fold } from '../../text/index.ts';
import type { CompareOp } from './filter.ts';
import type { TypedFilter } from './filter-check.ts';
import { isObject, isUnassigned, own, type Json, type JsonObject } from './json.ts';
import type { AttributeRef } from './resource-type.ts';

/**
 * Does this resource meet the filter? Names in the resource are spelled as the schema spells them.
 */
export const matches = (filter: TypedFilter, resource: JsonObject): boolean =>
  holds(
    filter,
    on => valuesIn(resource, on),
    on => elementsIn(resource, on),
    on => on.multiValued,
  );

/** Does this one element of a multi-valued attribute meet what stands in brackets? */
export const matchesElement = (filter: TypedFilter, element: Json): boolean =>
  holds(
    filter,
    on => subValue(element, on),
    () => [],
    () => false,
  );

type Values = (on: AttributeRef) => Json[];

function holds(
  filter: TypedFilter,
  values: Values,
  elements: Values,
  areMany: (on: AttributeRef) => boolean,
): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.of.every(each => holds(each, values, elements, areMany));
    case 'or':
      return filter.of.some(each => holds(each, values, elements, areMany));
    case 'not':
      return !holds(filter.of, values, elements, areMany);
    case 'present':
      return values(filter.on).length > 0;
    case 'element':
      return elements(filter.on).some(element => matchesElement(filter.where, element));
    case 'compare': {
      const { on, op, value } = filter;
      const found = values(on);
      // A missing value is not equal, so `ne` holds; of a list some value must differ.
      if (found.length === 0) return op === 'ne' && !areMany(on);
      return found.some(each => compares(each, op, value, on));
    }
  }
}

function elementsIn(resource: JsonObject, on: AttributeRef): Json[] {
  const container = on.extension ? own(resource, on.schema) : resource;
  const value = isObject(container) ? own(container, on.attribute) : undefined;
  if (isUnassigned(value)) return [];
  return Array.isArray(value) ? value : [value];
}

const valuesIn = (resource: JsonObject, on: AttributeRef): Json[] =>
  elementsIn(resource, on).flatMap(element => subValue(element, on));

function subValue(element: Json, on: AttributeRef): Json[] {
  const value =
    on.sub === undefined ? element : isObject(element) ? own(element, on.sub) : undefined;
  if (isUnassigned(value) || (isObject(value) && Object.keys(value).length === 0)) return [];
  return Array.isArray(value) ? value : [value];
}

function compares(
  actual: Json,
  op: CompareOp,
  wanted: string | number | boolean,
  on: AttributeRef,
): boolean {
  if (typeof actual !== typeof wanted) return op === 'ne';
  if (typeof actual !== 'string' || typeof wanted !== 'string')
    return ordered(op, Number(actual), Number(wanted));
  const times = [Date.parse(actual), Date.parse(wanted)] as const;
  if (on.type === 'dateTime' && !Number.isNaN(times[0])) return ordered(op, ...times);
  // Compares as the database does: a whole value folded as a name, a part of one including the
  // white space at its ends.
  const text = on.caseExact ? actual : fold(actual);
  const part = on.caseExact ? wanted : caseFold(wanted);
  if (op === 'co') return text.includes(part);
  if (op === 'sw') return text.startsWith(part);
  if (op === 'ew') return text.endsWith(part);
  return ordered(op, text, on.caseExact ? wanted : fold(wanted));
}

function ordered<Value extends string | number>(op: CompareOp, one: Value, other: Value): boolean {
  switch (op) {
    case 'eq':
      return one === other;
    case 'ne':
      return one !== other;
    case 'gt':
      return one > other;
    case 'ge':
      return one >= other;
    case 'lt':
      return one < other;
    case 'le':
      return one <= other;
    default:
      return false;
  }
}
