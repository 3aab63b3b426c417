import { sql } from 'kysely';
import { Actor } from '../actor.ts';
import { subjectOf } from '../members/subject.ts';
import { Session } from '../session.ts';
import { newId } from '../tables/ids.ts';
import type { Store } from '../tables/store.ts';
import { ownTenant } from '../tenants/tenant-rows.ts';
import { type Candidate, MOST_CANDIDATES } from './candidates.ts';
import type { SignInClaims } from './claims.ts';
import type { SignInRefusalReason } from './sign-in-refusal.ts';

const TOLD_AGAIN_AFTER = sql`interval '1 hour'`;
const TOLD_AN_HOUR = 50;
const KEPT = sql`interval '30 days'`;
const NAMES_SHOWN = 3;

const sentences: Record<SignInRefusalReason, (who: string, text: string) => string> = {
  TAKEN: (who, text) =>
    `The sign-in as "${text}" was refused: ${who} is bound to another subject of this OpenID ` +
    'provider. If this is the same person, unbind them first.',
  AMBIGUOUS: (who, text) =>
    `The sign-in as "${text}" was refused: it could mean ${who}. Give each of them a user name ` +
    'and an address of their own.',
  UNVERIFIED: (who, text) =>
    `The sign-in as "${text}" was refused: it is an address of ${who}, and the token does not ` +
    'say that it was verified.',
  ADMINISTERING: (who, text) =>
    `The sign-in as "${text}" was refused: the role of ${who} can administer, and an address ` +
    'alone opens no such role. Let the token name the id or the user name.',
};

/**
 * Binds the subject to the member, if both are still free and the member is as it was found: one
 * guarded insert, so that two sign-ins at once make one binding. Says whether this call made it.
 */
export function bind(
  store: Store,
  { tenantId, issuer, subject }: SignInClaims,
  member: Candidate,
): Promise<boolean> {
  const record = { kind: 'member', name: member.displayName, memberId: member.id } as const;
  const session = new Session(
    store,
    new Actor({ tenantId, record, permissions: member.permissions }),
    { correlationId: newId() },
  );
  return session.change(async () => {
    await sql`
      delete from sign_in_bindings b using members gone
      where b.tenant_id = ${tenantId} and b.issuer = ${issuer} and b.subject = ${subject}
        and gone.tenant_id = ${tenantId} and gone.id = b.member_id and gone.state = 'DELETED'
    `.execute(session.db);
    const { rows } = await sql`
      insert into sign_in_bindings (tenant_id, issuer, subject, member_id)
      select ${tenantId}, ${issuer}, ${subject}, m.id from members m
      where m.tenant_id = ${tenantId} and m.id = ${member.id} and m.version = ${member.version}
      and m.state = 'ACTIVE'
      on conflict do nothing returning 1
    `.execute(session.db);
    if (rows.length === 0) return false;
    await sql`
      delete from sign_in_refusals where tenant_id = ${tenantId} and issuer = ${issuer}
      and subject = ${subject}`.execute(session.db);
    session.record({
      action: 'signIn.bound',
      subject: subjectOf(member),
      changes: [
        { name: 'issuer', after: issuer },
        { name: 'subject', after: subject },
      ],
    });
    return true;
  });
}

/**
 * Leaves a FAILURE entry for an administrator: once an hour for each subject and reason, and only
 * so many an hour for a tenant.
 */
export async function tellOfRefusal(
  store: Store,
  { tenantId, issuer, subject, claimed }: SignInClaims,
  reason: SignInRefusalReason,
  members: readonly Candidate[],
): Promise<void> {
  const session = new Session(store, Actor.system(tenantId), { correlationId: newId() });
  await session.change(async () => {
    const { rows } = await sql`
      insert into sign_in_refusals as known (tenant_id, issuer, subject, reason, claimed)
      select ${tenantId}, ${issuer}, ${subject}, ${reason}, ${claimed}
      where (select count(*) from sign_in_refusals where tenant_id = ${tenantId}
      and told_at > now() - ${TOLD_AGAIN_AFTER}) < ${TOLD_AN_HOUR}
      on conflict (tenant_id, issuer, subject, reason) do update set claimed = excluded.claimed,
      told_at = now()
        where known.told_at < now() - ${TOLD_AGAIN_AFTER}
      returning 1
    `.execute(session.db);
    if (rows.length === 0) return;
    await sql`
      delete from sign_in_refusals where tenant_id = ${tenantId}
      and told_at < now() - ${KEPT}`.execute(session.db);
    const [only, ...others] = members;
    session.record({
      action: 'signIn.refused',
      outcome: 'FAILURE',
      subject:
        only && others.length === 0
          ? subjectOf(only)
          : { type: 'Tenant', id: tenantId, name: (await ownTenant(session)).name },
      reason: sentences[reason](namesOf(members), claimed),
      changes: [
        { name: 'issuer', after: issuer },
        { name: 'subject', after: subject },
      ],
    });
  });
}

function namesOf(members: readonly Candidate[]): string {
  const names = members
    .slice(0, NAMES_SHOWN)
    .map(({ displayName, userName }) => `${displayName} (${userName})`);
  const left = members.length - names.length;
  const least = members.length === MOST_CANDIDATES ? 'at least ' : '';
  return [...names, ...(left > 0 ? [`${least}${left} more`] : [])].join(' and ');
}
