import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type Dialect,
} from 'kysely';
import type { Snapshot } from './snapshot.ts';
import type { StatementGuard } from './statement-guard.ts';

/** The tables as one tenant sees them in a snapshot. */
export function snapshotDialect(
  snapshot: Snapshot,
  session: Readonly<Record<string, string>>,
  guard?: StatementGuard,
): Dialect {
  const connection: DatabaseConnection = {
    executeQuery: <R>(query: CompiledQuery) => snapshot.run<R>(session, query, guard),
    streamQuery: () => onlyStatements(),
  };
  const driver: Driver = {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(connection),
    beginTransaction: () => Promise.resolve(onlyStatements()),
    commitTransaction: () => Promise.resolve(onlyStatements()),
    rollbackTransaction: () => Promise.resolve(onlyStatements()),
    releaseConnection: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
  };
  return {
    createDriver: () => driver,
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: db => new PostgresIntrospector(db),
  };
}

function onlyStatements(): never {
  throw new Error(
    'A snapshot answers statements; changes and streams have a connection of their own.',
  );
}
