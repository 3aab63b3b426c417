import { type Actor, CallerChanged, Directory, scimUrlOf } from '../directory/index.ts';
import type { Door, RequestContext } from '../platform/http/index.ts';
import { type Address, readAddress } from './address.ts';
import { authenticateCaller, recognizeCaller, type ScimCaller } from './authenticate.ts';
import { internalError, notFound, paused, scimErrorOf } from './errors.ts';
import { Exchange } from './exchange.ts';
import { ListPositions } from './lists/positions.ts';
import { SCIM_MEDIA, ScimError } from './protocol/index.ts';
import { recordExchange } from './record-exchange.ts';
import { RefusedAtDoor } from './refused-at-door.ts';
import { allowedAt, handlerAt, isWrite, routesWith } from './routes.ts';
import { shapesOf } from './schemas.ts';
import type { Scope, ScimResponse } from './scope.ts';
import type { RequestInProgress, ScimParts, ScimService } from './service.ts';
import { readRequest } from './read-request.ts';

/**
 * The id of the exchange in the request inspector; the audit entries of what it changed carry it
 * too.
 */
const EXCHANGE_HEADER = 'Scim-Request-Id';

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
  const authorization = ctx.get('authorization');
  const known = recognizeCaller(service.store, authorization, address.providerId);
  if (known) {
    try {
      return await answer(service, current, address, known);
    } catch (thrown) {
      if (!(thrown instanceof CallerChanged)) throw thrown;
      delete current.caller;
    }
  }
  const caller = await authenticateCaller(service.store, authorization, address.providerId);
  return answer(service, current, address, caller);
}

/** Nothing is answered to a caller who is only remembered before a statement has proved it. */
async function answer(
  service: ScimService,
  current: RequestInProgress,
  address: Address,
  caller: ScimCaller,
): Promise<ScimResponse> {
  current.caller = caller;
  const scope = scopeOf(service, current, caller);
  try {
    return await respondTo(service, current, address, scope);
  } finally {
    await scope.directory.prove();
  }
}

async function respondTo(
  service: ScimService,
  current: RequestInProgress,
  address: Address,
  scope: Scope,
): Promise<ScimResponse> {
  const { ctx, exchange } = current;
  const { actor } = scope.directory;
  ctx.state.route = `${ctx.method} /${address.route}`;
  ctx.state.logFields = {
    tenant: actor.tenantId,
    provider: scope.provider.id,
    exchange: exchange.id,
  };
  limit(service, actor);
  if (ctx.method === 'OPTIONS')
    return { status: 204, headers: { Allow: allowedAt(service.routes, address.route) } };
  const method = ctx.method === 'HEAD' ? 'GET' : ctx.method;
  const handler = handlerAt(service.routes, address.route, method);
  if (scope.provider.provisioning === 'PAUSED' && isWrite(address.route, method)) throw paused();
  const request = await (current.request ??= readRequest(current, address, method));
  const work = async () => handler(scope, request);
  return service.inTurn ? service.inTurn(actor.tenantId, work) : work();
}

function limit({ draw }: ScimService, actor: Actor): void {
  const drawn = draw?.(actor.account);
  if (drawn && !drawn.allowed)
    throw new ScimError(429, 'Too many requests with this token.', undefined, {
      'Retry-After': String(drawn.retryAfter),
    });
}

function scopeOf(
  { store, positions, cursorKeys, publicUrl }: ScimService,
  { ctx, exchange }: RequestInProgress,
  { actor, provider, proof }: ScimCaller,
): Scope {
  const trace = { ...ctx.state.trace, exchangeId: exchange.id };
  return {
    directory: new Directory(store, actor, trace, actor.tenantId, undefined, proof),
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
