import { type RawBuilder, sql } from 'kysely';
import { lockProvider } from '../identity-providers/lock.ts';
import { invalid, notFound, Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { shareLocks } from '../tables/locks.ts';
import type { ConflictChoice } from './conflict-case.ts';
import { type ConflictCaseRow, conflictColumns } from './conflict-rows.ts';
import { resolveMember } from './resolve-member.ts';
import { resolveTeam } from './resolve-team.ts';

const MOST = 500;

/**
 * Resolves cases as a person decided: one choice for all of them, all or none. A rejected case
 * stays closed to retries.
 */
export function resolve(
  session: Session,
  ids: readonly string[],
  choice: ConflictChoice,
  candidateId?: string | null,
): Promise<ConflictCaseRow[]> {
  return session.change(async () => {
    session.require('PROVISIONING_ADMIN');
    if (ids.length === 0 || ids.length > MOST)
      throw invalid(`Name from 1 to ${MOST} cases.`, 'ids');
    await lockConcerned(session, ids.filter(isId));
    const resolved: ConflictCaseRow[] = [];
    for (const id of new Set(ids)) {
      const found = isId(id)
        ? await session
            .rows('conflict_cases')
            .select(conflictColumns)
            .where('id', '=', id)
            .forUpdate()
            .executeTakeFirst()
        : undefined;
      if (!found || (found.settledAt !== null && found.choice !== 'REJECT'))
        throw notFound('open conflict').at('ids', String(ids.indexOf(id)));
      session.attempting('conflict.resolved', {
        type: 'ConflictCase',
        id: found.id,
        name: found.nameKey,
      });
      if (candidateId && candidateId !== found.candidateId)
        throw invalid('This is not a candidate of the case.', 'candidateId');
      resolved.push(
        await resolveCase(session, found, choice).catch((error: unknown) => {
          throw error instanceof Refusal ? error.at('ids', String(ids.indexOf(id))) : error;
        }),
      );
    }
    return resolved;
  });
}

/** The switches of all providers that these cases are about, and the rulebook. */
function lockConcerned(session: Session, ids: readonly string[]): Promise<void> {
  const cases = (columns: RawBuilder<unknown>) => sql`
    select ${columns} from conflict_cases
    where tenant_id = ${session.tenantId}::uuid and id = any(${ids}::uuid[])`;
  const owners = (table: 'members' | 'teams') => sql`
    select provider_id from ${sql.table(table)} where tenant_id = ${session.tenantId}::uuid
    and id = any(array(${cases(sql`candidate_id`)}))`;
  return shareLocks(session, {
    switches: [cases(sql`provider_id`), owners('members'), owners('teams')],
    rulebook: true,
  });
}

async function resolveCase(
  session: Session,
  found: ConflictCaseRow,
  choice: ConflictChoice,
): Promise<ConflictCaseRow> {
  if (found.choice === choice) return found;
  const provider = await lockProvider(session, found.providerId);
  if (!provider) throw notFound('identity provider', 'ids');
  if (choice !== 'REJECT')
    await (found.kind === 'member'
      ? resolveMember(session, provider, found, choice)
      : resolveTeam(session, provider, found, choice));
  const set = { settled_at: sql`now()`, choice };
  const resolved = await session.update('conflict_cases', found.id, set, conflictColumns);
  session.record({
    action: 'conflict.resolved',
    subject: { type: 'ConflictCase', id: found.id, name: found.nameKey },
    providerId: provider.id,
    changes: [{ name: 'choice', after: choice }],
  });
  return resolved;
}
