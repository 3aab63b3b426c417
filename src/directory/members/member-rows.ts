import { sql } from 'kysely';
import { anyOf } from '../conditions/columns.ts';
import { invalid } from '../refusal.ts';
import type { Session } from '../session.ts';
import { columnList, columnsOf, derivedOf, type RowOf } from '../tables/rows.ts';
import { visibleMembers } from '../visibility.ts';
import { memberCondition } from './member-conditions.ts';
import { MemberSchema } from './member.ts';

export const memberColumns = columnsOf(MemberSchema, { except: derivedOf(MemberSchema) });
export type MemberRow = RowOf<'members', typeof memberColumns>;

export type MemberHandle =
  { id: string } | { userName: string } | { email: string } | { externalId: string };
type HandleName = 'id' | 'userName' | 'email' | 'externalId';

/** Written out once: the query builder would take each column apart in every statement. */
export const memberRow = columnList(memberColumns);

/** As far as the one who asks may see them, deleted ones included, in no order. */
export async function membersByIds(session: Session, ids: readonly string[]): Promise<MemberRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<MemberRow>`
    select ${memberRow} from members where members.tenant_id = ${session.tenantId}::uuid
      and ${anyOf(sql`members.id`, ids)} and ${visibleMembers(session)}
  `.execute(session.db);
  return rows;
}

/**
 * By any handle. A deleted member is found by its id only; where providers repeat a handle, a
 * member that is in use comes before one that was cut off. An address is no identity (rule 19): it
 * answers only when exactly one member has it, whoever may be seen of them.
 */
export async function memberByHandle(
  session: Session,
  handle: MemberHandle,
): Promise<MemberRow | null> {
  const [[field, value]] = Object.entries(handle) as [[HandleName, string]];
  if (field === 'id') return (await membersByIds(session, [value]))[0] ?? null;
  const where = memberCondition(session, { field, op: 'eq', value });
  const alone =
    'email' in handle
      ? sql`and not exists (select from members as other
          where other.tenant_id = ${session.tenantId}::uuid and other.email_key = members.email_key
            and other.id <> members.id and other.state <> 'DELETED')`
      : sql``;
  // An external id is a provider's: by all of the tenant's providers, the index of both is used.
  const linked =
    field === 'externalId'
      ? sql`and members.provider_id = any(array(select held.id from identity_providers as held
          where held.tenant_id = ${session.tenantId}::uuid))`
      : sql``;
  const { rows } = await sql<MemberRow>`
    select ${memberRow} from members where members.tenant_id = ${session.tenantId}::uuid
      and ${where} and members.state <> 'DELETED' and ${visibleMembers(session)} ${alone} ${linked}
    order by (origin = 'MANUAL' or provider_id is not null) desc, id limit 1
  `.execute(session.db);
  return rows[0] ?? null;
}

/** Exactly one handle, said as one: GraphQL has an argument for each. */
export function handleOf(handles: {
  [Name in HandleName]?: string | null | undefined;
}): MemberHandle {
  const given = Object.entries(handles).filter(([, value]) => value != null);
  if (given.length !== 1)
    throw invalid(
      'Name the member by exactly one of id, userName, email and externalId.',
      given[1]?.[0] ?? 'id',
    );
  return Object.fromEntries(given) as unknown as MemberHandle;
}
