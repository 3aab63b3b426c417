import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { metricsServer } from '../src/operator.ts';
import { Metrics } from '../src/platform/index.ts';
import { withSecretFiles } from '../src/secret-files.ts';
import { type House, openHouse, type Provider } from './support/people.ts';

const TOKEN = 'for whoever watches the service';

describe('the metrics of a service', () => {
  let house: House;
  let provider: Provider;
  const metrics = (authorization?: string) =>
    fetch(`${house.origin}/metrics`, { headers: authorization ? { authorization } : {} });

  beforeAll(async () => {
    house = await openHouse({ environment: { METRICS_TOKEN: TOKEN } });
    provider = await house.provider();
  });
  afterAll(() => house.close());

  test('are behind a token when one is configured', async () => {
    expect((await metrics()).status).toBe(401);
    expect((await metrics(`Bearer ${TOKEN}x`)).status).toBe(401);
    expect((await metrics(`Bearer ${house.owner.token}`)).status).toBe(401);
    expect((await metrics(`Bearer ${TOKEN}`)).status).toBe(200);
  });

  test('tell operations by name and code, refusals of mutations among them, and providers by when they were heard of', async () => {
    await house.owner.graphql('query Who { viewer { __typename } }');
    await house.member.graphql(
      'mutation Make { teamCreate(input: { name: "No" }) { userErrors { code } } }',
    );
    await provider.scim('GET', '/Users?count=1');
    await provider.scim('GET', '/Users/nobody');
    const text = await (await metrics(`Bearer ${TOKEN}`)).text();
    expect(text).toContain('muster_graphql_operations_total{operation="Who",code="OK"} 1');
    expect(text).toContain('muster_graphql_operations_total{operation="Make",code="FORBIDDEN"} 1');
    const of = (name: string, more = '') =>
      new RegExp(`${name}\\{provider="${provider.id}"${more}\\} (\\S+)`).exec(text)?.[1];
    expect(of('muster_scim_answers_total', ',outcome="ok"')).toBe('1');
    expect(of('muster_scim_answers_total', ',outcome="refused"')).toBe('1');
    expect(Number(of('muster_provider_last_seen_timestamp_seconds'))).toBeGreaterThan(1e9);
  });
});

describe('the metrics on a port of their own', () => {
  test('are not at the callers’ port', async () => {
    const house = await openHouse({ environment: { METRICS_PORT: '65000' } });
    expect((await fetch(`${house.origin}/metrics`)).status).toBe(404);
    expect((await fetch(`${house.origin}/healthz`)).status).toBe(200);
    await house.close();
  });

  test('answer there and nothing else does, with the token when there is one', async () => {
    const server = metricsServer(new Metrics(), { port: 1, token: TOKEN }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await fetch(`${at}/metrics`)).status).toBe(401);
    const allowed = { headers: { authorization: `Bearer ${TOKEN}` } };
    expect(await (await fetch(`${at}/metrics`, allowed)).text()).toContain(
      'process_cpu_seconds_total',
    );
    expect((await fetch(`${at}/graphql`, allowed)).status).toBe(404);
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
});

describe('a secret from a file', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'muster-secrets-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (text: string): string => {
    const name = path.join(folder, 'secret');
    writeFileSync(name, text);
    return name;
  };

  test.each([
    'DATABASE_URL',
    'DATABASE_APP_URL',
    'DATABASE_REPLICA_URL',
    'TOKEN_KEY',
    'TOKEN_KEY_PREVIOUS',
    'SMTP_URL',
    'METRICS_TOKEN',
  ])('%s is read, without the line end', name => {
    const { environment, complaints } = withSecretFiles({ [`${name}_FILE`]: file('a secret\n') });
    expect([environment[name], complaints]).toEqual(['a secret', []]);
  });

  test('that cannot be read, that is empty, or that is given twice is complained of by name', () => {
    expect(withSecretFiles({ TOKEN_KEY_FILE: `${folder}/none` }).complaints).toEqual([
      'TOKEN_KEY_FILE must name a file that can be read.',
    ]);
    expect(withSecretFiles({ TOKEN_KEY_FILE: file(' \n') }).complaints).toEqual([
      'TOKEN_KEY_FILE must name a file that is not empty.',
    ]);
    expect(withSecretFiles({ SMTP_URL: 'x', SMTP_URL_FILE: file('y') }).complaints).toEqual([
      'SMTP_URL and SMTP_URL_FILE must not both be set.',
    ]);
  });
});
