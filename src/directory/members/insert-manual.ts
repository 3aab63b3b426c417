import { sql } from 'kysely';
import { Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';
import { folded } from '../tables/folded.ts';
import { newId } from '../tables/ids.ts';
import { type Described, valuesOf } from './description.ts';
import { memberColumns, type MemberRow } from './member-rows.ts';
import type { MemberState } from './member.ts';

interface ManualMember extends Partial<Described> {
  userName: string;
  email: string;
  displayName: string;
  roleId: string;
  handRoleId: string | null;
  state: MemberState;
}

/**
 * Inserts unless somebody has the user name or the address: a person's row must not repeat even a
 * provider's.
 */
export async function insertManual(session: Session, facts: ManualMember): Promise<MemberRow> {
  const member = await session.insert(
    'members',
    {
      id: newId(),
      ...valuesOf(facts),
      role_id: facts.roleId,
      hand_role_id: facts.handRoleId,
      state: facts.state,
    },
    memberColumns,
    { where: sql`not exists (${holderOf(session, facts)})` },
  );
  if (member) return member;
  await assertFree(session, facts, null, () => 'email');
  throw new Refusal('user-name-taken', 'A member with this user name already exists.', {
    field: ['email'],
  });
}

function holderOf(
  session: Session,
  { userName, email }: { userName?: string | undefined; email?: string | null | undefined },
  except: string | null = null,
) {
  return sql<{ id: string; byName: boolean }>`
    select id, user_name_key = ${folded(userName ?? null)} as "byName" from members
    where tenant_id = ${session.tenantId} and state <> 'DELETED'
      and id is distinct from ${except}::uuid
      and (user_name_key = ${folded(userName ?? null)} or email_key = ${folded(email ?? null)})
    limit 1
  `;
}

/**
 * Refuses a user name or an address that another living member has, whoever made it. `said` is
 * where the caller was told it: an address may be both.
 */
export async function assertFree(
  session: Session,
  wanted: { userName?: string | undefined; email?: string | null | undefined },
  except: string | null,
  said: (what: 'userName' | 'email') => string,
): Promise<void> {
  const holder = (await holderOf(session, wanted, except).execute(session.db)).rows[0];
  if (!holder) return;
  throw holder.byName
    ? new Refusal('user-name-taken', 'A member with this user name already exists.', {
        field: [said('userName')],
        holderId: holder.id,
      })
    : new Refusal('email-taken', 'A member with this address already exists.', {
        field: [said('email')],
        holderId: holder.id,
      });
}
