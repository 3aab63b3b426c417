import { MikroORM } from '@mikro-orm/core';
import {
  type EntityName,
  type FilterQuery,
  LockMode,
  type SqlEntityManager,
} from '@mikro-orm/postgresql';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import { entities, type Tables } from './entities.ts';
import { ChangeContext, EntityDriver } from './entity-driver.ts';
import { isId } from './ids.ts';
import type { RowWrites } from './row-writes.ts';

export type EntityManager = SqlEntityManager;

/**
 * MikroORM's entity manager inside a running change. It reads and writes in the change's
 * transaction, finds entities of the session's tenant and of no other, and is flushed before the
 * change writes its entries.
 */
export function entityManagerOf(session: RowWrites, transaction: Kysely<Tables>): EntityManager {
  const em = shared().em.fork() as unknown as EntityManager;
  em.setTransactionContext(new ChangeContext(session, transaction));
  em.setFilterParams('tenant', { tenantId: session.tenantId });
  em.setFilterParams('ownTenant', { tenantId: session.tenantId });
  return em;
}

/**
 * The object of this id as an entity, its row locked against its writers; null where the tenant has
 * none. A loaded entity has the properties of a row, and what is set on it is written by the flush.
 */
export async function lockEntity<Row extends object>(
  { em }: { em: EntityManager },
  schema: (typeof entities)[number],
  id: string,
): Promise<Row | null> {
  if (!isId(id)) return null;
  const options = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;
  return em.findOne(schema as EntityName<Row>, { id } as FilterQuery<NoInfer<Row>>, options);
}

let orm: MikroORM<EntityDriver> | undefined;

/**
 * One for the process, whichever databases are open: it keeps metadata and compiled hydrators, and
 * has no connection of its own.
 */
const shared = (): MikroORM<EntityDriver> =>
  (orm ??= new MikroORM<EntityDriver>({
    driver: EntityDriver,
    entities,
    dbName: 'muster',
    ensureDatabase: false,
    driverOptions: new Kysely({
      dialect: {
        createDriver: () => new NoConnection(),
        createAdapter: () => new PostgresAdapter(),
        createIntrospector: db => new PostgresIntrospector(db),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
    }),
    filters: {
      // Without a tenant these throw, so an entity manager made elsewhere finds nothing.
      tenant: {
        cond: ({ tenantId }: { tenantId: string }) => ({ tenantId }),
        entity: entities.filter(entity => 'tenantId' in entity.meta.properties).map(nameOf),
      },
      ownTenant: {
        cond: ({ tenantId }: { tenantId: string }) => ({ id: tenantId }),
        entity: entities.filter(entity => !('tenantId' in entity.meta.properties)).map(nameOf),
      },
    },
    logger: () => {},
  }));

const nameOf = ({ meta }: (typeof entities)[number]): string => meta.className;

class NoConnection extends DummyDriver {
  override acquireConnection(): never {
    throw new Error('Entities are read and written inside a change only.');
  }
}
