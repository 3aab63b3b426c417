import type { Config } from './config.ts';
import type { Database } from './database.ts';
import {
  ExchangeRecorder,
  keepHouse,
  Outbox,
  systemDirectory,
  UseNotes,
} from './directory/index.ts';
import { graphqlDoor } from './graphql/index.ts';
import { startOutbound } from './outbound/index.ts';
import { FairShare, type InTurn } from './platform/http/index.ts';
import {
  isFull,
  isOutage,
  isRetryable,
  type Log,
  type Mailer,
  type Metrics,
  TokenBuckets,
} from './platform/index.ts';
import { restDoor } from './rest/index.ts';
import { scimDoor } from './scim/index.ts';
import { metricsServer } from './operator.ts';
import { createServer, type Server } from './server.ts';

export interface ServiceParts {
  config: Config;
  database: Database;
  log: Log;
  metrics: Metrics;
  mailer: Mailer;
}

export interface Service {
  http: Server['http'];
  /** The metrics on a port of their own, when the configuration says one. Listens where it is told to, too. */
  metricsHttp: Server['http'] | undefined;
  stop(): Promise<void>;
}

const TIDY_EVERY_MS = 15_000;

/** The whole house over one database: its doors, what is written down beside them, and what goes out. Listens where it is told to. */
export async function startService({
  config,
  database,
  log,
  metrics,
  mailer,
}: ServiceParts): Promise<Service> {
  const { ground } = database;
  const onFault = (fault: unknown): void =>
    log.warn({ err: fault }, 'What is written beside the requests could not be written.');
  const uses = new UseNotes(ground, { onFault });
  const recorder = new ExchangeRecorder(ground, { onFault });
  ground.catchUp = () => Promise.all([uses.flush(), recorder.flush()]);
  const outbox = new Outbox(ground);
  const buckets = new TokenBuckets(config.rateLimit);
  const draw = (credentialId: string) => buckets.draw(credentialId);
  /** Away, or so busy at one place that asking again is the answer. */
  const isUnavailable = (fault: unknown): boolean =>
    isOutage(fault) || isRetryable(fault) || isFull(fault);
  const shares = new FairShare({
    atOnce: config.poolMax,
    waiting: Math.ceil(config.maxWaitingRequests / 4),
  });
  const inTurn: InTurn = (tenantId, work) => shares.run(tenantId, work);
  const shared = { inTurn, ground, publicUrl: config.publicUrl, log, isOutage: isUnavailable };

  const graphql = await graphqlDoor({
    ...shared,
    production: config.production,
    sandbox: config.sandbox,
    corsOrigins: config.corsOrigins,
    oidc: config.oidc,
    noteUse: use => uses.note(use),
    measure: (operation, codes) => metrics.operation(operation, codes),
    draw,
  });
  const scim = scimDoor({
    ...shared,
    cursorKeys: { key: config.tokenKey, previousKey: config.previousTokenKey },
    recorder,
    measure: (providerId, status) => metrics.provider(providerId, status),
    uses,
    draw,
  });
  const rest = restDoor({ ...shared, notes: uses, draw });
  const outbound = startOutbound({
    outbox,
    directoryOf: tenantId => systemDirectory(ground, tenantId),
    mailer,
    publicUrl: config.publicUrl,
    log,
  });
  const tidying = setInterval(() => {
    keepHouse(ground, { exchangeDays: config.exchangeKeepDays }).catch(onFault);
  }, TIDY_EVERY_MS);

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
    /** In the order in which nothing is lost: callers first, then what they left to be written, then what goes out. */
    async stop() {
      await server.stop();
      metricsHttp?.close();
      metricsHttp?.closeAllConnections();
      clearInterval(tidying);
      await graphql.stop();
      await Promise.all([uses.close(), recorder.close()]);
      await outbound.stop();
      mailer.close();
    },
  };
}
