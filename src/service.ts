import type { Config } from './config.ts';
import type { Database } from './database.ts';
import {
  ExchangeRecorder,
  runMaintenance,
  Outbox,
  systemDirectory,
  UseNotes,
} from './directory/index.ts';
import type { PlanMode } from './graphql/index.ts';
import { startOutbound } from './outbound/index.ts';
import type { Log, Mailer, Metrics } from './platform/index.ts';
import { metricsServer } from './operator.ts';
import { createServer, type Server } from './server.ts';
import { openDoors } from './doors.ts';

export interface ServiceParts {
  config: Config;
  database: Database;
  log: Log;
  metrics: Metrics;
  mailer: Mailer;
  /** How GraphQL answers queries that one statement can answer; tests compare both ways. */
  plans?: PlanMode | undefined;
}

export interface Service {
  http: Server['http'];
  /** A server for the metrics alone, when METRICS_PORT is set. */
  metricsHttp: Server['http'] | undefined;
  stop(): Promise<void>;
}

const MAINTENANCE_EVERY_MS = 15_000;

/**
 * The doors, the recorders beside them and the outbound relay over one database. The caller
 * listens.
 */
export async function startService(parts: ServiceParts): Promise<Service> {
  const { config, database, log, metrics, mailer } = parts;
  const background = startBackground(parts);
  const { graphql, scim, rest } = await openDoors(parts, background);
  const outbound = startOutbound({
    outbox: background.outbox,
    directoryOf: tenantId => systemDirectory(database.store, tenantId),
    mailer,
    publicUrl: config.publicUrl,
    log,
  });
  measure(parts, background);
  const server = createServer({
    config,
    log,
    metrics,
    doors: [scim, rest, graphql],
    ready: () => database.pool.query('select 1').then(() => true),
    upgrade: graphql.upgrade,
    closeStreams: graphql.closeStreams,
  });
  const metricsHttp =
    config.metrics.port === undefined ? undefined : metricsServer(metrics, config.metrics);
  return {
    http: server.http,
    metricsHttp,
    /**
     * Stops the callers first, then writes what they queued, then stops what goes out: nothing is
     * lost.
     */
    async stop() {
      await server.stop();
      metricsHttp?.close();
      metricsHttp?.closeAllConnections();
      background.stopMaintenance();
      await graphql.stop();
      await Promise.all([background.uses.close(), background.recorder.close()]);
      await outbound.stop();
      mailer.close();
    },
  };
}

/** Work beside the requests: last uses, SCIM exchanges, and the periodic maintenance. */
interface Background {
  uses: UseNotes;
  recorder: ExchangeRecorder;
  outbox: Outbox;
  stopMaintenance(): void;
}

function startBackground({ database: { store }, log }: ServiceParts): Background {
  const onFault = (fault: unknown): void =>
    log.warn({ err: fault }, 'What is written beside the requests could not be written.');
  const uses = new UseNotes(store, { onFault });
  const recorder = new ExchangeRecorder(store, { onFault });
  store.catchUp = () => Promise.all([uses.flush(), recorder.flush()]);
  const timer = setInterval(() => {
    runMaintenance(store).catch(onFault);
  }, MAINTENANCE_EVERY_MS);
  return {
    uses,
    recorder,
    outbox: new Outbox(store),
    stopMaintenance: () => clearInterval(timer),
  };
}

function measure({ database, metrics }: ServiceParts, { outbox, recorder }: Background): void {
  metrics.pool(database.pool);
  metrics.gauge(
    'muster_outbox_pending',
    'Messages that are owed.',
    async () => (await outbox.backlog()).pending,
  );
  metrics.gauge(
    'muster_outbox_lag_seconds',
    'How long the oldest owed message has waited.',
    async () => (await outbox.backlog()).lagSeconds,
  );
  metrics.gauge(
    'muster_exchanges_dropped',
    'SCIM exchanges that came faster than they could be kept.',
    () => recorder.dropped,
  );
}
