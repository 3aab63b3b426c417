import type { AuditEntryRow, Directory, Permission } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import type { LogSource } from '../http/streams/log-followers.ts';
import type { LogRow } from '../http/streams/tail.ts';

/** The arguments of a subscription's `subscribe` function. */
export interface SubscriptionCall<Args> {
  args: Args;
  context: Context;
}

export type EventsOf<Row> = Promise<AsyncGenerator<Row, void>>;

/**
 * The audit log of a tenant from now on. Refuses: not-found, and forbidden without the permission.
 */
export async function auditStream(
  { args: { tenantId }, context }: SubscriptionCall<{ tenantId?: string | null }>,
  permission: Permission,
): Promise<{ directory: Directory; batches: AsyncGenerator<AuditEntryRow[], void> }> {
  const directory = await context.enter(tenantId);
  directory.require(permission);
  return { directory, batches: await follow(context, auditLogOf(directory.tenantId)) };
}

const auditLogOf = (tenantId: string): LogSource<AuditEntryRow> => ({
  tenantId,
  key: `audit ${tenantId}`,
  since: (directory, from, most) => directory.audit.since(from, most),
});

export function follow<Row extends LogRow>(
  context: Context,
  source: LogSource<Row>,
): EventsOf<Row[]> {
  if (!context.stream) throw new Error('There is nothing to follow here.');
  return context.stream.follow(source, context);
}
