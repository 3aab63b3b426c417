import { noTarget, quoted } from './error.ts';
import type { TypedFilter } from './filter-check.ts';
import { isObject, type JsonObject } from './json.ts';
import type { Change } from './change-reader.ts';
import { nameOf, subAttribute } from './resource-type.ts';

/**
 * The element that a filtered path creates when none matches. The RFC answers a replace with
 * noTarget; Entra ID expects `addresses[type eq "work"].country` to work, so the conditions with eq
 * and `and` become the element.
 */
export function elementFor(
  change: Change & { op: 'add' | 'replace' },
  tolerant: boolean,
): JsonObject {
  const { op, on, where, value } = change;
  const given = on.sub ? { [on.sub.name]: value } : isObject(value) ? value : {};
  if (!where) return given;
  const none = () =>
    noTarget(
      `No value of ${quoted(on.attribute.name)} matches the filter in ${quoted(nameOf(on))}.`,
    );
  const terms = termsOf(where);
  if (!terms) throw none();
  if (op === 'replace' && (!on.sub || !tolerant || !declares(change, terms.type))) throw none();
  return { ...terms, ...given };
}

/**
 * The attributes that an element must have to match; undefined when the filter is more than that.
 */
function termsOf(filter: TypedFilter): JsonObject | undefined {
  if (filter.kind === 'compare' && filter.op === 'eq' && filter.on.sub)
    return { [filter.on.sub]: filter.value };
  if (filter.kind !== 'and') return undefined;
  const terms: JsonObject = {};
  for (const each of filter.of) {
    const more = termsOf(each);
    if (!more) return undefined;
    Object.assign(terms, more);
  }
  return terms;
}

/** Is this one of the types the schema names, or are its types free? */
function declares({ on }: Change, type: unknown): boolean {
  const canonical = subAttribute(on.attribute, 'type')?.canonicalValues;
  return (
    !canonical ||
    typeof type !== 'string' ||
    canonical.some(each => each.toLowerCase() === type.toLowerCase())
  );
}
