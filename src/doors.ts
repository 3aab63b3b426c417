import type { ExchangeRecorder, UseNotes } from './directory/index.ts';
import { graphqlDoor } from './graphql/index.ts';
import { FairShare, type InTurn } from './platform/http/index.ts';
import { isFull, isOutage, isRetryable, TokenBuckets } from './platform/index.ts';
import { restDoor } from './rest/index.ts';
import { scimDoor } from './scim/index.ts';
import type { ServiceParts } from './service.ts';

/**
 * The three facades over one database, sharing the tenants' turns and the credentials' allowances.
 */
export async function openDoors(
  { config, database, log, metrics, plans }: ServiceParts,
  background: { uses: UseNotes; recorder: ExchangeRecorder },
) {
  const { uses, recorder } = background;
  const buckets = new TokenBuckets(config.rateLimit);
  const shares = new FairShare({
    atOnce: config.poolMax,
    waiting: Math.ceil(config.maxWaitingRequests / 4),
  });
  const shared = {
    store: database.store,
    publicUrl: config.publicUrl,
    log,
    isOutage: isUnavailable,
    inTurn: ((tenantId, work) => shares.run(tenantId, work)) satisfies InTurn,
    draw: (account: string) => buckets.draw(account),
  };
  const graphql = await graphqlDoor({
    ...shared,
    production: config.production,
    sandbox: config.sandbox,
    corsOrigins: config.corsOrigins,
    oidc: config.oidc,
    noteUse: use => uses.note(use),
    plans,
    measure: (operation, codes) => metrics.operation(operation, codes),
  });
  const scim = scimDoor({
    ...shared,
    cursorKeys: { key: config.tokenKey, previousKey: config.previousTokenKey },
    recorder,
    measure: (providerId, status) => metrics.provider(providerId, status),
    uses,
  });
  const rest = restDoor({ ...shared, notes: uses });
  return { graphql, scim, rest };
}

/**
 * The database is away, has no room, or two changes met: the same request may succeed when it is
 * sent again.
 */
const isUnavailable = (fault: unknown): boolean =>
  isOutage(fault) || isRetryable(fault) || isFull(fault);
