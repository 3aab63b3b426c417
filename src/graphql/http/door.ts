import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import cors from '@koa/cors';
import type { GraphQLError } from 'graphql';
import type { Store, UseNotes } from '../../directory/index.ts';
import type {
  Door,
  Draw,
  InTurn,
  RequestContext,
  RequestHandler,
} from '../../platform/http/index.ts';
import { causeOf, type Faults, isFault, toClientError } from '../errors.ts';
import { type PlanMode, PlannedQueries } from '../planned/planned-queries.ts';
import { directorySchema } from '../schema/schema.ts';
import type { OidcSettings } from './access-tokens.ts';
import { startApollo } from './apollo.ts';
import { Authenticator } from './authenticator.ts';
import { renderFault } from './error-response.ts';
import { Budget } from './limits/budget.ts';
import type { Measure } from './measure-plugin.ts';
import { answerOperation } from './operations.ts';
import { sandbox, type SandboxMode } from './sandbox/sandbox.ts';
import { EventStreams } from './streams/event-streams.ts';
import { LogFollowers } from './streams/log-followers.ts';
import { Streams } from './streams/streams.ts';
import { WebSockets } from './streams/web-sockets.ts';

export interface GraphqlParts extends Faults {
  store: Store;
  publicUrl: string;
  production: boolean;
  sandbox: SandboxMode;
  corsOrigins: readonly string[];
  oidc?: OidcSettings | undefined;
  /** Runs a tenant's work in its turn; without it, at once. */
  inTurn?: InTurn;
  /** Counts an operation by its name, with the codes of what went wrong in it. */
  measure?: Measure;
  noteUse?: UseNotes['note'];
  /** Takes one request from the credential's allowance, which all doors share. */
  draw?: Draw | undefined;
  /** Points that a credential may spend in a minute. */
  budget?: number;
  /** Whether queries that have a plan are answered by one statement. */
  plans?: PlanMode | undefined;
}

export interface GraphqlDoor extends Door {
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, address: string) => void;
  /** Ends the WebSockets and event streams, which do not end by themselves. */
  closeStreams: () => Promise<void>;
  stop: () => Promise<void>;
}

const ENDPOINTS = new Set(['/graphql', '/graphql/stream']);

export async function graphqlDoor(parts: GraphqlParts): Promise<GraphqlDoor> {
  const schema = directorySchema();
  const budget = new Budget(parts.budget);
  const followers = new LogFollowers(parts.store, fault =>
    parts.log.warn({ err: fault }, 'The audit log could not be followed.'),
  );
  const authenticator = new Authenticator({ ...parts, followers });
  const apollo = await startApollo(parts, budget, parts.measure);
  const streams = new Streams({
    schema,
    budget,
    draw: parts.draw,
    contextFor: (...caller) => authenticator.streamContextFor(...caller),
    renderError: error => renderStreamError(error, parts),
  });
  const planned = new PlannedQueries({ ...parts, schema, budget, mode: parts.plans ?? 'on' });
  const operations = {
    ...parts,
    authenticator,
    apollo,
    planned,
    events: new EventStreams(streams),
  };
  const sockets = new WebSockets(streams);
  const allowOrigins = crossOrigin(parts.corsOrigins);
  const serveSandbox = sandbox(parts.sandbox, parts.publicUrl);
  return {
    name: 'graphql',
    path: ['/graphql', '/', '/sandbox'],
    handle: (ctx, next) =>
      allowOrigins(ctx, () =>
        serveSandbox(ctx, async () => {
          if (ENDPOINTS.has(ctx.path)) await answerOperation(ctx, operations);
          return next();
        }),
      ),
    renderError: renderFault,
    upgrade: (request, socket, head, address) => {
      if (ENDPOINTS.has(new URL(request.url ?? '', 'http://localhost').pathname))
        sockets.take(request, socket, head, address);
      else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    },
    closeStreams: async () => {
      followers.close();
      await sockets.close();
    },
    stop: () => apollo.stop(),
  };
}

function crossOrigin(origins: readonly string[]): RequestHandler {
  return cors({
    origin: (ctx: RequestContext) => (origins.includes(ctx.get('origin')) ? ctx.get('origin') : ''),
    allowMethods: ['GET', 'POST'],
    exposeHeaders: ['X-Request-Id', 'Retry-After'],
    maxAge: 600,
  });
}

function renderStreamError(error: GraphQLError, faults: Faults) {
  if (isFault(error)) faults.log.error({ err: causeOf(error) }, 'A GraphQL stream failed.');
  return toClientError(error.toJSON(), error, faults);
}
