import { invalidPath, quoted } from './error.ts';
import { isName, type Filter } from './filter.ts';
import { parseFilter } from './filter-parser.ts';
import { checkElementFilter, type TypedFilter } from './filter-check.ts';
import type { ReadingOptions } from './habits.ts';
import { subAttribute, type AttributePath, type ResourceType } from './resource-type.ts';
import { isAttributeName, type Schema } from './schema.ts';

/**
 * A PATCH path as written (RFC 7644 figure 7): `attr`, `attr.sub`, `attr[filter]`,
 * `attr[filter].sub`, each perhaps after a URN.
 */
export interface PatchPath {
  readonly name: string;
  readonly where?: Filter;
  readonly sub?: string;
}

export type Target =
  | { readonly kind: 'schema'; readonly schema: Schema; readonly extension: boolean }
  | { readonly kind: 'attribute'; readonly on: AttributePath; readonly where?: TypedFilter };

const MOST_CHARACTERS = 10_000;

export function parsePath(text: string): PatchPath {
  if (text.length > MOST_CHARACTERS)
    throw invalidPath(`A path may have ${MOST_CHARACTERS} characters.`);
  const path = text.trim();
  const opens = path.indexOf('[');
  if (opens < 0) return { name: checkedName(path, text) };
  // A literal may contain a bracket; none can follow the filter, so the last one closes it.
  const closes = path.lastIndexOf(']');
  const tail = path.slice(closes + 1);
  if (closes < opens || (tail !== '' && !(tail.startsWith('.') && isAttributeName(tail.slice(1)))))
    throw malformed(text);
  return {
    name: checkedName(path.slice(0, opens).trimEnd(), text),
    where: parseFilter(path.slice(opens + 1, closes)),
    ...(tail && { sub: tail.slice(1) }),
  };
}

/** The attribute that the path names; undefined when no schema declares it. */
export function resolvePath(
  path: PatchPath,
  resourceType: ResourceType,
  options: ReadingOptions = {},
): Target | undefined {
  const named = resourceType.find(path.name);
  if (!path.where || !named) return named;
  if (named.kind === 'schema' || named.on.sub || !named.on.attribute.multiValued) {
    throw invalidPath(`${quoted(path.name)} has no elements to filter.`);
  }
  const where = checkElementFilter(path.where, named.on, options);
  if (path.sub === undefined) return { kind: 'attribute', on: named.on, where };
  const sub = subAttribute(named.on.attribute, path.sub);
  return sub && { kind: 'attribute', on: { ...named.on, sub }, where };
}

function checkedName(name: string, text: string): string {
  if (!isName(name)) throw malformed(text);
  return name;
}

const malformed = (text: string) => invalidPath(`${quoted(text)} is not a path.`);
