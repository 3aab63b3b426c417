import { sql } from 'kysely';
import type { Actor, CredentialFacts } from '../actor.ts';
import { Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { TOKEN_KINDS, type TokenKind } from './token-rows.ts';

// Rule 27: credentials do not beget stronger ones.

/**
 * Which kinds of token are within each kind of credential: a personal token stands for all that its
 * person may make, a service token for services.
 */
const WITHIN: Record<CredentialFacts['kind'], readonly TokenKind[]> = {
  SESSION: TOKEN_KINDS,
  PERSONAL: TOKEN_KINDS,
  SERVICE: ['SERVICE'],
  SCIM: [],
  PROVIDER: [],
};

const ALIVE_MOST = 100;
const MADE_AN_HOUR = 200;

export function assertWithinKind({ credential }: Actor, kind: TokenKind): void {
  if (credential === null || WITHIN[credential.kind].includes(kind)) return;
  throw new Refusal(
    'forbidden',
    `A ${credential.kind} token neither makes nor revokes a ${kind} token.`,
    { field: ['kind'] },
  );
}

/**
 * When a token ends that asks for this end: no later than the one it is made with. A session is no
 * token: who signed in may make lasting ones.
 */
export function endWithin({ credential }: Actor, wanted: Date | null): Date | null {
  const end = credential && credential.kind !== 'SESSION' ? credential.expiresAt : null;
  if (end === null || wanted === null) return wanted ?? end;
  if (wanted.getTime() <= end.getTime()) return wanted;
  throw new Refusal(
    'forbidden',
    `A token cannot outlive the one that it is made with, which ends at ${end.toISOString()}.`,
    { field: ['expiresAt'] },
  );
}

/**
 * The person with whom a token ends: its maker; when made with a service token, the person that one
 * ends with; none when it is made to outlive them.
 */
export function ownerOf(
  { credential, record, tenantId }: Actor,
  outlivesOwner: boolean,
): { ownerId: string | null; ownerTenantId: string | null; madeWith: string | null } {
  if (outlivesOwner) return { ownerId: null, ownerTenantId: null, madeWith: null };
  const person =
    record.kind === 'member' && record.memberId !== undefined
      ? { id: record.memberId, tenantId }
      : (credential?.owner ?? null);
  const madeWith = credential?.id ?? null;
  return {
    ownerId: person?.id ?? null,
    ownerTenantId: person?.tenantId ?? (madeWith && tenantId),
    madeWith,
  };
}

/**
 * Making tokens is limited for each person, in all processes together: how many work at a time, and
 * how many were made within an hour. Two at once take turns at this lock; it guards the count, and
 * nothing else stands on it.
 */
export async function assertFewEnough(session: Session): Promise<void> {
  const { account } = session.actor;
  if (!isId(account)) return;
  await sql`select pg_advisory_xact_lock(hashtextextended(${account}, 27))`.execute(session.db);
  const { rows } = await sql<{ alive: number; recent: number }>`
    select count(*) filter (where revoked_at is null and (expires_at is null
    or expires_at > now())) as alive,
      count(*) filter (where created_at > now() - interval '1 hour') as recent
    from credentials where tenant_id = ${session.tenantId} and charged_to = ${account}
  `.execute(session.db);
  const { alive = 0, recent = 0 } = rows[0] ?? {};
  if (alive >= ALIVE_MOST)
    throw new Refusal(
      'forbidden',
      `You have made ${ALIVE_MOST} tokens that work; revoke one of them first.`,
    );
  if (recent >= MADE_AN_HOUR)
    throw new Refusal(
      'forbidden',
      `You have made ${MADE_AN_HOUR} tokens within an hour; wait a while.`,
    );
}
