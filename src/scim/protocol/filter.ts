import { isAttributeName, isReserved } from './schema.ts';

export const compareOps = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;
export type CompareOp = (typeof compareOps)[number];
export type Literal = string | number | boolean | null;

/** A filter as written (RFC 7644 section 3.4.2.2), before its names are looked up. */
export type Filter =
  | { kind: 'and' | 'or'; of: Filter[] }
  | { kind: 'not'; of: Filter }
  | { kind: 'present'; name: string }
  | { kind: 'compare'; name: string; op: CompareOp; value: Literal }
  | { kind: 'element'; name: string; where: Filter };

/**
 * A name, `name.sub`, or either after a URN. The characters are checked here, the meaning of a URN
 * later.
 */
export function isName(text: string): boolean {
  if (/^urn:/i.test(text))
    return /^[\w:.\-/%+~$]+$/.test(text) && !text.split(/[.:]/).some(isReserved);
  const parts = text.split('.');
  return parts.length <= 2 && parts.every(isAttributeName);
}

/** The filter as text again; parsing that gives the same filter. */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
      return filter.of
        .map(each =>
          each.kind === 'and' || each.kind === 'or' ? `(${printFilter(each)})` : printFilter(each),
        )
        .join(' and ');
    case 'or':
      return filter.of
        .map(each => (each.kind === 'or' ? `(${printFilter(each)})` : printFilter(each)))
        .join(' or ');
    case 'not':
      return `not (${printFilter(filter.of)})`;
    case 'present':
      return `${filter.name} pr`;
    case 'compare':
      return `${filter.name} ${filter.op} ${JSON.stringify(filter.value)}`;
    case 'element':
      return `${filter.name}[${printFilter(filter.where)}]`;
  }
}
