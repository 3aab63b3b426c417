import type { AuditEntryRow, Directory, Permission } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import type { Source } from '../http/streams/log-followers.ts';
import type { Written } from '../http/streams/tail.ts';

/** What type-graphql hands to whoever opens a stream. */
export interface Asked<Args> {
  args: Args;
  context: Context;
}

export type Stream<Row> = Promise<AsyncGenerator<Row, void>>;

/** What is written in a tenant's audit log from now on, for whoever may know of it. */
export async function newsOf(
  { args: { tenantId }, context }: Asked<{ tenantId?: string | null }>,
  permission: Permission,
): Promise<{ directory: Directory; news: AsyncGenerator<AuditEntryRow[], void> }> {
  const directory = await context.enter(tenantId);
  directory.require(permission);
  return { directory, news: await follow(context, auditLogOf(directory.tenantId)) };
}

const auditLogOf = (tenantId: string): Source<AuditEntryRow> => ({
  tenantId,
  key: `audit ${tenantId}`,
  since: (directory, from, most) => directory.audit.since(from, most),
});

export function follow<Row extends Written>(context: Context, source: Source<Row>): Stream<Row[]> {
  if (!context.live) throw new Error('There is nothing to follow here.');
  return context.live.follow(source, context);
}
