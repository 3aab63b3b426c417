import { sql } from 'kysely';
import type { Permission } from '../actor.ts';
import { canAdminister } from '../authority.ts';
import type { MemberState } from '../members/member.ts';
import type { Origin } from '../provenance.ts';
import { folded } from '../tables/folded.ts';
import { isId } from '../tables/ids.ts';
import type { Store } from '../tables/store.ts';
import type { SignInClaims } from './claims.ts';
import type { SignInRefusalReason } from './sign-in-refusal.ts';

/** A member who answers to the text that a token claims, and how. */
export interface Candidate {
  id: string;
  displayName: string;
  userName: string;
  version: number;
  state: MemberState;
  origin: Origin;
  permissions: Permission[];
  /** The subject of the same issuer that this member is bound to already. */
  boundTo: string | null;
  byId: boolean;
  byUserName: boolean;
  byAddress: boolean;
}

/**
 * The outcome of looking for the member of an unbound token: one member, none, or a refusal with
 * the members it could mean.
 */
export type Choice =
  { member: Candidate } | { refused: SignInRefusalReason; members: Candidate[] } | null;

export const MOST_CANDIDATES = 20;

/**
 * Everybody who answers to the text by id, user name or any address, disabled and invited people
 * included; each found by an index.
 */
export async function candidatesFor(
  store: Store,
  { tenantId, issuer, claimed }: SignInClaims,
): Promise<Candidate[]> {
  const id = isId(claimed) ? claimed : null;
  const { rows } = await sql<Candidate>`
    with claimed as materialized (select ${folded(claimed)} as key),
    named as materialized (
      select m.id from members m where m.tenant_id = ${tenantId} and m.user_name_key = (select key
      from claimed)),
    addressed as materialized (select a.id from claimed, members_addressed(claimed.key) as a (id)),
    found as (select ${id}::uuid as id where ${id}::uuid is not null union select id from named
    union select id from addressed)
    select m.id, m.display_name as "displayName", m.user_name as "userName", m.version, m.state,
    m.origin,
      coalesce(r.permissions, '{}') as permissions, b.subject as "boundTo",
      coalesce(m.id = ${id}::uuid, false) as "byId", m.id in (select id
      from named) as "byUserName", m.id in (select id from addressed) as "byAddress"
    from found join members m on m.tenant_id = ${tenantId} and m.id = found.id
    left join roles r on r.tenant_id = ${tenantId} and r.id = m.role_id
    left join sign_in_bindings b on b.tenant_id = ${tenantId} and b.member_id = m.id
    and b.issuer = ${issuer}
    where m.state <> 'DELETED'
    order by "byId" desc, "byUserName" desc, m.origin = 'MANUAL' desc, m.id limit ${MOST_CANDIDATES}
  `.execute(store.tablesOf(tenantId));
  return rows;
}

/**
 * Rule 26. An id names one member. A user name names one member too, unless somebody else has the
 * same text as an address and could be meant as well. An address names a member only if the token
 * says that it is verified, exactly one answers to it, and the role cannot administer. A claim that
 * holds an address by its name is never read as a user name: an unverified one would open what it
 * spells.
 */
export function choose(found: readonly Candidate[], claims: SignInClaims): Choice {
  const [byId] = found.filter(candidate => candidate.byId);
  if (byId) return unlessTaken(byId, claims);
  if (!claims.isAddress) {
    const [named] = found.filter(candidate => candidate.byUserName);
    if (named) {
      const rivals = found.filter(
        each => each !== named && isFree(each, claims) && !isClearlyMeant(named, each),
      );
      return rivals.length > 0
        ? { refused: 'AMBIGUOUS', members: [named, ...rivals] }
        : unlessTaken(named, claims);
    }
  }
  return chooseByAddress(found, claims);
}

function chooseByAddress(found: readonly Candidate[], claims: SignInClaims): Choice {
  const [only, ...others] = found;
  if (!only) return null;
  const members = [...found];
  if (!claims.isVerified) return { refused: 'UNVERIFIED', members };
  if (others.length > 0) return { refused: 'AMBIGUOUS', members };
  if (!only.byAddress) return null;
  if (canAdminister(only.permissions)) return { refused: 'ADMINISTERING', members };
  return unlessTaken(only, claims);
}

/**
 * A member has one subject for each issuer: a second one is somebody else, or needs an
 * administrator's word.
 */
function unlessTaken(member: Candidate, claims: SignInClaims): Choice {
  return isFree(member, claims) ? { member } : { refused: 'TAKEN', members: [member] };
}

/** A member bound to another subject is never a candidate. */
const isFree = ({ boundTo }: Candidate, { subject }: SignInClaims): boolean =>
  boundTo === null || boundTo === subject;

/**
 * Does the user name outweigh somebody's address? A push can repeat any address, so one must
 * neither lock out whom people made an administrator by hand nor be led to by their address. What a
 * person made outweighs what a provider sent, and who may administer outweighs who may not; where
 * the two disagree or nothing differs, nobody is meant clearly.
 */
function isClearlyMeant(named: Candidate, addressed: Candidate): boolean {
  const byHand = Number(named.origin === 'MANUAL') - Number(addressed.origin === 'MANUAL');
  const power =
    Number(canAdminister(named.permissions)) - Number(canAdminister(addressed.permissions));
  return byHand >= 0 && power >= 0 && byHand + power > 0;
}
