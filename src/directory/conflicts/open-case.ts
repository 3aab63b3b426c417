import { sql } from 'kysely';
import type { Session } from '../session.ts';
import { folded } from '../tables/folded.ts';
import { newId } from '../tables/ids.ts';
import type { ConflictKind } from './conflict-case.ts';

export interface Clash {
  kind: ConflictKind;
  providerId: string;
  candidateId: string;
  /** The user name or team name that both want. */
  name: string;
  /** The provider's own words. */
  sent: Record<string, unknown>;
  /** The same in the directory's words, so that a person's choice can be carried out later. */
  facts: object;
}

/** Opens a case, or counts one more attempt on the one that is open (or was rejected for good). */
export async function openCase(session: Session, clash: Clash): Promise<void> {
  const [opened] = await session.insertMany<
    'conflict_cases',
    { id: string; attempts: number; candidateBefore: string | null }
  >(
    'conflict_cases',
    ['tenant_id', 'id', 'provider_id', 'kind', 'name_key', 'sent', 'facts', 'candidate_id'],
    sql`values (${session.tenantId}::uuid, ${newId()}::uuid, ${clash.providerId}::uuid,
      ${clash.kind}, ${folded(clash.name)},
      ${JSON.stringify(clash.sent)}::jsonb, ${JSON.stringify(clash.facts)}::jsonb,
      ${clash.candidateId}::uuid)`,
    {
      conflict: sql`on conflict (tenant_id, provider_id, kind, name_key) where settled_at is null
        or choice = 'REJECT'
        do update set attempts = target.attempts + 1, sent = excluded.sent, facts = excluded.facts,
        candidate_id = excluded.candidate_id`,
      updates: true,
      returning: sql`target.id, target.attempts, old.candidate_id as "candidateBefore"`,
    },
  );
  if (!opened) return;
  const { id, attempts, candidateBefore } = opened;
  // A retry changes nothing but its count, unless somebody else has the name by now.
  if (attempts > 1 && candidateBefore === clash.candidateId) return;
  session.record({
    action: attempts === 1 ? 'conflict.opened' : 'conflict.updated',
    subject: { type: 'ConflictCase', id, name: clash.name },
    providerId: clash.providerId,
    changes:
      attempts === 1
        ? []
        : [{ name: 'candidate', before: candidateBefore, after: clash.candidateId }],
  });
}

/**
 * How it is said whose the thing is that has the name: not which provider's, for one provider is
 * not told of another (rule 9).
 */
export const whoseOf = (holder: { providerId: string | null }): string =>
  holder.providerId === null ? 'was made by hand' : 'comes from another identity provider';
