import type { Directory, Outbox } from '../directory/index.ts';
import type { Mailer } from '../platform/index.ts';
import { Drain, type DrainLog, type DrainOptions } from './drain.ts';
import { invitations } from './invitations.ts';

export interface OutboundSettings {
  outbox: Outbox;
  /** The directory of a tenant in the hands of the service itself. */
  directoryOf: (tenantId: string) => Directory;
  mailer: Mailer;
  publicUrl: string;
  log: DrainLog;
  options?: Partial<DrainOptions>;
}

export interface Outbound {
  /** Something is owed: deliver it now. */
  wake(): void;
  /** Finishes what is being delivered and takes nothing new. */
  stop(): Promise<void>;
}

const DEFAULTS: DrainOptions = { pollMs: 1_000, atOnce: 5, attempts: 7, backoffSeconds: 15 };

/** Word sent out after commit. Several processes may do it on one database. */
export function startOutbound({ outbox, log, options, ...post }: OutboundSettings): Outbound {
  return new Drain(outbox, { invitation: invitations(post) }, log, { ...DEFAULTS, ...options });
}
