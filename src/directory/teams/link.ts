import type { ProviderRow } from '../identity-providers/provider-rows.ts';
import type { Session } from '../session.ts';
import { newId } from '../tables/ids.ts';
import { assertNoStrangers } from './evict.ts';
import { subjectOf } from './lock.ts';
import type { TeamRow } from './team-rows.ts';
import { write } from './write.ts';

/** Makes the link inside a running change. Whoever is inside must come from the provider. */
export async function linkTeam(
  session: Session,
  team: TeamRow,
  provider: ProviderRow,
  facts: Partial<Pick<TeamRow, 'name' | 'externalId'>>,
): Promise<TeamRow> {
  await assertNoStrangers(session, provider.id, team.id);
  const { team: written, changes } = await write(session, team, {
    ...facts,
    providerId: provider.id,
    linkId: newId(),
  });
  session.record({
    action: 'team.linked',
    subject: subjectOf(written),
    changes,
    providerId: provider.id,
  });
  return written;
}
