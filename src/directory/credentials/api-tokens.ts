import { type Permission, PERMISSIONS } from '../actor.ts';
import type { Session } from '../session.ts';
import { invalid, notFound, Refusal } from '../refusal.ts';
import { assertName } from '../tables/text.ts';
import { assertFewEnough, assertWithinKind, endWithin, ownerOf } from './begetting.ts';
import type { SecretKind } from './secret.ts';
import type { ApiTokenRow, TokenKind } from './token-rows.ts';
import { CredentialSchema } from './credential.ts';

export interface NewToken {
  name: string;
  kind: TokenKind;
  permissions: readonly Permission[];
  expiresAt?: Date | null;
  outlivesOwner?: boolean;
}

const spelledAs: Record<TokenKind, SecretKind> = { PERSONAL: 'pat', SCIM: 'scim', SERVICE: 'svc' };
/**
 * Beside being signed in. A service token is an access level of its own, so whoever makes one must
 * be able to give such out.
 */
const needs: Record<TokenKind, Permission | null> = {
  PERSONAL: null,
  SCIM: 'PROVISIONING_ADMIN',
  SERVICE: 'ROLE_ADMIN',
};
const NAME_LENGTH = 200;

export async function createToken(
  session: Session,
  { name, kind, permissions, expiresAt = null, outlivesOwner = false }: NewToken,
): Promise<{ token: ApiTokenRow; secret: string }> {
  const { actor } = session;
  const needed = needs[kind];
  if (needed) session.require(needed);
  if (kind !== 'SERVICE' && !isPersonOf(session))
    throw new Refusal(
      'forbidden',
      'Such a token acts for a person of this tenant, and nobody is signed in as one.',
      { field: ['kind'] },
    );
  assertWithinKind(actor, kind);
  const held =
    kind === 'SCIM' && permissions.length === 0
      ? ['SCIM_INTEGRATE' as const]
      : [...new Set(permissions)];
  const called = assertName(name, 'name', NAME_LENGTH);
  assertSensible(kind, held, expiresAt);
  const beyond = held.filter(permission => !actor.may(permission));
  if (beyond.length > 0)
    throw new Refusal(
      'forbidden',
      `A token cannot permit more than you may: ${beyond.join(', ')}.`,
      { field: ['permissions'] },
    );
  if (outlivesOwner) assertMayOutlive(session, kind);
  const end = endWithin(actor, expiresAt);
  return session.change(async () => {
    await assertFewEnough(session);
    return issue(session, {
      name: called,
      kind,
      permissions: held,
      expiresAt: end,
      outlivesOwner,
      memberId: kind === 'SERVICE' ? null : (actor.record.memberId as string),
    });
  });
}

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

function assertSensible(
  kind: TokenKind,
  permissions: readonly Permission[],
  expiresAt: Date | null,
): void {
  if (permissions.length === 0)
    throw invalid('A token without permissions opens nothing.', 'permissions');
  if (kind === 'SCIM' && permissions.some(permission => permission !== 'SCIM_INTEGRATE'))
    throw invalid('A SCIM token holds SCIM_INTEGRATE and nothing else.', 'permissions');
  if (expiresAt && !(expiresAt.getTime() > Date.now()))
    throw invalid('The expiry has to be in the future.', 'expiresAt');
}

function assertMayOutlive(session: Session, kind: TokenKind): void {
  if (kind !== 'SERVICE')
    throw invalid(
      'Only a service token can outlive its maker; others act for a person.',
      'outlivesOwner',
    );
  session.require('TENANT_ADMIN');
}

type Issued = Required<Omit<NewToken, 'permissions'>> & {
  permissions: Permission[];
  memberId: string | null;
};

async function issue(
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

/** A person who acts in a child tenant belongs to the parent: there they are no member. */
function isPersonOf({ actor, tenantId }: Session): boolean {
  return (
    actor.record.kind === 'member' &&
    actor.record.memberId !== undefined &&
    actor.tenantId === tenantId
  );
}
