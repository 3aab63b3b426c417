import { invalidFilter, quoted } from './error.ts';
import type { CompareOp, Filter, Literal } from './filter.ts';
import type { ReadingOptions } from './habits.ts';
import {
  refTo,
  subAttribute,
  type AttributePath,
  type AttributeRef,
  type ResourceType,
} from './resource-type.ts';
import type { Attribute } from './schema.ts';

/**
 * A filter with resolved names and literals of the attribute's type. Inside `element` every
 * comparison is about one element of the same attribute; elsewhere a condition on a multi-valued
 * attribute holds when any value meets it.
 */
export type TypedFilter =
  | { kind: 'and' | 'or'; of: TypedFilter[] }
  | { kind: 'not'; of: TypedFilter }
  | { kind: 'present'; on: AttributeRef }
  | { kind: 'compare'; on: AttributeRef; op: CompareOp; value: string | number | boolean }
  | { kind: 'element'; on: AttributeRef; where: TypedFilter };

/**
 * Undefined when this resource type has no such attribute, and another type that is searched with
 * it has.
 */
type Resolve = (name: string) => AttributePath | undefined;

/** Filters that hold for every resource and for none. */
const always: TypedFilter = { kind: 'and', of: [] };
const never: TypedFilter = { kind: 'or', of: [] };

/**
 * Resolves names and converts literals. Unknown attributes and comparisons without meaning are
 * refused (RFC 7644 section 3.4.2.2). An attribute that only a type in `beside` has counts as
 * having no value (RFC 7644 section 3.4.2.1).
 */
export function checkFilter(
  filter: Filter,
  resourceType: ResourceType,
  options: ReadingOptions = {},
  beside: readonly ResourceType[] = [],
): TypedFilter {
  const resolve: Resolve = name => {
    const on = resourceType.attribute(name);
    return on ?? (beside.some(type => type.attribute(name)) ? undefined : unknown(name));
  };
  return checked(filter, resolve, options.tolerant ?? true);
}

/** The same for what stands in brackets after an attribute. */
export function checkElementFilter(
  filter: Filter,
  on: AttributePath,
  options: ReadingOptions = {},
): TypedFilter {
  return checked(filter, withinElement(on), options.tolerant ?? true);
}

function checked(filter: Filter, resolve: Resolve, tolerant: boolean): TypedFilter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, of: filter.of.map(each => checked(each, resolve, tolerant)) };
    case 'not':
      return { kind: 'not', of: checked(filter.of, resolve, tolerant) };
    case 'present': {
      const on = resolve(filter.name);
      return on ? { kind: 'present', on: refTo(on) } : never;
    }
    case 'compare':
      return compare(filter.name, filter.op, filter.value, resolve, tolerant);
    case 'element': {
      const on = resolve(filter.name);
      if (!on) return never;
      if (on.sub) throw invalidFilter(`${quoted(filter.name)} has no elements to filter.`);
      return {
        kind: 'element',
        on: refTo(on),
        where: checked(filter.where, withinElement(on), tolerant),
      };
    }
  }
}

function compare(
  name: string,
  op: CompareOp,
  literal: Literal,
  resolve: Resolve,
  tolerant: boolean,
): TypedFilter {
  const path = resolve(name);
  if (!path) return withoutValue(op, literal);
  const on = refTo(literal === null ? path : valueOf(path, name));
  if (literal === null) {
    // Null and absence are one state (RFC 7643 section 2.5).
    if (op === 'ne') return { kind: 'present', on };
    if (op === 'eq') return { kind: 'not', of: { kind: 'present', on } };
    throw invalidFilter(`'${op}' cannot compare with null.`);
  }
  if (!operators[on.type].includes(op))
    throw invalidFilter(`'${op}' cannot be used on ${quoted(name)}, which is of type ${on.type}.`);
  return { kind: 'compare', on, op, value: typed(literal, on, name, tolerant) };
}

/** No value is not equal to any, and equal to null. */
const withoutValue = (op: CompareOp, literal: Literal): TypedFilter =>
  (op === 'eq' && literal === null) || (op === 'ne' && literal !== null) ? always : never;

const order = ['gt', 'ge', 'lt', 'le'] as const;
const operators: Record<Attribute['type'], readonly CompareOp[]> = {
  string: ['eq', 'ne', 'co', 'sw', 'ew', ...order],
  reference: ['eq', 'ne', 'co', 'sw', 'ew', ...order],
  dateTime: ['eq', 'ne', ...order],
  integer: ['eq', 'ne', ...order],
  decimal: ['eq', 'ne', ...order],
  boolean: ['eq', 'ne'],
  binary: ['eq', 'ne', 'co', 'sw', 'ew'],
  complex: [],
};

function typed(
  literal: string | number | boolean,
  on: AttributeRef,
  name: string,
  tolerant: boolean,
): string | number | boolean {
  const mismatch = () =>
    invalidFilter(
      `${quoted(name)} is of type ${on.type} and cannot be compared with ${quoted(String(literal))}.`,
    );
  switch (on.type) {
    case 'boolean': {
      if (typeof literal === 'boolean') return literal;
      const text = String(literal).toLowerCase();
      if (tolerant && (text === 'true' || text === 'false')) return text === 'true';
      throw mismatch();
    }
    case 'integer':
    case 'decimal': {
      if (typeof literal === 'number') return literal;
      const number =
        typeof literal === 'string' && literal.trim() !== '' ? Number(literal) : Number.NaN;
      if (tolerant && Number.isFinite(number)) return number;
      throw mismatch();
    }
    case 'dateTime':
      if (typeof literal !== 'string' || Number.isNaN(Date.parse(literal))) throw mismatch();
      return literal;
    default:
      if (typeof literal === 'string') return literal;
      if (tolerant) return String(literal);
      throw mismatch();
  }
}

/** A complex attribute without a sub-attribute means its `value` (RFC 7643 section 2.4). */
function valueOf(on: AttributePath, name: string): AttributePath {
  if (on.sub || on.attribute.type !== 'complex') return on;
  const value = subAttribute(on.attribute, 'value');
  if (!value) throw invalidFilter(`${quoted(name)} is complex: name one of its sub-attributes.`);
  return { ...on, sub: value };
}

function withinElement(on: AttributePath): Resolve {
  return name => {
    if (on.attribute.type !== 'complex') return name.toLowerCase() === 'value' ? on : unknown(name);
    const sub = subAttribute(on.attribute, name);
    return sub ? { ...on, sub } : unknown(`${on.attribute.name}.${name}`);
  };
}

function unknown(name: string): never {
  throw invalidFilter(`There is no attribute ${quoted(name)} to filter on.`);
}
