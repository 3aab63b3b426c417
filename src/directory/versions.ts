import { Refusal } from './refusal.ts';

/** How a version is said everywhere: in GraphQL and as the SCIM ETag. */
export const versionOf = (row: { version: number }): string => `W/"${row.version}"`;

/** Refuses when somebody changed the thing since it was read. */
export function assertVersion(
  row: { version: number },
  expected: string | null | undefined,
  field = 'expectedVersion',
): void {
  if (
    expected === null ||
    expected === undefined ||
    expected === versionOf(row) ||
    expected === String(row.version)
  )
    return;
  throw new Refusal(
    'stale-version',
    `This was changed since it was read: it is now at version ${versionOf(row)}.`,
    { field: [field] },
  );
}
