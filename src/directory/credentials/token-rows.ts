import { sql } from 'kysely';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { columnsAs, columnsOf, type RowOf } from '../tables/rows.ts';
import { CredentialSchema } from './credential.ts';

export const TOKEN_KINDS = ['PERSONAL', 'SCIM', 'SERVICE'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** Never the secret, nor its digest. */
const columns = columnsOf(CredentialSchema, {
  only: [
    'tenantId',
    'id',
    'name',
    'kind',
    'permissions',
    'lastFour',
    'memberId',
    'createdAt',
    'expiresAt',
    'revokedAt',
    'madeBy',
    'outlivesOwner',
  ],
});

/** An API token as it may be shown. Where it was not recorded who made it, `madeBy` is null. */
export interface ApiTokenRow extends Omit<RowOf<'credentials', typeof columns>, 'kind'> {
  kind: TokenKind;
  lastUsedAt: Date | null;
}

/** The list has no pages. */
const MOST_LISTED = 1_000;

/** Newest first, revoked ones included. */
export function tokens(session: Session): Promise<ApiTokenRow[]> {
  return visibleTokens(session).orderBy('c.id', 'desc').limit(MOST_LISTED).execute() as Promise<
    ApiTokenRow[]
  >;
}

export async function tokensByIds(
  session: Session,
  ids: readonly string[],
): Promise<ApiTokenRow[]> {
  if (ids.length === 0) return [];
  return visibleTokens(session)
    .where('c.id', '=', sql<string>`any(${ids.filter(isId)}::uuid[])`)
    .execute() as Promise<ApiTokenRow[]>;
}

/**
 * One's own tokens; all of them for who administers tokens or reads what others did (rule 28). The
 * token in use always sees itself.
 */
function visibleTokens(session: Session) {
  const { actor, tenantId } = session;
  const query = session.db
    .selectFrom('credentials as c')
    .leftJoin('credential_uses as u', join =>
      join.onRef('u.credential_id', '=', 'c.id').on('u.tenant_id', '=', tenantId),
    )
    .where('c.tenant_id', '=', tenantId)
    .where('c.kind', '<>', 'PROVIDER')
    .select([...columnsAs('c', columns), 'u.last_used_at as lastUsedAt']);
  if (governsTokens(session) || actor.may('AUDIT_READ')) return query;
  // A person of the parent has no tokens of their own in a child.
  if (actor.tenantId !== tenantId) return query.where(sql<boolean>`false`);
  const { memberId, credentialId } = actor.record;
  return query.where(each =>
    each.or([
      ...(memberId ? [each('c.member_id', '=', memberId)] : []),
      ...(credentialId ? [each('c.id', '=', credentialId)] : []),
    ]),
  );
}

export const governsTokens = ({ actor }: Session): boolean =>
  actor.may('PROVISIONING_ADMIN') || actor.may('ROLE_ADMIN');
