import { Refusal } from '../refusal.ts';

/** A version as text, `v6`: what GraphQL says, and what the SCIM ETag `W/"v6"` holds. */
export const versionOf = (row: { version: number }): string => `v${row.version}`;

/**
 * The number in a version, however it was written: `v6`, `W/"v6"`, and `W/"6"` or `6`, which were
 * said before.
 */
const SPELLED = /^(?:W\/)?(?:"v?(\d+)"|v?(\d+))$/i;
/** The number in a version, in any of its spellings; null for any other text. */
export function versionNumberIn(text: string): string | null {
  const [, quoted, bare] = SPELLED.exec(text.trim()) ?? [];
  return quoted ?? bare ?? null;
}

/** Refuses when somebody changed the thing since it was read. */
export function assertVersion(
  row: { version: number },
  expected: string | null | undefined,
  field = 'expectedVersion',
): void {
  if (expected === null || expected === undefined) return;
  if (versionNumberIn(expected) === String(row.version)) return;
  throw new Refusal(
    'stale-version',
    `This was changed since it was read: it is now at version ${versionOf(row)}.`,
    { field: [field] },
  );
}
