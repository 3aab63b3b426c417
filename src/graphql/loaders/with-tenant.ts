import type { AuditEntryRow, Directory, ExchangeRow, Page } from '../../directory/index.ts';

/**
 * A row of a log with its tenant, which the row itself lacks: fields of the row are read in that
 * tenant.
 */
export type WithTenant<Row> = Row & { tenantId: string };
export type Entry = WithTenant<AuditEntryRow>;
export type Exchange = WithTenant<ExchangeRow>;

type InTenant = Pick<Directory, 'tenantId'>;

export const withTenant = <Row extends object>(
  { tenantId }: InTenant,
  rows: readonly Row[],
): WithTenant<Row>[] => rows.map(row => Object.assign(row, { tenantId }));

export function pageWithTenant<Row extends object>(
  directory: InTenant,
  page: Page<Row>,
): Page<Row> {
  withTenant(
    directory,
    page.items.map(({ row }) => row),
  );
  return page;
}

export function pagesWithTenant<Row extends object>(
  directory: InTenant,
  pages: Map<string, Page<Row>>,
): Map<string, Page<Row>> {
  for (const page of pages.values()) pageWithTenant(directory, page);
  return pages;
}
