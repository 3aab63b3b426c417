import path from 'node:path';
import { z } from 'zod';
import { connectionOf, secretInFile, StartRefused, type Connection } from './platform/index.ts';
import { withSecretFiles } from './secret-files.ts';

/**
 * A start refused because of the environment. Its sentences name variables and what they should be,
 * never their values: those may be secrets.
 */
export class ConfigError extends StartRefused {
  override readonly name = 'ConfigError';
}

const whole = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(from).max(to));
const oneOf = <const T extends readonly string[]>(...words: T) => z.enum(words);
const address = (scheme: RegExp, accept: (url: URL) => boolean = () => true) =>
  z.string().refine(text => scheme.test(text) && URL.canParse(text) && accept(new URL(text)));
const database = z.string().transform((text, context): Connection => {
  try {
    return connectionOf(text);
  } catch {
    context.addIssue('unreadable');
    return z.NEVER;
  }
});
const HTTP = /^https?:\/\//i;
const origin = z
  .string()
  .refine(text => HTTP.test(text) && URL.canParse(text) && new URL(text).origin === text);
const claim = z.string().regex(/^[\w.:/-]{1,200}$/);

/** Every variable: how it is read, and what is said when it cannot be. */
const variables = {
  NODE_ENV: [
    oneOf('development', 'production', 'test').default('development'),
    'development, production or test',
  ],
  PORT: [whole(0, 65_535).default(4000), 'a port number from 0 to 65535'],
  HOST: [
    z
      .string()
      .regex(/^[\w.:-]{1,253}$/)
      .optional(),
    'an address or host name to listen on',
  ],
  PUBLIC_URL: [
    address(HTTP, url => !/[?#]/.test(url.href))
      .transform(text => text.replace(/\/+$/, ''))
      .optional(),
    'an absolute http or https address without query',
  ],
  DATABASE_URL: [
    database.optional(),
    'a PostgreSQL URL that names a database, like postgres://user:password@host:5432/database',
  ],
  DATABASE_APP_URL: [
    database.optional(),
    'a PostgreSQL URL that names a database, like postgres://user:password@host:5432/database',
  ],
  DATABASE_REPLICA_URL: [
    database.optional(),
    'a PostgreSQL URL that names a database, like postgres://user:password@host:5432/database',
  ],
  DATABASE_POOL_MAX: [whole(1, 1_000).default(10), 'a whole number from 1 to 1000'],
  DATABASE_POOLER: [oneOf('none', 'transaction').default('none'), 'none or transaction'],
  AUDIT_KEEP_DAYS: [
    whole(1, 36_500).optional(),
    'how many days audit entries are kept, a whole number from 1 to 36500',
  ],
  EXCHANGE_KEEP_DAYS: [
    whole(1, 3_650).default(30),
    'how many days SCIM exchanges are kept, a whole number from 1 to 3650',
  ],
  DATA_DIR: [z.string().default('.data'), 'a folder'],
  TOKEN_KEY: [z.string().min(32).optional(), 'a secret of at least 32 characters'],
  TOKEN_KEY_PREVIOUS: [
    z.union([z.literal('lost'), z.string().min(32)]).optional(),
    'the TOKEN_KEY of before, at least 32 characters, or the word lost',
  ],
  SMTP_URL: [
    address(/^smtps?:\/\//i, url => url.hostname !== '').optional(),
    'a mail server like smtp://user:password@host:587',
  ],
  MAIL_FROM: [
    z
      .string()
      .regex(/^[^\r\n]*[^\s@<]@[^\s@>]+>?$/)
      .default('Muster <muster@localhost>'),
    'a mail address like Muster <muster@example.com>',
  ],
  TENANT_NAME: [
    z.string().trim().min(1).max(256).default('My company'),
    'a name of 1 to 256 characters',
  ],
  OWNER_EMAIL: [
    z
      .string()
      .regex(/^[^\s@]+@[^\s@]+$/)
      .max(320)
      .default('owner@localhost'),
    'an e-mail address',
  ],
  LOG_LEVEL: [
    oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').default('info'),
    'trace, debug, info, warn, error, fatal or silent',
  ],
  SANDBOX: [oneOf('auto', 'hosted', 'local', 'off').default('auto'), 'auto, hosted, local or off'],
  CORS_ORIGINS: [
    z
      .string()
      .transform(text =>
        text
          .split(',')
          .map(part => part.trim())
          .filter(Boolean),
      )
      .pipe(z.array(origin))
      .default([]),
    'origins like https://app.example.com, separated by commas',
  ],
  OIDC_ISSUER: [address(HTTP).optional(), 'the http or https address of an OpenID provider'],
  OIDC_AUDIENCE: [
    z.string().max(500).optional(),
    'the audience that access tokens for this service carry',
  ],
  OIDC_JWKS_URL: [address(HTTP).optional(), 'an http or https address'],
  OIDC_TENANT_CLAIM: [claim.default('tenant'), 'the name of a claim'],
  OIDC_MEMBER_CLAIM: [claim.default('sub'), 'the name of a claim'],
  RATE_LIMIT_PER_SECOND: [whole(1, 1_000_000).default(10_000), 'a whole number from 1 to 1000000'],
  RATE_LIMIT_BURST: [whole(1, 1_000_000).optional(), 'a whole number from 1 to 1000000'],
  METRICS_PORT: [whole(1, 65_535).optional(), 'a port number from 1 to 65535'],
  METRICS_TOKEN: [z.string().min(16).optional(), 'a secret of at least 16 characters'],
  MAX_WAITING_REQUESTS: [whole(1, 100_000).default(500), 'a whole number from 1 to 100000'],
  TRUST_PROXY: [whole(0, 10).default(0), 'how many proxies stand in front, from 0 to 10'],
  DRAIN_DELAY_MS: [whole(0, 60_000).default(1_500), 'milliseconds from 0 to 60000'],
  SHUTDOWN_DEADLINE_MS: [whole(0, 600_000).default(25_000), 'milliseconds from 0 to 600000'],
} as const satisfies Record<string, readonly [z.ZodType, string]>;

type Name = keyof typeof variables;
type Values = { [N in Name]: z.output<(typeof variables)[N][0]> };

/** The environment as it was at the start; nothing else reads it. */
export type Config = ReturnType<typeof buildConfig>;

export function readConfig(environment: NodeJS.ProcessEnv): Config {
  return Object.freeze(buildConfig(parseVariables(environment)));
}

function parseVariables(given: NodeJS.ProcessEnv): Values {
  const values: Partial<Record<Name, unknown>> = {};
  const { environment, complaints } = withSecretFiles(given);
  for (const name of Object.keys(variables) as Name[]) {
    const [schema, expected] = variables[name];
    // an empty variable counts as not set
    const reading = schema.safeParse(environment[name]?.trim() || undefined);
    if (reading.success) values[name] = reading.data;
    else complaints.push(`${name} must be ${expected}.`);
  }
  if (complaints.length === 0) complaints.push(...missing(values as Values));
  if (complaints.length > 0) throw new ConfigError(complaints.join('\n'));
  return values as Values;
}

/** Rules between variables. */
function missing(values: Values): string[] {
  const complaints: string[] = [];
  if (values.DATABASE_URL && !values.TOKEN_KEY)
    complaints.push(
      'TOKEN_KEY is required when DATABASE_URL is set: it must be a secret of at least 32 characters, the same for every process on that database.',
    );
  for (const name of ['DATABASE_APP_URL', 'DATABASE_REPLICA_URL'] as const)
    if (values[name] && !values.DATABASE_URL)
      complaints.push(`DATABASE_URL is required when ${name} is set.`);
  if (values.METRICS_PORT !== undefined && values.METRICS_PORT === values.PORT)
    complaints.push('METRICS_PORT must be another port than PORT.');
  if (values.OIDC_ISSUER && !values.OIDC_AUDIENCE)
    complaints.push('OIDC_AUDIENCE is required when OIDC_ISSUER is set.');
  if (values.RATE_LIMIT_BURST && values.RATE_LIMIT_BURST < values.RATE_LIMIT_PER_SECOND)
    complaints.push('RATE_LIMIT_BURST must not be smaller than RATE_LIMIT_PER_SECOND.');
  return complaints;
}

/** The value of TOKEN_KEY_PREVIOUS that says there is no previous key. */
const LOST = 'lost';
const previousKeyOf = ({ TOKEN_KEY_PREVIOUS: key }: Values): string | undefined =>
  key === LOST ? undefined : key;

function buildConfig(values: Values) {
  const production = values.NODE_ENV === 'production';
  const dataDir = path.resolve(values.DATA_DIR);
  return {
    production,
    port: values.PORT,
    // The default listens on localhost while developing, and on every address in production, where
    // a proxy has to reach it.
    host: values.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    publicUrl: values.PUBLIC_URL ?? `http://localhost:${values.PORT}`,
    database: values.DATABASE_URL,
    app: values.DATABASE_APP_URL,
    replica: values.DATABASE_REPLICA_URL,
    poolMax: values.DATABASE_POOL_MAX,
    auditKeepDays: values.AUDIT_KEEP_DAYS,
    exchangeKeepDays: values.EXCHANGE_KEEP_DAYS,
    pooler: values.DATABASE_POOLER,
    dataDir,
    tokenKey: values.TOKEN_KEY ?? secretInFile(path.join(dataDir, 'token.key')),
    previousTokenKey: previousKeyOf(values),
    tokenKeyIsLost: values.TOKEN_KEY_PREVIOUS === LOST,
    first: Object.freeze({ tenant: values.TENANT_NAME, owner: values.OWNER_EMAIL }),
    smtpUrl: values.SMTP_URL,
    mailFrom: values.MAIL_FROM,
    logLevel: values.LOG_LEVEL,
    sandbox: values.SANDBOX,
    corsOrigins: Object.freeze(values.CORS_ORIGINS),
    oidc:
      values.OIDC_ISSUER && values.OIDC_AUDIENCE
        ? Object.freeze({
            issuer: values.OIDC_ISSUER,
            audience: values.OIDC_AUDIENCE,
            jwksUrl: values.OIDC_JWKS_URL,
            tenantClaim: values.OIDC_TENANT_CLAIM,
            memberClaim: values.OIDC_MEMBER_CLAIM,
          })
        : undefined,
    rateLimit: Object.freeze({
      perSecond: values.RATE_LIMIT_PER_SECOND,
      burst: values.RATE_LIMIT_BURST ?? 4 * values.RATE_LIMIT_PER_SECOND,
    }),
    metrics: Object.freeze({ port: values.METRICS_PORT, token: values.METRICS_TOKEN }),
    maxWaitingRequests: values.MAX_WAITING_REQUESTS,
    trustProxy: values.TRUST_PROXY,
    drainDelayMs: values.DRAIN_DELAY_MS,
    shutdownDeadlineMs: values.SHUTDOWN_DEADLINE_MS,
  };
}
