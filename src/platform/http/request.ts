import type { Middleware, ParameterizedContext } from 'koa';
import type { Log } from '../index.ts';
import type { Fault } from './fault.ts';

/** The ids by which the log lines and audit entries of one request are found. */
export interface RequestTrace {
  /** Made here for each request: no two share it. */
  correlationId: string;
  /** The caller's own name for the request (X-Request-Id); other callers may have used the same. */
  requestId?: string;
}

/** Koa's `ctx.state`. The server sets the first two before anything else sees the request. */
export interface RequestState {
  trace: RequestTrace;
  /** Writes the trace with each line. */
  log: Log;
  door?: Pick<Door, 'name'> & Partial<Door>;
  /** The path as a pattern, without ids: a label of the metrics. */
  route?: string;
  /** More fields for the line that the log has of each request. */
  logFields?: object;
}

export type RequestContext = ParameterizedContext<RequestState>;
export type RequestHandler = Middleware<RequestState>;

/** A facade as the server sees it: it handles every request below its paths. */
export interface Door {
  name: string;
  path: string | readonly string[];
  handle: RequestHandler;
  /** Writes a fault in the door's own format; without it the body is `{ error }`. */
  renderError?: (ctx: RequestContext, fault: Pick<Fault, 'status' | 'detail'>) => void;
}

/**
 * Runs a tenant's work when it is the tenant's turn. Throws a Fault (429) when too much already
 * waits.
 */
export type InTurn = <T>(tenantId: string, work: () => Promise<T>) => Promise<T>;

/** Takes one request from the allowance of a credential. */
export type Draw = (account: string) => { allowed: boolean; retryAfter: number };
