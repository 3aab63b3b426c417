import { Directory, scimUrlOf } from '../directory/index.ts';
import { type Door, readBody, type RequestContext } from '../platform/http/index.ts';
import { type Address, readAddress } from './address.ts';
import { authenticateCaller, type ScimCaller } from './authenticate.ts';
import { internalError, notFound, paused, scimErrorOf } from './errors.ts';
import { Exchange } from './exchange.ts';
import { ListPositions } from './lists/positions.ts';
import { assertScimBody, SCIM_MEDIA, ScimError } from './protocol/index.ts';
import { recordExchange } from './record-exchange.ts';
import { RefusedAtDoor } from './refused-at-door.ts';
import { allowedAt, handlerAt, isWrite, routesWith } from './routes.ts';
import { shapesOf } from './schemas.ts';
import type { Scope, ScimRequest, ScimResponse } from './scope.ts';
import type { RequestInProgress, ScimParts, ScimService } from './service.ts';

/**
 * The id of the exchange in the request inspector; the audit entries of what it changed carry it
 * too.
 */
const EXCHANGE_HEADER = 'Scim-Request-Id';
const BODY_TYPES = ['application/scim+json', 'application/json'];

export function scimDoor(parts: ScimParts): Door {
  const service: ScimService = {
    ...parts,
    routes: routesWith(parts.isOutage),
    positions: new ListPositions(),
    refusedAtDoor: new RefusedAtDoor(parts.store, parts.recorder),
  };
  return {
    name: 'scim',
    path: '/scim',
    handle: ctx => handle(service, ctx),
    renderError(ctx, { status, detail }) {
      send(ctx, { status, body: new ScimError(status, detail).body() });
    },
  };
}

async function handle(service: ScimService, ctx: RequestContext): Promise<void> {
  const current: RequestInProgress = { ctx, exchange: new Exchange() };
  ctx.set(EXCHANGE_HEADER, current.exchange.id);
  let response: ScimResponse;
  try {
    response = await respond(service, current);
  } catch (thrown) {
    response = errorResponse(service, current, thrown);
  }
  send(ctx, response);
  recordExchange(service, current, response);
}

/** The steps of every request, in order. */
async function respond(service: ScimService, current: RequestInProgress): Promise<ScimResponse> {
  const { ctx, exchange } = current;
  const address = (current.address = readAddress(ctx.path, ctx.querystring));
  if (!address) throw notFound();
  for (const sentence of address.repairs) exchange.repaired(sentence);
  const caller = (current.caller = await authenticateCaller(
    service.store,
    ctx.get('authorization'),
    address.providerId,
  ));
  ctx.state.route = `${ctx.method} /${address.route}`;
  ctx.state.logFields = {
    tenant: caller.actor.tenantId,
    provider: caller.provider.id,
    exchange: exchange.id,
  };
  limit(service, caller);
  if (ctx.method === 'OPTIONS')
    return { status: 204, headers: { Allow: allowedAt(service.routes, address.route) } };
  const method = ctx.method === 'HEAD' ? 'GET' : ctx.method;
  const handler = handlerAt(service.routes, address.route, method);
  if (caller.provider.provisioning === 'PAUSED' && isWrite(address.route, method)) throw paused();
  const scope = scopeOf(service, current, caller);
  const request = await readRequest(current, address, method);
  const work = async () => handler(scope, request);
  return service.inTurn ? service.inTurn(caller.actor.tenantId, work) : work();
}

function limit({ draw }: ScimService, { actor }: ScimCaller): void {
  const drawn = draw?.(actor.account);
  if (drawn && !drawn.allowed)
    throw new ScimError(429, 'Too many requests with this token.', undefined, {
      'Retry-After': String(drawn.retryAfter),
    });
}

function scopeOf(
  { store, positions, cursorKeys, publicUrl }: ScimService,
  { ctx, exchange }: RequestInProgress,
  { actor, provider }: ScimCaller,
): Scope {
  return {
    directory: new Directory(store, actor, { ...ctx.state.trace, exchangeId: exchange.id }),
    provider,
    exchange,
    log: ctx.state.log,
    positions,
    tolerant: !provider.strict,
    cursorKeys,
    shapes: shapesOf(provider.extensionAttributes),
    base: scimUrlOf(publicUrl, provider) as string,
  };
}

async function readRequest(
  current: RequestInProgress,
  { id, query }: Address,
  method: string,
): Promise<ScimRequest> {
  const { ctx } = current;
  if (method === 'POST' || method === 'PUT' || method === 'PATCH') {
    assertScimBody(ctx.get('content-type'));
    current.body = await readBody(ctx.req, { types: BODY_TYPES });
    assertWellFormed(current.body);
  }
  const header = (name: string) => ctx.get(name) || undefined;
  return {
    method,
    id,
    query,
    body: current.body,
    ifMatch: header('if-match'),
    ifNoneMatch: header('if-none-match'),
    prefer: header('prefer'),
  };
}

/** PostgreSQL refuses a lone surrogate, and the whole statement with it. */
function assertWellFormed(value: unknown): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed())
      throw new ScimError(400, 'The body holds text that is not valid Unicode.', 'invalidSyntax');
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value)) {
      assertWellFormed(name);
      assertWellFormed(each);
    }
  }
}

function errorResponse(
  { isOutage }: ScimService,
  { ctx, exchange }: RequestInProgress,
  thrown: unknown,
): ScimResponse {
  const known = scimErrorOf(thrown, isOutage);
  if (!known) ctx.state.log.error({ err: thrown }, 'A SCIM request failed.');
  const error = known ?? internalError();
  exchange.describeOutcome(`It was refused: ${error.detail}`);
  return { status: error.status, body: error.body(), headers: error.headers };
}

function send(
  ctx: RequestContext,
  { status, body, location, version, headers }: ScimResponse,
): void {
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  if (headers) ctx.set({ ...headers });
  if (version !== undefined) ctx.set('ETag', version);
  if (location !== undefined) ctx.set('Location', location);
  if (body === undefined) {
    ctx.body = null;
    ctx.status = status;
    return;
  }
  ctx.set('Content-Type', SCIM_MEDIA);
  ctx.body = JSON.stringify(body);
}
