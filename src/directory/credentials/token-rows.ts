import { sql } from 'kysely';
import type { ActorRecord, Permission } from '../actor.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';

export const TOKEN_KINDS = ['PERSONAL', 'SCIM', 'SERVICE'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** An API token as it may be shown: never its secret, nor the digest. */
export interface ApiTokenRow {
  tenantId: string;
  id: string;
  name: string;
  kind: TokenKind;
  permissions: Permission[];
  lastFour: string;
  memberId: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
  /** Who made it; null where that was not recorded. */
  madeBy: ActorRecord | null;
  outlivesOwner: boolean;
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

/** One's own tokens; all of them for who administers tokens or reads what others did (rule 28). The token in use always sees itself. */
function visibleTokens(session: Session) {
  const { actor, tenantId } = session;
  const query = session.db
    .selectFrom('credentials as c')
    .leftJoin('credential_uses as u', join =>
      join.onRef('u.credential_id', '=', 'c.id').on('u.tenant_id', '=', tenantId),
    )
    .where('c.tenant_id', '=', tenantId)
    .where('c.kind', '<>', 'PROVIDER')
    .select([
      'c.tenant_id as tenantId',
      'c.id',
      'c.name',
      'c.kind',
      'c.permissions',
      'c.last_four as lastFour',
      'c.member_id as memberId',
      'c.created_at as createdAt',
      'c.expires_at as expiresAt',
      'u.last_used_at as lastUsedAt',
      'c.revoked_at as revokedAt',
      'c.made_by as madeBy',
      'c.outlives_owner as outlivesOwner',
    ]);
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
