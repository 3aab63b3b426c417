import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { steps } from '../migrations/index.ts';
import { entities } from './directory/index.ts';
import type { Connection } from './platform/index.ts';

/**
 * MikroORM over the directory's entities, as the owner of the tables, for migrations and the drift
 * test.
 */
export async function ormOver({
  host,
  port,
  user,
  password,
  database,
  ...rest
}: Connection): Promise<MikroORM> {
  const migrationsList = await Promise.all(
    Object.entries(steps).map(async ([name, load]) => ({ name, class: await load() })),
  );
  return new MikroORM({
    entities,
    extensions: [Migrator],
    host: host as string,
    port: port as number,
    user: user as string,
    password: password as string,
    dbName: database as string,
    driverOptions: rest,
    migrations: { migrationsList, snapshot: false, tableName: 'mikro_orm_migrations' },
    schemaGenerator: {
      createForeignKeyConstraints: false,
      ignorePolicies: true,
      ignoreRoutines: true,
      // the owner's tables, no entities: the application cannot read them
      skipTables: ['service_keys', 'tenant_proofs'],
    },
    logger: () => {}, // who runs the steps says which they were
    pool: { min: 0, max: 2 },
  });
}
