import type { Permission } from '../actor.ts';
import { invalid, Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';
import { assertName } from '../tables/text.ts';
import { assertFewEnough, assertWithinKind, endWithin } from './begetting.ts';
import { issue, type NewToken } from './issue-token.ts';
import type { ApiTokenRow, TokenKind } from './token-rows.ts';

/**
 * The permission that making such a token needs. A service token is an access level of its own, so
 * its maker must be able to give roles.
 */
const needs: Record<TokenKind, Permission | null> = {
  PERSONAL: null,
  SCIM: 'PROVISIONING_ADMIN',
  SERVICE: 'ROLE_ADMIN',
};
const NAME_LENGTH = 200;

/** Makes a token with at most the permissions and the lifetime of its maker (rule 27). */
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

/** A person who acts in a child tenant belongs to the parent: there they are no member. */
function isPersonOf({ actor, tenantId }: Session): boolean {
  return (
    actor.record.kind === 'member' &&
    actor.record.memberId !== undefined &&
    actor.tenantId === tenantId
  );
}
