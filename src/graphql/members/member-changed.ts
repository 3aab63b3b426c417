import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import {
  type AuditEntryRow,
  type Directory,
  MEMBER_STATES,
  type MemberRow,
} from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { auditStream, type EventsOf, type SubscriptionCall } from '../schema/audit-stream.ts';
import { memberCondition, MemberFilter } from './member-list.ts';
import { Member } from './member.ts';

interface MemberChangedArgs {
  tenantId?: string | null;
  filter?: MemberFilter | null;
}

@Resolver()
export class MemberChanged {
  @Subscription(() => Member, {
    description:
      'Each member that was changed, as it is after the change; deleted ones too. ' +
      'Needs DIRECTORY_READ. Each event costs the price of the selection.',
    subscribe: changedMembers,
  })
  memberChanged(
    @Root() member: MemberRow,
    @Arg('tenantId', () => ID, {
      nullable: true,
      description: "The tenant to follow; the credential's own when omitted.",
    })
    _tenantId?: string | null,
    @Arg('filter', () => MemberFilter, {
      nullable: true,
      description: 'Only members that meet this filter after the change.',
    })
    _filter?: MemberFilter | null,
  ): MemberRow {
    return member;
  }
}

async function changedMembers(call: SubscriptionCall<MemberChangedArgs>): EventsOf<MemberRow> {
  const { directory, batches } = await auditStream(call, 'DIRECTORY_READ');
  return membersIn(batches, call.context, directory, call.args.filter);
}

/** Each member that the entries of a batch are about, once, as it is now; deleted ones too. */
async function* membersIn(
  batches: AsyncGenerator<AuditEntryRow[], void>,
  context: Context,
  directory: Directory,
  filter: MemberFilter | null | undefined,
): AsyncGenerator<MemberRow, void> {
  for await (const entries of batches) {
    const ids = new Set(
      entries.flatMap(entry =>
        entry.subjectType === 'Member' && entry.outcome === 'SUCCESS' && entry.subjectId !== null
          ? [entry.subjectId]
          : [],
      ),
    );
    for (const some of chunks([...ids])) {
      const where = {
        and: [
          { field: 'id', op: 'in', value: some },
          { field: 'state', op: 'in', value: MEMBER_STATES },
          ...(filter ? [memberCondition(filter)] : []),
        ],
      } as const;
      const page = await context.inTurn(() => directory.members.page({ where, first: BATCH }));
      for (const { row } of page.items) yield row;
    }
  }
}

const BATCH = 500;

function* chunks(ids: string[]): Generator<string[]> {
  for (let at = 0; at < ids.length; at += BATCH) yield ids.slice(at, at + BATCH);
}
