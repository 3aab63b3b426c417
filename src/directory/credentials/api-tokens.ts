import { sql } from 'kysely';
import { type Permission, PERMISSIONS } from '../actor.ts';
import type { Directory } from '../directory.ts';
import { isId, newId } from '../ids.ts';
import { invalid, notFound, Refusal } from '../refusal.ts';
import { assertName } from '../text.ts';
import type { SecretKind } from './secret.ts';

export type TokenKind = 'PERSONAL' | 'SCIM' | 'SERVICE';
export interface NewToken {
  name: string;
  kind: TokenKind;
  permissions: readonly Permission[];
  expiresAt?: Date | null;
}

/** An API token as it may be shown: never its secret, nor the digest. */
export interface ApiTokenRow {
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
}

const spelledAs: Record<TokenKind, SecretKind> = { PERSONAL: 'pat', SCIM: 'scim', SERVICE: 'svc' };
/** Beside being signed in. A service token is an access level of its own, so whoever makes one must be able to give such out. */
const needs: Record<TokenKind, Permission | null> = {
  PERSONAL: null,
  SCIM: 'PROVISIONING_ADMIN',
  SERVICE: 'ROLE_ADMIN',
};
const NAME_LENGTH = 200;

export async function createToken(
  directory: Directory,
  { name, kind, permissions, expiresAt = null }: NewToken,
): Promise<{ token: ApiTokenRow; secret: string }> {
  const { actor } = directory;
  const needed = needs[kind];
  if (needed) directory.require(needed);
  if (kind !== 'SERVICE' && !isPersonOf(directory))
    throw new Refusal(
      'forbidden',
      'Such a token acts for a person of this tenant, and nobody is signed in as one.',
      { field: ['kind'] },
    );
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
  return directory.change(() =>
    issue(directory, {
      name: called,
      kind,
      permissions: held,
      expiresAt,
      memberId: kind === 'SERVICE' ? null : (actor.record.memberId as string),
    }),
  );
}

export async function issuePersonal(
  directory: Directory,
  memberId: string,
  name: string,
  permissions: readonly Permission[] = PERMISSIONS,
) {
  if (directory.actor.record.kind !== 'system')
    throw new Refusal('forbidden', 'Only the service itself makes tokens for others.');
  return directory.change(async () => {
    const member = await directory
      .rows('members')
      .select('id')
      .where('id', '=', memberId)
      .where('state', '=', 'ACTIVE')
      .executeTakeFirst();
    if (!member) throw notFound('active member', 'memberId');
    return issue(directory, {
      name,
      kind: 'PERSONAL',
      permissions: [...permissions],
      expiresAt: null,
      memberId,
    });
  });
}

export function revokeToken(directory: Directory, id: string): Promise<ApiTokenRow> {
  return directory.change(async () => {
    const [token] = await tokensByIds(directory, [id]);
    if (!token) throw notFound('token');
    const revoked = await directory.db
      .updateTable('credentials')
      .set({ revoked_at: sql<Date>`now()` })
      .where('tenant_id', '=', directory.tenantId)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returning('revoked_at as revokedAt')
      .executeTakeFirst();
    if (!revoked) return token;
    directory.record({
      action: 'token.revoked',
      subject: { type: 'ApiToken', id, name: token.name },
    });
    return { ...token, revokedAt: revoked.revokedAt };
  });
}

/** Newest first; the list has no pages. */
const MOST_LISTED = 1_000;

export function tokens(directory: Directory): Promise<ApiTokenRow[]> {
  return visible(directory).orderBy('c.id', 'desc').limit(MOST_LISTED).execute() as Promise<
    ApiTokenRow[]
  >;
}

export async function tokensByIds(
  directory: Directory,
  ids: readonly string[],
): Promise<ApiTokenRow[]> {
  if (ids.length === 0) return [];
  return visible(directory)
    .where('c.id', '=', sql<string>`any(${ids.filter(isId)}::uuid[])`)
    .execute() as Promise<ApiTokenRow[]>;
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

type Issued = Required<Omit<NewToken, 'permissions'>> & {
  permissions: Permission[];
  memberId: string | null;
};

async function issue(
  directory: Directory,
  { name, kind, permissions, expiresAt, memberId }: Issued,
): Promise<{ token: ApiTokenRow; secret: string }> {
  const { text, digest, lastFour } = directory.ground.secrets.issue(
    spelledAs[kind],
    directory.tenantId,
  );
  const id = newId();
  const { createdAt } = await directory.db
    .insertInto('credentials')
    .values({
      tenant_id: directory.tenantId,
      id,
      kind,
      name,
      digest,
      last_four: lastFour,
      member_id: memberId,
      permissions,
      expires_at: expiresAt,
    })
    .returning('created_at as createdAt')
    .executeTakeFirstOrThrow();
  directory.record({
    action: 'token.created',
    subject: { type: 'ApiToken', id, name },
    changes: [
      { name: 'kind', after: kind },
      { name: 'permissions', after: permissions },
      ...(expiresAt ? [{ name: 'expiresAt', after: expiresAt }] : []),
    ],
  });
  return {
    token: {
      id,
      name,
      kind,
      permissions,
      lastFour,
      memberId,
      createdAt,
      expiresAt,
      lastUsedAt: null,
      revokedAt: null,
    },
    secret: text,
  };
}

/** Whoever acts in a child tenant is a person of the parent. */
function isPersonOf({ actor, tenantId }: Directory): boolean {
  return (
    actor.record.kind === 'member' &&
    actor.record.memberId !== undefined &&
    actor.tenantId === tenantId
  );
}

/** One's own tokens; all of them for who governs tokens. The token in use always sees itself. */
function visible(directory: Directory) {
  const { actor, tenantId } = directory;
  const query = directory.db
    .selectFrom('credentials as c')
    .leftJoin('credential_uses as u', join =>
      join.onRef('u.credential_id', '=', 'c.id').on('u.tenant_id', '=', tenantId),
    )
    .where('c.tenant_id', '=', tenantId)
    .where('c.kind', '<>', 'PROVIDER')
    .select([
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
    ]);
  if (actor.may('PROVISIONING_ADMIN') || actor.may('ROLE_ADMIN')) return query;
  const { memberId, credentialId } = actor.record;
  if (actor.tenantId !== tenantId) return query.where(sql<boolean>`false`);
  return query.where(each =>
    each.or([
      ...(memberId ? [each('c.member_id', '=', memberId)] : []),
      ...(credentialId ? [each('c.id', '=', credentialId)] : []),
    ]),
  );
}
