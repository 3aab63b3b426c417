import { invalidSyntax, invalidValue, quoted } from './error.ts';
import { printFilter } from './filter.ts';
import { parseFilter } from './filter-parser.ts';
import { checkFilter, type TypedFilter } from './filter-check.ts';
import type { ReadingOptions } from './habits.ts';
import { isObject, isUnassigned, ownAnyCase, type Json } from './json.ts';
import { assertMessage } from './named-schemas.ts';
import { type Page, type PageLimits, readPage } from './page.ts';
import { readProjection, type Projection } from './projection.ts';
import { refTo, subAttribute, type AttributeRef, type ResourceType } from './resource-type.ts';

/** Options for reading a query, and the resource types that are searched with this one. */
export interface QueryOptions extends ReadingOptions {
  readonly beside?: readonly ResourceType[];
}

export interface Sort {
  readonly by: AttributeRef;
  readonly descending: boolean;
}

/** A list request, from a query string or from the body of a POST search. */
export interface Query {
  readonly filter: TypedFilter | undefined;
  readonly sort: Sort | undefined;
  readonly page: Page;
  readonly projection: Projection;
  /** The filter and order in one canonical spelling: a cursor is good for these only. */
  readonly fingerprint: string;
}

const SEARCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

const parameters = [
  'filter',
  'sortBy',
  'sortOrder',
  'startIndex',
  'count',
  'cursor',
  'attributes',
  'excludedAttributes',
] as const;
type QueryParameters = { [Name in (typeof parameters)[number]]?: string | undefined };

/**
 * Reads RFC 7644 section 3.4.2 and RFC 9865 parameters, decoded as form data ('+' is a blank);
 * others are ignored.
 */
export function readQuery(
  search: URLSearchParams,
  resourceType: ResourceType,
  limits: PageLimits,
  options: QueryOptions = {},
): Query {
  const values: QueryParameters = {};
  for (const [key, value] of search) {
    const name = parameters.find(each => each.toLowerCase() === key.toLowerCase());
    if (name) values[name] ??= value;
  }
  return toQuery(values, resourceType, limits, options);
}

/** Reads the body of `POST /.search` (RFC 7644 section 3.4.3). */
export function readSearchRequest(
  body: unknown,
  resourceType: ResourceType,
  limits: PageLimits,
  options: QueryOptions = {},
): Query {
  if (!isObject(body)) throw invalidSyntax('A search needs a JSON object.');
  assertMessage(body, SEARCH_SCHEMA, options.tolerant ?? true);
  const values: QueryParameters = {};
  for (const name of parameters) values[name] = asText(ownAnyCase(body, name), name);
  return toQuery(values, resourceType, limits, options);
}

function asText(value: Json | undefined, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value) && value.every(each => typeof each === 'string')) return value.join(',');
  throw invalidValue(`${quoted(name)} has the wrong type.`);
}

function toQuery(
  values: QueryParameters,
  resourceType: ResourceType,
  limits: PageLimits,
  options: QueryOptions,
): Query {
  const parsed = isUnassigned(values.filter?.trim()) ? undefined : parseFilter(values.filter ?? '');
  const sort = readSort(values, resourceType, options.beside ?? []);
  return {
    filter: parsed && checkFilter(parsed, resourceType, options, options.beside),
    sort,
    page: readPage(values, limits),
    projection: readProjection(values, resourceType),
    fingerprint: [
      resourceType.name,
      parsed ? printFilter(parsed) : '',
      sort?.by.path ?? '',
      sort?.descending ?? false,
    ].join('\n'),
  };
}

function readSort(
  { sortBy, sortOrder }: QueryParameters,
  resourceType: ResourceType,
  beside: readonly ResourceType[],
): Sort | undefined {
  const order = sortOrder?.trim().toLowerCase() || 'ascending';
  if (order !== 'ascending' && order !== 'descending')
    throw invalidValue("'sortOrder' is ascending or descending.");
  const name = sortBy?.trim();
  if (!name) return undefined;
  const on = resourceType.attribute(name);
  if (!on && beside.some(type => type.attribute(name))) return undefined;
  if (!on) throw invalidValue(`There is no attribute ${quoted(name)} to sort by.`);
  const sub = on.sub ?? subAttribute(on.attribute, 'value');
  if (!sub && on.attribute.type === 'complex')
    throw invalidValue(`${quoted(name)} is complex: sort by one of its sub-attributes.`);
  return { by: refTo({ ...on, ...(sub && { sub }) }), descending: order === 'descending' };
}
