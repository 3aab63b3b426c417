import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'muster-config-'));
const read = (environment: NodeJS.ProcessEnv) => readConfig({ DATA_DIR: folder, ...environment });
const refusal = (environment: NodeJS.ProcessEnv) => {
  try {
    read(environment);
  } catch (fault) {
    if (fault instanceof ConfigError) return fault.message;
    throw fault;
  }
  return 'accepted';
};
const KEY = 'k'.repeat(32);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('nothing needs to be set', () => {
  expect(read({})).toMatchObject({
    production: false,
    port: 4000,
    host: '127.0.0.1',
    publicUrl: 'http://localhost:4000',
    database: undefined,
    replica: undefined,
    poolMax: 10,
    pooler: 'none',
    dataDir: folder,
    smtpUrl: undefined,
    logLevel: 'info',
    sandbox: 'auto',
    corsOrigins: [],
    oidc: undefined,
    rateLimit: { perSecond: 10_000, burst: 40_000 },
    maxWaitingRequests: 500,
    trustProxy: 0,
    drainDelayMs: 1500,
    shutdownDeadlineMs: 25_000,
  });
});

describe('a value is read', () => {
  test.each<[string, string, object]>([
    ['NODE_ENV', 'production', { production: true, host: '0.0.0.0' }],
    ['PORT', '8080', { port: 8080, publicUrl: 'http://localhost:8080' }],
    ['HOST', '::1', { host: '::1' }],
    [
      'PUBLIC_URL',
      'https://directory.example.com/muster/',
      { publicUrl: 'https://directory.example.com/muster' },
    ],
    ['DATABASE_POOL_MAX', '25', { poolMax: 25 }],
    ['AUDIT_KEEP_DAYS', '365', { auditKeepDays: 365 }],
    ['EXCHANGE_KEEP_DAYS', '7', { exchangeKeepDays: 7 }],
    ['DATABASE_POOLER', 'transaction', { pooler: 'transaction' }],
    ['TOKEN_KEY', KEY, { tokenKey: KEY }],
    [
      'SMTP_URL',
      'smtp://user:word@mail.example.com:2525',
      { smtpUrl: 'smtp://user:word@mail.example.com:2525' },
    ],
    [
      'MAIL_FROM',
      'Directory <directory@example.com>',
      { mailFrom: 'Directory <directory@example.com>' },
    ],
    ['LOG_LEVEL', 'silent', { logLevel: 'silent' }],
    ['SANDBOX', 'off', { sandbox: 'off' }],
    [
      'CORS_ORIGINS',
      'https://a.example.com, http://localhost:3000',
      { corsOrigins: ['https://a.example.com', 'http://localhost:3000'] },
    ],
    ['RATE_LIMIT_PER_SECOND', '50', { rateLimit: { perSecond: 50, burst: 200 } }],
    ['RATE_LIMIT_BURST', '90000', { rateLimit: { perSecond: 10_000, burst: 90_000 } }],
    ['MAX_WAITING_REQUESTS', '20', { maxWaitingRequests: 20 }],
    ['TRUST_PROXY', '1', { trustProxy: 1 }],
    ['DRAIN_DELAY_MS', '0', { drainDelayMs: 0 }],
    ['SHUTDOWN_DEADLINE_MS', '5000', { shutdownDeadlineMs: 5000 }],
  ])('%s=%s', (name, value, expected) => {
    expect(read({ [name]: value })).toMatchObject(expected);
    expect(read({ [name]: '' })).toEqual(read({}));
    expect(read({ [name]: '  ' })).toEqual(read({}));
  });

  test.each<[string, object]>([
    [
      'postgres://ada:se%20cret@db.example.com:6432/muster',
      { host: 'db.example.com', port: 6432, user: 'ada', password: 'se cret', database: 'muster' },
    ],
    [
      'postgresql://ada@/muster?host=/run/postgresql',
      { host: '/run/postgresql', database: 'muster' },
    ],
    ['postgres://h/muster?sslmode=require', { ssl: { rejectUnauthorized: false } }],
    ['postgres://h/muster?sslmode=verify-full', { ssl: {} }],
    ['postgres://h/muster?sslmode=disable', { ssl: false }],
    [
      'postgres://h/muster?application_name=directory&options=-c%20statement_timeout%3D9s',
      { application_name: 'directory', options: '-c statement_timeout=9s' },
    ],
  ])('DATABASE_URL and DATABASE_REPLICA_URL with every parameter: %s', (url, expected) => {
    const config = read({ DATABASE_URL: url, DATABASE_REPLICA_URL: url, TOKEN_KEY: KEY });
    expect(config.database).toMatchObject(expected);
    expect(config.replica).toMatchObject(expected);
  });

  test('an OpenID provider', () => {
    expect(read({ OIDC_ISSUER: 'https://id.example.com/', OIDC_AUDIENCE: 'muster' }).oidc).toEqual({
      issuer: 'https://id.example.com/',
      audience: 'muster',
      jwksUrl: undefined,
      tenantClaim: 'tenant',
      memberClaim: 'sub',
    });
    expect(
      read({
        OIDC_ISSUER: 'https://id.example.com/',
        OIDC_AUDIENCE: 'muster',
        OIDC_JWKS_URL: 'https://id.example.com/keys',
        OIDC_TENANT_CLAIM: 'https://example.com/org',
        OIDC_MEMBER_CLAIM: 'oid',
      }).oidc,
    ).toMatchObject({
      jwksUrl: 'https://id.example.com/keys',
      tenantClaim: 'https://example.com/org',
      memberClaim: 'oid',
    });
  });
});

describe('a wrong value stops the start, and is not repeated', () => {
  test.each([
    ['NODE_ENV', 'prod-uction'],
    ['PORT', '70000'],
    ['PORT', '40x0'],
    ['HOST', 'a b-wrong'],
    ['PUBLIC_URL', 'directory.wrong'],
    ['PUBLIC_URL', 'ftp://wrong'],
    ['PUBLIC_URL', 'https://a/?wrong'],
    ['DATABASE_URL', 'mysql://u:wrong@h/d'],
    ['DATABASE_URL', 'postgres://u:wrong@h/'],
    ['DATABASE_URL', 'wrong'],
    ['DATABASE_URL', 'postgres://h/d?sslrootcert=/wrong'],
    ['DATABASE_REPLICA_URL', 'wrong'],
    ['DATABASE_POOL_MAX', '200000'],
    ['AUDIT_KEEP_DAYS', '-12345'],
    ['EXCHANGE_KEEP_DAYS', '12345'],
    ['EXCHANGE_KEEP_DAYS', '1.25000'],
    ['DATABASE_POOL_MAX', '-12345'],
    ['DATABASE_POOLER', 'session-wrong'],
    ['TOKEN_KEY', 'too short, wrong'],
    ['SMTP_URL', 'https://wrong'],
    ['SMTP_URL', 'wrong'],
    ['MAIL_FROM', 'nobody-wrong'],
    ['MAIL_FROM', 'a@wrong\nbcc: b@c'],
    ['LOG_LEVEL', 'loud-wrong'],
    ['SANDBOX', 'perhaps-wrong'],
    ['CORS_ORIGINS', 'https://a.example.com/wrong'],
    ['CORS_ORIGINS', '*wrong'],
    ['OIDC_ISSUER', 'wrong'],
    ['OIDC_AUDIENCE', 'wrong'.repeat(101)],
    ['OIDC_JWKS_URL', 'file:///wrong'],
    ['OIDC_TENANT_CLAIM', 'a wrong'],
    ['OIDC_MEMBER_CLAIM', 'b wrong'],
    ['RATE_LIMIT_PER_SECOND', '1.5555'],
    ['RATE_LIMIT_BURST', '1e9999'],
    ['MAX_WAITING_REQUESTS', 'none-wrong'],
    ['TRUST_PROXY', 'wrong'],
    ['DRAIN_DELAY_MS', '1s-wrong'],
    ['SHUTDOWN_DEADLINE_MS', '999999999'],
  ])('%s=%s', (name, value) => {
    const said = refusal({ [name]: value });
    expect(said).toMatch(new RegExp(`^${name} must be .*\\.$`));
    expect(said).not.toContain(value);
    expect(said).not.toContain('wrong');
  });

  test('all of them at once', () => {
    expect(refusal({ PORT: 'x', LOG_LEVEL: 'y' }).split('\n')).toHaveLength(2);
  });

  test.each<[string, NodeJS.ProcessEnv]>([
    ['TOKEN_KEY is required when DATABASE_URL is set', { DATABASE_URL: 'postgres://h/d' }],
    [
      'DATABASE_URL is required when DATABASE_REPLICA_URL is set',
      { DATABASE_REPLICA_URL: 'postgres://h/d' },
    ],
    [
      'OIDC_AUDIENCE is required when OIDC_ISSUER is set',
      { OIDC_ISSUER: 'https://id.example.com' },
    ],
    ['RATE_LIMIT_BURST must not be smaller', { RATE_LIMIT_BURST: '10' }],
  ])('%s', (sentence, environment) => {
    expect(refusal(environment)).toContain(sentence);
  });
});

test('with the embedded database the key is made once and kept where only its owner reads it', () => {
  const first = read({}).tokenKey;
  expect(first.length).toBeGreaterThanOrEqual(32);
  expect(read({}).tokenKey).toBe(first);
  expect(statSync(path.join(folder, 'token.key')).mode & 0o777).toBe(0o600);
});

test('the configuration does not change', () => {
  const config = read({});
  expect(() => {
    (config as { port: number }).port = 1;
  }).toThrow(TypeError);
  expect(() => {
    (config.rateLimit as { burst: number }).burst = 1;
  }).toThrow(TypeError);
});
