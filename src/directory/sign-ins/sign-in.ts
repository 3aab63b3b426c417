import { sql } from 'kysely';
import { Actor, type Permission } from '../actor.ts';
import type { Caller } from '../credentials/caller.ts';
import type { MemberState } from '../members/member.ts';
import type { Store } from '../tables/store.ts';
import { bind, tellOfRefusal } from './bind.ts';
import { candidatesFor, choose } from './candidates.ts';
import type { SignInClaims } from './claims.ts';

interface BoundMember {
  id: string;
  displayName: string;
  state: MemberState;
  permissions: Permission[];
}

/** OpenID Connect Core section 2: a subject has at most 255 characters. */
const LONGEST_SUBJECT = 255;
const LONGEST_CLAIM = 1_000;
const ATTEMPTS = 3;

/**
 * Somebody whom an OpenID provider vouched for (rule 26). Bound: the member of (issuer, subject),
 * in one statement, whatever names have changed. Not bound: the one member whom the claim names,
 * bound from now on. Anybody else is refused.
 */
export async function authenticateMember(
  store: Store,
  claims: SignInClaims,
): Promise<Caller | null> {
  if (!isStorable(claims.subject, LONGEST_SUBJECT) || !isStorable(claims.claimed, LONGEST_CLAIM))
    return null;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const bound = await boundMember(store, claims);
    if (bound) return bound.state === 'ACTIVE' ? callerOf(claims, bound) : null;
    const choice = choose(await candidatesFor(store, claims), claims);
    if (choice === null) return null;
    if ('refused' in choice) {
      await tellOfRefusal(store, claims, choice.refused, choice.members);
      return null;
    }
    if (choice.member.state !== 'ACTIVE') return null;
    // Otherwise the same subject came in twice at once, or the member was changed meanwhile: look
    // again.
    if (await bind(store, claims, choice.member)) return callerOf(claims, choice.member);
  }
  return null;
}

/**
 * A deleted member is nobody's any more: its subject may become the member that was made after it.
 */
async function boundMember(
  store: Store,
  { tenantId, issuer, subject }: SignInClaims,
): Promise<BoundMember | null> {
  const { rows } = await sql<BoundMember>`
    select m.id, m.display_name as "displayName", m.state,
    coalesce(r.permissions, '{}') as permissions
    from sign_in_bindings b
    join members m on m.tenant_id = ${tenantId} and m.id = b.member_id and m.state <> 'DELETED'
    left join roles r on r.tenant_id = ${tenantId} and r.id = m.role_id
    where b.tenant_id = ${tenantId} and b.issuer = ${issuer} and b.subject = ${subject}
  `.execute(store.tablesOf(tenantId));
  return rows[0] ?? null;
}

function callerOf(
  { tenantId, expiresAt }: SignInClaims,
  { id, displayName, permissions }: Pick<BoundMember, 'id' | 'displayName' | 'permissions'>,
): Caller {
  const credential = { id: null, kind: 'SESSION', lastFour: null, expiresAt } as const;
  const record = { kind: 'member', name: displayName, memberId: id } as const;
  return {
    actor: new Actor({ tenantId, record, permissions, credential }),
    provider: null,
    credentialId: null,
  };
}

const isStorable = (text: string, longest: number): boolean =>
  text !== '' && text.length <= longest && !text.includes('\0');
