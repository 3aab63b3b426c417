import type { ExchangeRecorder, Store, UseNotes } from '../directory/index.ts';
import type { Draw, InTurn, RequestContext } from '../platform/http/index.ts';
import type { Address } from './address.ts';
import type { ScimCaller } from './authenticate.ts';
import type { Exchange } from './exchange.ts';
import type { ListPositions } from './lists/positions.ts';
import type { RefusedAtDoor } from './refused-at-door.ts';
import type { Routes } from './routes.ts';
import type { Scope, ScimRequest } from './scope.ts';

export interface ScimParts {
  store: Store;
  publicUrl: string;
  /** Seals cursors. */
  cursorKeys: Scope['cursorKeys'];
  recorder: Pick<ExchangeRecorder, 'note' | 'noteSoon'>;
  uses: Pick<UseNotes, 'note'>;
  isOutage: (fault: unknown) => boolean;
  /** Counts an answer to a provider. */
  measure?: (providerId: string, status: number) => void;
  /** Without it a tenant's work is done at once. */
  inTurn?: InTurn;
  /** The allowance of a credential; without it there is no limit. */
  draw?: Draw;
}

/** State that lives as long as the door. */
export interface ScimService extends ScimParts {
  routes: Routes;
  positions: ListPositions;
  refusedAtDoor: RefusedAtDoor;
}

/** One request being answered: what is known of it so far. */
export interface RequestInProgress {
  readonly ctx: RequestContext;
  readonly exchange: Exchange;
  address?: Address | null;
  caller?: ScimCaller;
  body?: unknown;
  /** Read once, also where the caller has to be asked anew. */
  request?: Promise<ScimRequest>;
}
