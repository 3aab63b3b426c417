import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { readConfig } from '../../src/config.ts';
import { type Database, openDatabase } from '../../src/database.ts';
import type { PlanMode } from '../../src/graphql/index.ts';
import { createLog, createMailer, Metrics } from '../../src/platform/index.ts';
import { type Service, startService } from '../../src/service.ts';
import { TEST_KEYS } from './cluster.ts';

export interface TestService {
  origin: string;
  database: Database;
  service: Service;
  /** Each statement that was sent, the service's own ones included. */
  statements: string[];
  /** The lines of the log, when LOG_LEVEL is not silent. */
  lines: Record<string, unknown>[];
  stop(): Promise<void>;
}

/** The whole service on a free port over a migrated database, as `npm start` runs it. */
export async function startTestService(
  url: string,
  environment: Record<string, string> = {},
  /**
   * Queries that one statement can answer are answered in both ways, unless a test says otherwise.
   */
  plans: PlanMode = 'compared',
): Promise<TestService> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const config = readConfig({
    NODE_ENV: 'test',
    PORT: String(port),
    PUBLIC_URL: origin,
    DATABASE_URL: url,
    TOKEN_KEY: TEST_KEYS[1],
    LOG_LEVEL: 'silent',
    DRAIN_DELAY_MS: '0',
    DATABASE_POOL_MAX: '4',
    ...environment,
  });
  const statements: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const log = createLog(config.logLevel, {
    write: line => {
      lines.push(JSON.parse(line) as Record<string, unknown>);
    },
  });
  const database = openDatabase({
    connection: config.database!,
    tokenKey: config.tokenKey,
    previousTokenKey: config.previousTokenKey,
    poolMax: config.poolMax,
    onStatement: text => statements.push(text),
  });
  const mailer = createMailer({ smtpUrl: config.smtpUrl, from: config.mailFrom, log });
  const service = await startService({
    config,
    database,
    log,
    metrics: new Metrics(),
    mailer,
    plans,
  });
  service.http.listen(port, '127.0.0.1');
  await once(service.http, 'listening');
  return {
    origin,
    database,
    service,
    statements,
    lines,
    async stop() {
      await service.stop();
      await database.close();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
