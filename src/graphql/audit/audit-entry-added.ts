import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { AuditEntryRow, Directory } from '../../directory/index.ts';
import { withTenant } from '../loaders/with-tenant.ts';
import { auditStream, type EventsOf, type SubscriptionCall } from '../schema/audit-stream.ts';
import { AuditEntry } from './audit-entry.ts';
import { AuditFilter, auditFilterOf } from './audit-log.ts';

interface EntryAddedArgs {
  tenantId?: string | null;
  filter?: AuditFilter | null;
}

@Resolver()
export class AuditEntryAdded {
  @Subscription(() => AuditEntry, {
    description:
      'Each audit entry after it was committed. Needs AUDIT_READ. Each event costs the ' +
      'price of the selection.',
    subscribe: addedEntries,
  })
  auditEntryAdded(
    @Root() entry: AuditEntryRow,
    @Arg('tenantId', () => ID, {
      nullable: true,
      description: "The tenant to follow; the credential's own when omitted.",
    })
    _tenantId?: string | null,
    @Arg('filter', () => AuditFilter, {
      nullable: true,
      description: 'Only entries that meet this filter.',
    })
    _filter?: AuditFilter | null,
  ): AuditEntryRow {
    return entry;
  }
}

async function addedEntries(call: SubscriptionCall<EntryAddedArgs>): EventsOf<AuditEntryRow> {
  const { directory, batches } = await auditStream(call, 'AUDIT_READ');
  return entriesIn(batches, directory, matcher(call.args.filter ?? {}));
}

async function* entriesIn(
  batches: AsyncGenerator<AuditEntryRow[], void>,
  directory: Directory,
  meets: (entry: AuditEntryRow) => boolean,
): AsyncGenerator<AuditEntryRow, void> {
  for await (const entries of batches) yield* withTenant(directory, entries.filter(meets));
}

/** The list's filter as a predicate over one entry. */
function matcher(filter: AuditFilter): (entry: AuditEntryRow) => boolean {
  const { action, subjectId, actorId, providerId, outcome, at, correlationId, requestId } =
    auditFilterOf(filter);
  const among = (
    wanted: readonly string[] | null | undefined,
    ...held: (string | null | undefined)[]
  ) => !wanted || held.some(value => value != null && wanted.includes(value));
  return entry =>
    among(action, entry.action) &&
    among(outcome, entry.outcome) &&
    among(subjectId, entry.subjectId, entry.relatedId) &&
    among(actorId, entry.actorId, entry.actor.credentialId, entry.actor.providerId) &&
    among(providerId, entry.providerId, entry.subjectId) &&
    (correlationId == null || correlationId === entry.correlationId) &&
    (requestId == null || requestId === entry.requestId) &&
    (at?.gte == null || entry.at >= at.gte) &&
    (at?.lt == null || entry.at < at.lt);
}
