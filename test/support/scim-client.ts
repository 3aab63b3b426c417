import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { ExchangeRecorder, UseNotes } from '../../src/directory/index.ts';
import { connectionOf, createLog, isOutage, Metrics } from '../../src/platform/index.ts';
import { scimDoor } from '../../src/scim/index.ts';
import { createServer, type Server } from '../../src/server.ts';
import { type Company, type Stage, stage } from './company.ts';

export const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const GRP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const PUBLIC_URL = 'https://directory.example';

// oxlint-disable-next-line typescript/no-explicit-any -- answers are looked into freely
export type Body = any;
export interface ScimAnswer {
  status: number;
  headers: Headers;
  body: Body;
  text: string;
}

/** The SCIM door on a port of its own over the file's database. */
export interface ScimStage extends Stage {
  origin: string;
  lines: Record<string, unknown>[];
  recorder: ExchangeRecorder;
  /** Reads the tables as their owner, whoever's tenant it is: requests see one tenant only. */
  owner: pg.Pool;
  uses: UseNotes;
  /** A company and its provider's client. */
  scene(): Promise<Scene>;
}
export interface Scene {
  company: Company;
  entra: ScimClient;
  secret: string;
}

export function scimStage(): ScimStage {
  const here = stage() as ScimStage;
  let server: Server;
  beforeAll(async () => {
    here.owner = new pg.Pool({ ...(connectionOf(here.url) as pg.ClientConfig), max: 1 });
    here.lines = [];
    here.recorder = new ExchangeRecorder(here.store);
    here.uses = new UseNotes(here.store);
    const log = createLog('debug', {
      write: line => {
        here.lines.push(JSON.parse(line) as Record<string, unknown>);
      },
    });
    const door = scimDoor({
      store: here.store,
      publicUrl: PUBLIC_URL,
      cursorKeys: { key: 'k'.repeat(40) },
      recorder: here.recorder,
      uses: here.uses,
      isOutage,
    });
    server = createServer({
      log,
      metrics: new Metrics(),
      ready: async () => true,
      doors: [door],
      config: {
        publicUrl: PUBLIC_URL,
        metrics: { port: undefined, token: undefined },
        maxWaitingRequests: 100,
        rateLimit: { perSecond: 10_000, burst: 40_000 },
        trustProxy: 0,
        drainDelayMs: 0,
        shutdownDeadlineMs: 5_000,
      },
    });
    server.http.listen(0, '127.0.0.1');
    await once(server.http, 'listening');
    here.origin = `http://127.0.0.1:${(server.http.address() as AddressInfo).port}`;
    here.scene = async () => {
      const company = await here.company();
      const { secretToken } = await company.owner.identityProviders.rotate(company.providerId);
      const secret = secretToken as string;
      return { company, secret, entra: new ScimClient(here.origin, company.providerId, secret) };
    };
  });
  afterAll(async () => {
    await server.stop();
    await here.owner.end();
    await Promise.all([here.recorder.close(), here.uses.close()]);
  });
  return here;
}

/** Whoever holds a token, at one provider's URL. */
export class ScimClient {
  readonly base: string;
  readonly token: string;
  /** What the service calls the same place. */
  readonly publicBase: string;
  readonly #origin: string;

  constructor(origin: string, providerId: string, token: string) {
    this.#origin = origin;
    this.base = `${origin}/scim/v2/${providerId}`;
    this.publicBase = `${PUBLIC_URL}/scim/v2/${providerId}`;
    this.token = token;
  }

  as(token: string, providerId = this.base.split('/').at(-1) as string): ScimClient {
    return new ScimClient(this.#origin, providerId, token);
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ScimAnswer> {
    const answer = await fetch(this.base + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body !== undefined && { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const said = {
      status: answer.status,
      text,
      body: text === '' ? null : (JSON.parse(text) as Body),
    };
    // Not compared, and never printed when something else differs.
    return Object.defineProperty(said, 'headers', { value: answer.headers }) as ScimAnswer;
  }

  get(path: string, headers?: Record<string, string>) {
    return this.send('GET', path, undefined, headers);
  }
  post(path: string, body: unknown, headers?: Record<string, string>) {
    return this.send('POST', path, body, headers);
  }
  put(path: string, body: unknown, headers?: Record<string, string>) {
    return this.send('PUT', path, body, headers);
  }
  delete(path: string, headers?: Record<string, string>) {
    return this.send('DELETE', path, undefined, headers);
  }
  patch(path: string, operations: unknown, headers?: Record<string, string>) {
    return this.send('PATCH', path, { schemas: [PATCH_OP], Operations: operations }, headers);
  }
  find(resource: string, filter: string, more = '') {
    return this.get(`/${resource}?filter=${encodeURIComponent(filter)}${more}`);
  }

  /** A User that is there afterwards. */
  async user(userName: string, facts: Record<string, unknown> = {}): Promise<Body> {
    const { status, body, text } = await this.post('/Users', {
      schemas: [CORE],
      userName,
      active: true,
      ...facts,
    });
    if (status !== 201) throw new Error(`POST /Users answered ${status}: ${text}`);
    return body;
  }

  async group(
    displayName: string,
    memberIds: readonly string[] = [],
    facts: Record<string, unknown> = {},
  ): Promise<Body> {
    const { status, body, text } = await this.post('/Groups', {
      schemas: [GRP],
      displayName,
      members: memberIds.map(value => ({ value })),
      ...facts,
    });
    if (status !== 201) throw new Error(`POST /Groups answered ${status}: ${text}`);
    return body;
  }
}
