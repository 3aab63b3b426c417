import { type RawBuilder, sql } from 'kysely';
import { anyOf } from '../conditions/columns.ts';
import { type Page, pageOf, type PageRequest, type SortKey } from '../paging/page.ts';
import type { Session } from '../session.ts';
import { columnList, columnsOf, type RowOf } from '../tables/rows.ts';
import { IdentityProviderSchema } from './identity-provider.ts';

export const providerColumns = columnsOf(IdentityProviderSchema);
export type ProviderRow = RowOf<'identity_providers', typeof providerColumns>;

/** Written out once: the query builder would take each column apart in every statement. */
export const providerRow = columnList(providerColumns);

/** Every caller may read the list of providers: each member and team names its own. */
export function pageOfProviders(
  session: Session,
  request: PageRequest = {},
): Promise<Page<ProviderRow>> {
  return pageOf(request, [byId], ({ where, order, limitOffset }) =>
    selectProviders(session, sql`${live} and ${where}`, sql`order by ${order} ${limitOffset}`),
  );
}

export async function countProviders({ db, tenantId }: Session): Promise<number> {
  const {
    rows: [counted],
  } = await sql<{
    count: number;
  }>`
    select count(*) from identity_providers
    where tenant_id = ${tenantId}::uuid and deleted_at is null`.execute(db);
  return counted?.count ?? 0;
}

export async function allProviders(session: Session): Promise<ProviderRow[]> {
  return selectProviders(session, live, sql`order by id`);
}

/**
 * Deleted ones too: what they did is still told. Whoever means to use one asks
 * `identityProviders.get`.
 */
export async function providersByIds(
  session: Session,
  ids: readonly string[],
): Promise<ProviderRow[]> {
  return ids.length === 0 ? [] : selectProviders(session, anyOf(sql`identity_providers.id`, ids));
}

const live = sql<boolean>`identity_providers.deleted_at is null`;

async function selectProviders(
  { db, tenantId }: Session,
  which: RawBuilder<unknown>,
  end: RawBuilder<unknown> = sql``,
): Promise<ProviderRow[]> {
  const { rows } = await sql<ProviderRow>`
      select ${providerRow} from identity_providers where identity_providers.tenant_id =
      ${tenantId}::uuid and ${which} ${end}`.execute(db);
  return rows;
}

const byId: SortKey<ProviderRow> = {
  name: 'provider',
  type: 'uuid',
  expression: sql`identity_providers.id`,
  direction: 'asc',
  read: provider => provider.id,
};
