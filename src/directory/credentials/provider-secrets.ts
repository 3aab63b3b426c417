import { sql } from 'kysely';
import { invalid, Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';
import { isId, newId } from '../tables/ids.ts';
import { columnsAs, columnsOf, type RowOf } from '../tables/rows.ts';
import { CredentialSchema } from './credential.ts';

/** Never the secret, nor its digest. */
const columns = columnsOf(CredentialSchema, {
  only: [
    'tenantId',
    'id',
    'providerId',
    'lastFour',
    'createdAt',
    'expiresAt',
    'retiring',
    'revokedAt',
    'madeBy',
  ],
});

/**
 * A provider's credential as it may be shown. `retiring`: in the overlap after a rotation. Where it
 * was not recorded who made it, `madeBy` is null.
 */
export interface ProviderCredentialRow extends Omit<
  RowOf<'credentials', typeof columns>,
  'providerId'
> {
  providerId: string;
  lastUsedAt: Date | null;
}
export interface IssuedCredential {
  text: string;
  row: ProviderCredentialRow;
}

/**
 * Each rotation leaves the former secret alive for its overlap: so many of one provider may be
 * alive together.
 */
const ALIVE_MOST = 10;
const alive = sql<boolean>`revoked_at is null and (expires_at is null or expires_at > now())`;

// The verbs below run inside a change of the provider, whose verb asks for the permission and
// records what was done.

export async function issueForProvider(
  session: Session,
  providerId: string,
  { expiresAt = null }: { expiresAt?: Date | null } = {},
): Promise<IssuedCredential> {
  if (expiresAt && !(expiresAt.getTime() > Date.now()))
    throw invalid('The expiry has to be in the future.', 'expiresAt');
  await assertFewAlive(session, providerId);
  const { text, digest, lastFour } = session.store.secrets.issue('idp', session.tenantId);
  const id = newId();
  const { createdAt } = await session.db
    .insertInto('credentials')
    .values({
      tenant_id: session.tenantId,
      id,
      kind: 'PROVIDER',
      name: 'Secret token',
      digest,
      last_four: lastFour,
      provider_id: providerId,
      permissions: [],
      expires_at: expiresAt,
      made_by: JSON.stringify(session.actor.record),
    })
    .returning('created_at as createdAt')
    .executeTakeFirstOrThrow();
  return {
    text,
    row: {
      tenantId: session.tenantId,
      id,
      providerId,
      lastFour,
      createdAt,
      expiresAt,
      lastUsedAt: null,
      retiring: false,
      revokedAt: null,
      madeBy: session.actor.record,
    },
  };
}

/** Asked under the lock of the provider's row, which the verb holds. Refuses: too-many. */
async function assertFewAlive(session: Session, providerId: string): Promise<void> {
  const { count } = await session
    .rows('credentials')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('provider_id', '=', providerId)
    .where('kind', '=', 'PROVIDER')
    .where(alive)
    .executeTakeFirstOrThrow();
  if (count >= ALIVE_MOST)
    throw new Refusal(
      'too-many',
      `At most ${ALIVE_MOST} secrets of a provider are alive at a time. Rotate with ` +
        `\`overlapHours: 0\`, or wait until an overlap has ended.`,
      { field: ['id'] },
    );
}

export async function retireForProvider(
  session: Session,
  providerId: string,
  until: Date,
): Promise<ProviderCredentialRow[]> {
  await session
    .updating('credentials')
    .set({ retiring: true, expires_at: sql<Date>`least(expires_at, ${until}::timestamptz)` })
    .where('provider_id', '=', providerId)
    .where('kind', '=', 'PROVIDER')
    .where(alive)
    .execute();
  return (
    await shown(session)
      .where('c.provider_id', '=', providerId)
      .where('c.revoked_at', 'is', null)
      .execute()
  ).filter(row => row.retiring) as ProviderCredentialRow[];
}

export async function revokeForProvider(session: Session, providerId: string): Promise<number> {
  const dead = await session
    .updating('credentials')
    .set({ revoked_at: sql<Date>`now()` })
    .where('provider_id', '=', providerId)
    .where('kind', '=', 'PROVIDER')
    .where('revoked_at', 'is', null)
    .returning(sql<boolean>`expires_at is null or expires_at > now()`.as('wasAlive'))
    .execute();
  return dead.filter(({ wasAlive }) => wasAlive).length;
}

export async function providerCredentialsOf(
  session: Session,
  providerIds: readonly string[],
): Promise<ProviderCredentialRow[]> {
  session.require('DIRECTORY_READ');
  if (providerIds.length === 0) return [];
  const wanted = sql<boolean>`(c.retiring and c.expires_at <= now()) is not true`;
  return shown(session)
    .where('c.provider_id', '=', sql<string>`any(${providerIds.filter(isId)}::uuid[])`)
    .where('c.revoked_at', 'is', null)
    .where(wanted)
    .orderBy('c.id', 'desc')
    .execute() as Promise<ProviderCredentialRow[]>;
}

export async function providerCredentialsByIds(
  session: Session,
  ids: readonly string[],
): Promise<ProviderCredentialRow[]> {
  session.require('DIRECTORY_READ');
  if (ids.length === 0) return [];
  return shown(session)
    .where('c.id', '=', sql<string>`any(${ids.filter(isId)}::uuid[])`)
    .execute() as Promise<ProviderCredentialRow[]>;
}

function shown(session: Session) {
  return session.db
    .selectFrom('credentials as c')
    .leftJoin('credential_uses as u', join =>
      join.onRef('u.credential_id', '=', 'c.id').on('u.tenant_id', '=', session.tenantId),
    )
    .where('c.tenant_id', '=', session.tenantId)
    .where('c.kind', '=', 'PROVIDER')
    .select([...columnsAs('c', columns), 'u.last_used_at as lastUsedAt']);
}
