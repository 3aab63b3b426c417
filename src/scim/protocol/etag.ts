import { ScimError } from './error.ts';

/**
 * Weak tags count as equal: a SCIM version says "the same resource", not "the same bytes" (RFC 7644
 * section 3.14).
 */
export function assertIfMatch(header: string | undefined, version: string | undefined): void {
  if (header === undefined || header.trim() === '' || names(header, version)) return;
  throw new ScimError(412, 'The resource has changed since this version.');
}

/** For a GET: true means 304. */
export const isNotModified = (
  ifNoneMatch: string | undefined,
  version: string | undefined,
): boolean => ifNoneMatch !== undefined && ifNoneMatch.trim() !== '' && names(ifNoneMatch, version);

function names(header: string, version: string | undefined): boolean {
  if (version === undefined) return false;
  if (header.trim() === '*') return true;
  const tags = header.match(/(?:W\/)?"[^"]*"|[^\s,]+/g) ?? [];
  return tags.some(tag => opaque(tag) === opaque(version));
}

/** `W/"v6"` was said as `W/"6"` once: who still holds that holds the same version. */
const opaque = (tag: string) =>
  tag
    .replace(/^W\//i, '')
    .replace(/^"(.*)"$/, '$1')
    .replace(/^v(?=\d+$)/i, '');
