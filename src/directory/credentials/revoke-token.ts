import { sql } from 'kysely';
import type { Permission } from '../actor.ts';
import { assertMayGive, assertMayReach } from '../authority.ts';
import { notFound, Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';
import { isOneself } from '../visibility.ts';
import { assertWithinKind } from './begetting.ts';
import { type ApiTokenRow, governsTokens, tokensByIds } from './token-rows.ts';

/**
 * Revokes the token, and what was made with it, at any remove: whoever stole a token must not live
 * on in one that it made. A token made to outlive its maker was given for good, and stays.
 */
export function revokeToken(session: Session, id: string): Promise<ApiTokenRow> {
  return session.change(async () => {
    const [token] = await tokensByIds(session, [id]);
    if (!token) throw notFound('token');
    session.attempting('token.revoked', subjectOf(token));
    await assertMayRevoke(session, token);
    const { rows } = await sql<{ id: string; name: string; revokedAt: Date }>`
      with recursive reached as (
        select id from credentials where tenant_id = ${session.tenantId} and id = ${id}
        union select c.id from credentials c join reached r on c.made_with = r.id
        where c.tenant_id = ${session.tenantId})
      update credentials set revoked_at = now()
      where tenant_id = ${session.tenantId} and id = any(array(select id from reached))
      and revoked_at is null
      returning id, name, revoked_at as "revokedAt"
    `.execute(session.db);
    for (const each of rows)
      session.record({
        action: 'token.revoked',
        subject: subjectOf(each),
        reason: each.id === id ? null : `It was made with the token "${token.name}".`,
      });
    return { ...token, revokedAt: rows.find(each => each.id === id)?.revokedAt ?? token.revokedAt };
  });
}

const subjectOf = ({ id, name }: Pick<ApiTokenRow, 'id' | 'name'>) => ({
  type: 'ApiToken' as const,
  id,
  name,
});

/**
 * Itself, always. One's own: within the kind and the permissions of the credential in use.
 * Another's: with all that its holder has (rule 25).
 */
async function assertMayRevoke(session: Session, token: ApiTokenRow): Promise<void> {
  const { actor } = session;
  if (token.id === actor.credential?.id) return;
  const isOwn = token.memberId !== null && isOneself(session, token.memberId);
  if (!isOwn && !governsTokens(session))
    throw new Refusal('forbidden', 'This needs the permission ROLE_ADMIN or PROVISIONING_ADMIN.');
  assertWithinKind(actor, token.kind);
  if (token.memberId !== null && !isOwn)
    await assertMayReach(session, { members: [{ id: token.memberId }] }, 'id');
  else
    assertMayGive(
      session,
      { kind: 'token', name: token.name, permissions: await permissionsOf(session, token) },
      'id',
    );
}

/** The permissions that the token has now. */
async function permissionsOf(
  session: Session,
  { memberId, permissions }: ApiTokenRow,
): Promise<Permission[]> {
  if (memberId === null) return permissions;
  const { rows } = await sql<{ permissions: Permission[] }>`
    select r.permissions from members m join roles r on r.tenant_id = ${session.tenantId}
    and r.id = m.role_id
    where m.tenant_id = ${session.tenantId} and m.id = ${memberId}
  `.execute(session.db);
  return permissions.filter(permission => rows[0]?.permissions.includes(permission));
}
