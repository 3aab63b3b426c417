import { Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';
import type { TenantTable } from '../tables/entities.ts';

/** Things that are listed without pages are few: so many of each a tenant may have. */
const MOST = { roles: 250, identity_providers: 250 } as const satisfies Partial<
  Record<TenantTable, number>
>;
const CALLED = { roles: 'roles', identity_providers: 'identity providers' } as const;

/** Is there room for one more? Deleted providers count: their rows stay. Refuses: too-many. */
export async function assertRoom(session: Session, table: keyof typeof MOST): Promise<void> {
  const { count } = await session
    .rows<keyof typeof MOST>(table)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  if (count >= MOST[table])
    throw new Refusal('too-many', `A tenant has at most ${MOST[table]} ${CALLED[table]}.`, {
      field: ['name'],
    });
}
