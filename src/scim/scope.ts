import { type Directory, type ProviderFacts, versionOf } from '../directory/index.ts';
import type { Log } from '../platform/http/index.ts';
import type { Exchange } from './exchange.ts';
import type { ListPositions } from './lists/positions.ts';
import type { CursorSeal, JsonObject, ReadingOptions } from './protocol/index.ts';
import type { Shapes } from './schemas.ts';

/** The context of one request for its handler. */
export interface Scope extends ReadingOptions {
  readonly directory: Directory;
  readonly provider: ProviderFacts;
  readonly shapes: Shapes;
  /** The base URL of this provider's resources, from PUBLIC_URL: `https://.../scim/v2/<id>`. */
  readonly base: string;
  readonly tolerant: boolean;
  readonly exchange: Exchange;
  readonly log: Log;
  readonly positions: ListPositions;
  readonly cursorKeys: Pick<CursorSeal, 'key' | 'previousKey'>;
}

/** A request that was read; its body is not checked yet. */
export interface ScimRequest {
  readonly method: string;
  /** The last part of the address, where it names one thing. */
  readonly id: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** The id that what is made shall have, where others speak of it already. */
  readonly newId?: string | undefined;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly prefer: string | undefined;
}

export interface ScimResponse {
  readonly status: number;
  readonly body?: JsonObject;
  /** Of the resource that was made or changed. */
  readonly id?: string;
  readonly location?: string;
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (scope: Scope, request: ScimRequest) => Promise<ScimResponse>;

/** The address of a resource, never from what the client called us. */
export const locationOf = ({ base }: Pick<Scope, 'base'>, endpoint: string, id: string): string =>
  `${base}${endpoint}/${encodeURIComponent(id)}`;

/** The version of a resource as an entity tag (RFC 7644 section 3.14). */
export const etagOf = (row: { version: number }): string => `W/"${versionOf(row)}"`;

/** RFC 7240: what the client would like to have back. */
export const prefers = ({ prefer }: ScimRequest, what: 'minimal' | 'representation'): boolean =>
  prefer !== undefined &&
  new RegExp(`(^|[,;\\s])return\\s*=\\s*"?${what}"?($|[,;\\s])`, 'i').test(prefer);
