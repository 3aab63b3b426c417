import { sql } from 'kysely';
import type { Directory } from '../directory.ts';
import { newId } from '../ids.ts';
import type { ConflictKind } from './conflict-case.ts';
import { folded } from '../folded.ts';

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
export async function openCase(directory: Directory, clash: Clash): Promise<void> {
  const { rows } = await sql<{ id: string; attempts: number }>`
    insert into conflict_cases (tenant_id, id, provider_id, kind, name_key, sent, facts, candidate_id)
    values (${directory.tenantId}, ${newId()}, ${clash.providerId}, ${clash.kind}, ${folded(clash.name)},
      ${JSON.stringify(clash.sent)}::jsonb, ${JSON.stringify(clash.facts)}::jsonb, ${clash.candidateId})
    on conflict (tenant_id, provider_id, kind, name_key) where settled_at is null or choice = 'REJECT'
    do update set attempts = conflict_cases.attempts + 1, sent = excluded.sent, facts = excluded.facts, candidate_id = excluded.candidate_id
    returning id, attempts
  `.execute(directory.db);
  const opened = rows[0];
  if (opened?.attempts === 1) {
    directory.record({
      action: 'conflict.opened',
      subject: { type: 'ConflictCase', id: opened.id, name: clash.name },
      providerId: clash.providerId,
    });
  }
}
