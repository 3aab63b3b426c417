import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type Database, openDatabase } from '../../src/database.ts';
import {
  Actor,
  Directory,
  createDemoCompany,
  createFirstTenant,
  type Permission,
  type ProviderRow,
  UseNotes,
} from '../../src/directory/index.ts';
import { connectionOf, createLog, Metrics, TokenBuckets } from '../../src/platform/index.ts';
import { restDoor } from '../../src/rest/index.ts';
import { createServer, type Server } from '../../src/server.ts';
import { createTestDatabase } from '../support/cluster.ts';

export const PUBLIC_URL = 'https://directory.example.com';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: Record<string, unknown>;
}

/**
 * A company whose records are reached over real HTTP, and a stranger's company in the same
 * database.
 */
export interface Company {
  database: Database;
  system: Directory;
  stranger: Directory;
  uses: UseNotes;
  lines: string[];
  send(path: string, request?: RequestInit): Promise<Answer>;
  /** A token with these permissions, of nobody in particular. */
  token(permissions: readonly Permission[], directory?: Directory): Promise<string>;
  entra(provider: ProviderRow): Directory;
  stop(): Promise<void>;
}

export async function startCompany({
  perCredential = { perSecond: 1_000, burst: 100_000 },
} = {}): Promise<Company> {
  const database = openDatabase({
    connection: connectionOf(await createTestDatabase()),
    tokenKey: 'k'.repeat(40),
  });
  const { store } = database;
  const system = await createDemoCompany(store);
  const stranger = await createFirstTenant(store, {
    tenant: 'Elsewhere',
    userName: 'eve@elsewhere.example',
    givenName: 'Eve',
    familyName: 'Else',
  });
  const uses = new UseNotes(store, { everyMs: 3_600_000 });
  const lines: string[] = [];
  const buckets = new TokenBuckets(perCredential);
  const server: Server = createServer({
    config: {
      publicUrl: PUBLIC_URL,
      metrics: { port: undefined, token: undefined },
      maxWaitingRequests: 100,
      rateLimit: { perSecond: 10_000, burst: 100_000 },
      trustProxy: 0,
      drainDelayMs: 0,
      shutdownDeadlineMs: 5_000,
    },
    log: createLog('debug', {
      write: line => {
        lines.push(line);
      },
    }),
    metrics: new Metrics(),
    ready: async () => true,
    doors: [
      restDoor({
        store,
        publicUrl: PUBLIC_URL,
        notes: uses,
        draw: key => buckets.draw(key),
      }),
    ],
  });
  server.http.listen(0, '127.0.0.1');
  await once(server.http, 'listening');
  const { port } = server.http.address() as AddressInfo;
  return {
    database,
    system,
    stranger,
    uses,
    lines,
    async send(path, request) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, request);
      const text = await answer.text();
      return {
        status: answer.status,
        headers: answer.headers,
        text,
        json: (text ? JSON.parse(text) : {}) as Record<string, unknown>,
      };
    },
    async token(permissions, directory = system) {
      return (
        await directory.credentials.createToken({
          name: `with ${permissions.join(' ')}`,
          kind: 'SERVICE',
          permissions,
        })
      ).secret;
    },
    entra: provider =>
      new Directory(
        store,
        new Actor({
          tenantId: system.tenantId,
          record: { kind: 'provider', name: provider.name, providerId: provider.id },
          permissions: ['SCIM_INTEGRATE'],
        }),
        { correlationId: 'entra' },
      ),
    async stop() {
      await server.stop();
      await uses.close();
      await database.close();
    },
  };
}

export const person = (userName: string) => ({
  userName,
  email: userName,
  givenName: 'Ann',
  familyName: 'Example',
  displayName: 'Ann Example',
  active: true,
  externalId: userName,
  profile: {},
  pushedRoles: [],
});
