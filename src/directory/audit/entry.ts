import type { Actor, ActorRecord } from '../actor.ts';
import type { MessageKind } from '../outbox/message.ts';
import type { AttributeChange, Outcome, SubjectType } from './audit-entry.ts';
import type { Delta } from './delta.ts';

/** An audit entry as a verb records it. Actor, time and call are added when it is written. */
export interface Entry {
  action: string;
  subject: {
    type: SubjectType;
    id: string | null;
    name: string;
    handle?: string | null;
    /** Of a person who is not there: what else they would have been found by. */
    handles?: readonly (string | null)[];
  };
  related?: { id: string; name: string };
  /**
   * Ids of members whom the entry names although it is about something else: it is found by their
   * handles too.
   */
  members?: readonly string[];
  changes?: AttributeChange[];
  outcome?: Outcome;
  providerId?: string | null;
  reason?: string | null;
  explanation?: Record<string, unknown>;
  /**
   * The columns that changed in the row that the entry speaks of. Handed over by the one who writes
   * rows (tables/row-writes.ts), never by a verb.
   */
  delta?: Delta | null;
  /** The actor, when it is not the caller: an expired lock releases itself. */
  by?: ActorRecord;
}

/** The entries that a change would write, and a digest to ask for exactly this change. */
export interface Plan {
  entries: Entry[];
  digest: string;
}

/** The ids that tie the entries of one call together. */
export interface Trace {
  /** Ours, made for each call: no two calls share it. */
  correlationId: string;
  /** The X-Request-Id that the caller sent; not unique. */
  requestId?: string;
  exchangeId?: string;
}

/** The author and the call of entries. */
export interface Caller {
  tenantId: string;
  actor: Actor;
  trace: Trace;
}

/** A message to the outside that is written with the entries. */
export interface QueuedMessage {
  kind: MessageKind;
  payload: Record<string, unknown>;
}
