import { invalidValue, quoted, ScimError } from './error.ts';

export interface PageLimits {
  readonly defaultPageSize: number;
  readonly maxPageSize: number;
}

export type Page =
  | { readonly kind: 'index'; readonly startIndex: number; readonly count: number }
  /**
   * An empty cursor asks for the first page; a missing count means the default, or what the cursor
   * began with.
   */
  | { readonly kind: 'cursor'; readonly cursor: string; readonly count: number | undefined };

interface PageParameters {
  startIndex?: string | undefined;
  count?: string | undefined;
  cursor?: string | undefined;
}

export function readPage({ startIndex, count, cursor }: PageParameters, limits: PageLimits): Page {
  const wanted = wholeNumber(count, 'count');
  if (cursor === undefined) {
    return {
      kind: 'index',
      startIndex: Math.max(1, wholeNumber(startIndex, 'startIndex') ?? 1),
      count: Math.min(Math.max(0, wanted ?? limits.defaultPageSize), limits.maxPageSize),
    };
  }
  if (wanted !== undefined && (wanted < 0 || wanted > limits.maxPageSize)) {
    throw new ScimError(400, `'count' is between 0 and ${limits.maxPageSize}.`, 'invalidCount');
  }
  return { kind: 'cursor', cursor: cursor.trim(), count: wanted };
}

function wholeNumber(text: string | undefined, name: string): number | undefined {
  const digits = text?.trim();
  if (!digits) return undefined;
  if (!/^[+-]?\d{1,15}$/.test(digits)) throw invalidValue(`${quoted(name)} is a whole number.`);
  return Number(digits);
}
