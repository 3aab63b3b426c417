import { type Permission, PERMISSIONS } from '../actor.ts';
import { notFound, Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';
import { ownerOf } from './begetting.ts';
import { CredentialSchema } from './credential.ts';
import type { SecretKind } from './secret.ts';
import type { ApiTokenRow, TokenKind } from './token-rows.ts';

export interface NewToken {
  name: string;
  kind: TokenKind;
  permissions: readonly Permission[];
  expiresAt?: Date | null;
  outlivesOwner?: boolean;
}

const spelledAs: Record<TokenKind, SecretKind> = { PERSONAL: 'pat', SCIM: 'scim', SERVICE: 'svc' };

/**
 * Makes a personal token for a member: only the system actor may. Refuses: forbidden, not-found.
 */
export async function issuePersonal(
  session: Session,
  memberId: string,
  name: string,
  {
    permissions = PERMISSIONS,
    expiresAt = null,
  }: { permissions?: readonly Permission[]; expiresAt?: Date | null } = {},
) {
  if (session.actor.record.kind !== 'system')
    throw new Refusal('forbidden', 'Only the service itself makes tokens for others.');
  return session.change(async () => {
    const member = await session
      .rows('members')
      .select('id')
      .where('id', '=', memberId)
      .where('state', '=', 'ACTIVE')
      .executeTakeFirst();
    if (!member) throw notFound('active member', 'memberId');
    return issue(session, {
      name,
      kind: 'PERSONAL',
      permissions: [...permissions],
      expiresAt,
      outlivesOwner: false,
      memberId,
    });
  });
}

type Issued = Required<Omit<NewToken, 'permissions'>> & {
  permissions: Permission[];
  memberId: string | null;
};

/** Inserts the token and records it. What its maker may give has been checked. */
export async function issue(
  session: Session,
  { name, kind, permissions, expiresAt, outlivesOwner, memberId }: Issued,
): Promise<{ token: ApiTokenRow; secret: string }> {
  const { actor, tenantId } = session;
  const { text, digest, lastFour } = session.store.secrets.issue(spelledAs[kind], tenantId);
  const { ownerId, ownerTenantId, madeWith } = ownerOf(actor, outlivesOwner);
  const token = session.em.create(
    CredentialSchema,
    {
      tenantId,
      kind,
      name,
      digest,
      lastFour,
      memberId,
      permissions,
      expiresAt,
      madeBy: actor.record,
      madeWith,
      ...(kind === 'SERVICE' && { ownerId, ownerTenantId }),
      chargedTo: actor.record.kind === 'system' ? null : actor.account,
      outlivesOwner,
    },
    { partial: true },
  );
  await session.em.flush(); // the database gives the time
  session.record({
    action: 'token.created',
    subject: { type: 'ApiToken', id: token.id, name },
    changes: [
      { name: 'kind', after: kind },
      { name: 'permissions', after: permissions },
      ...(expiresAt ? [{ name: 'expiresAt', after: expiresAt }] : []),
      ...(outlivesOwner ? [{ name: 'outlivesOwner', after: true }] : []),
    ],
  });
  return {
    token: {
      tenantId,
      id: token.id,
      name,
      kind,
      permissions,
      lastFour,
      memberId,
      createdAt: token.createdAt,
      expiresAt,
      lastUsedAt: null,
      revokedAt: null,
      madeBy: actor.record,
      outlivesOwner,
    },
    secret: text,
  };
}
