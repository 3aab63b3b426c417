import {
  Directory,
  type ExchangeRecorder,
  type Ground,
  scimUrlOf,
  type UseNotes,
} from '../directory/index.ts';
import {
  type Door,
  type Draw,
  type InTurn,
  readBody,
  type RequestContext,
} from '../platform/http/index.ts';
import { type Address, readAddress } from './address.ts';
import { letIn, type Visitor } from './authenticate.ts';
import { notFound, ourFault, paused, scimErrorOf } from './errors.ts';
import { Exchange } from './exchange.ts';
import { Walks } from './lists/walks.ts';
import { assertScimBody, SCIM_MEDIA, ScimError } from './protocol/index.ts';
import { RefusedAtDoor } from './refused-at-door.ts';
import { allowedAt, handlerAt, isWrite, routesWith } from './routes.ts';
import { shapesOf } from './schemas.ts';
import type { Answer, Asked, Scope } from './scope.ts';

export interface ScimParts {
  ground: Ground;
  publicUrl: string;
  /** Seals cursors. */
  cursorKeys: Scope['cursorKeys'];
  recorder: Pick<ExchangeRecorder, 'note' | 'noteSoon'>;
  uses: Pick<UseNotes, 'note'>;
  isOutage: (fault: unknown) => boolean;
  /** Counts an answer to a provider. */
  measure?: (providerId: string, status: number) => void;
  /** Does a tenant's work when it is the tenant's turn; without it, at once. */
  inTurn?: InTurn;
  /** May this credential ask again already? */
  draw?: Draw;
}

/** The address of one exchange in the request inspector; the audit entries of what it changed carry it too. */
const EXCHANGE_HEADER = 'Scim-Request-Id';

const BODY_TYPES = ['application/scim+json', 'application/json'];

/** One request on its way through: what is known of it so far. */
interface Visit {
  readonly ctx: RequestContext;
  readonly exchange: Exchange;
  address?: Address | null;
  visitor?: Visitor;
  body?: unknown;
}

export function scimDoor(parts: ScimParts): Door {
  const routes = routesWith(parts.isOutage);
  const walks = new Walks();
  const refusedAtDoor = new RefusedAtDoor(parts.ground, parts.recorder);

  async function handle(ctx: RequestContext): Promise<void> {
    const visit: Visit = { ctx, exchange: new Exchange() };
    ctx.set(EXCHANGE_HEADER, visit.exchange.id);
    let answer: Answer;
    try {
      answer = await answerTo(visit);
    } catch (thrown) {
      answer = refusal(visit, thrown);
    }
    send(ctx, answer);
    note(visit, answer);
  }

  /** What every request meets, in order. */
  async function answerTo(visit: Visit): Promise<Answer> {
    const { ctx, exchange } = visit;
    const address = (visit.address = readAddress(ctx.path, ctx.querystring));
    if (!address) throw notFound();
    for (const sentence of address.mended) exchange.mended(sentence);
    const visitor = (visit.visitor = await letIn(
      parts.ground,
      ctx.get('authorization'),
      address.providerId,
    ));
    ctx.state.route = `${ctx.method} /${address.route}`;
    ctx.state.logFields = {
      tenant: visitor.actor.tenantId,
      provider: visitor.provider.id,
      exchange: exchange.id,
    };
    limit(visitor);
    if (ctx.method === 'OPTIONS')
      return { status: 204, headers: { Allow: allowedAt(routes, address.route) } };
    const method = ctx.method === 'HEAD' ? 'GET' : ctx.method;
    const handler = handlerAt(routes, address.route, method);
    if (visitor.provider.provisioning === 'PAUSED' && isWrite(address.route, method))
      throw paused();
    const scope = scopeOf(visit, visitor);
    const asked = await askedBy(visit, address, method);
    const work = async () => handler(scope, asked);
    return parts.inTurn ? parts.inTurn(visitor.actor.tenantId, work) : work();
  }

  function scopeOf({ ctx, exchange }: Visit, { actor, provider }: Visitor): Scope {
    return {
      directory: new Directory(parts.ground, actor, {
        ...ctx.state.trace,
        exchangeId: exchange.id,
      }),
      provider,
      exchange,
      log: ctx.state.log,
      walks,
      tolerant: !provider.strict,
      cursorKeys: parts.cursorKeys,
      shapes: shapesOf(provider.extensionAttributes),
      base: scimUrlOf(parts.publicUrl, provider) as string,
    };
  }

  async function askedBy(visit: Visit, { id, query }: Address, method: string): Promise<Asked> {
    const { ctx } = visit;
    if (method === 'POST' || method === 'PUT' || method === 'PATCH') {
      assertScimBody(ctx.get('content-type'));
      visit.body = await readBody(ctx.req, { types: BODY_TYPES });
      assertWellFormed(visit.body);
    }
    const header = (name: string) => ctx.get(name) || undefined;
    return {
      method,
      id,
      query,
      body: visit.body,
      ifMatch: header('if-match'),
      ifNoneMatch: header('if-none-match'),
      prefer: header('prefer'),
    };
  }

  function limit({ actor }: Visitor): void {
    const draw = parts.draw?.(actor.account);
    if (draw && !draw.allowed)
      throw new ScimError(429, 'Too many requests with this token.', undefined, {
        'Retry-After': String(draw.retryAfter),
      });
  }

  function refusal({ ctx, exchange }: Visit, thrown: unknown): Answer {
    const known = scimErrorOf(thrown, parts.isOutage);
    if (!known) ctx.state.log.error({ err: thrown }, 'A SCIM request failed.');
    const error = known ?? ourFault();
    exchange.did(`It was refused: ${error.detail}`);
    return { status: error.status, body: error.body(), headers: error.headers };
  }

  /** For the inspector and for what was last used; nobody waits for it. */
  function note({ ctx, exchange, visitor, address, body }: Visit, answer: Answer): void {
    if (!visitor) {
      if (answer.status < 500)
        refusedAtDoor.note(exchange, {
          method: ctx.method,
          path: ctx.originalUrl,
          status: answer.status,
          authorization: ctx.get('authorization'),
        });
      return;
    }
    const {
      actor: { tenantId },
      provider,
      credentialId,
    } = visitor;
    if (exchange.changed) walks.changed(`${tenantId} ${provider.id}`);
    parts.measure?.(provider.id, answer.status);
    parts.uses.note({ tenantId, credentialId, providerId: provider.id, changed: exchange.changed });
    parts.recorder.note(
      exchange.note({
        tenantId,
        providerId: provider.id,
        credentialId,
        method: ctx.method,
        path: pathBelow(ctx.originalUrl, address?.providerId ?? ''),
        status: answer.status,
        requestBody: body,
        responseBody: answer.body,
        bytes: (Number(ctx.get('content-length')) || 0) + (ctx.length ?? 0),
      }),
    );
  }

  return {
    name: 'scim',
    path: '/scim',
    handle,
    renderError(ctx, { status, detail }) {
      send(ctx, { status, body: new ScimError(status, detail).body() });
    },
  };
}

function send(ctx: RequestContext, { status, body, location, version, headers }: Answer): void {
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

/** Half a character is none: the database would refuse it, and with it everything that came along. */
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

/** The provider is told beside it. */
function pathBelow(url: string, providerId: string): string {
  const at = providerId === '' ? -1 : url.toLowerCase().indexOf(providerId);
  return at < 0 ? url : url.slice(at + providerId.length) || '/';
}
