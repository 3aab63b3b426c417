import { sql } from 'kysely';
import { assertMayReach, assertMayUseSecretOf } from '../authority.ts';
import { issueForProvider, revokeForProvider } from '../credentials/provider-secrets.ts';
import { forgetRolesByHand } from '../roles/forget.ts';
import { reassignRoles } from '../roles/reassign.ts';
import type { Session } from '../session.ts';
import { assertNoStrangers, evictStrangers } from '../teams/evict.ts';
import { subjectOf } from './lock.ts';
import type { ProviderRow } from './provider-rows.ts';

/**
 * The consequences of the switch: off revokes every credential; on again makes a new one, and needs
 * teams without manual members (rule 8).
 */
export async function switched(
  session: Session,
  before: ProviderRow,
  after: ProviderRow,
  evict: boolean,
): Promise<string | null> {
  if (before.provisioning !== 'OFF' && after.provisioning === 'OFF')
    await revokeForProvider(session, after.id);
  if (before.provisioning !== 'OFF' || after.provisioning === 'OFF') return null;
  session.attempting('identityProvider.switchedOn', subjectOf(before));
  await assertMayUseSecretOf(session, after.id, 'provisioning');
  if (evict) await evictStrangers(session, after.id);
  else await assertNoStrangers(session, after.id);
  // Roles set by hand while it was off are removed, so that the rules decide: the next OFF does not
  // bring them back.
  const made = sql`target.provider_id = ${after.id}::uuid and target.origin <> 'MANUAL'`;
  const forgotten = await forgetRolesByHand(session, made);
  const roleIds = [...new Set(forgotten.map(({ handRoleId }) => handRoleId))];
  await assertMayReach(session, { roleIds, by: 'switching provisioning on' }, 'provisioning');
  await reassignRoles(
    session,
    forgotten.map(({ id }) => id),
  );
  return (await issueForProvider(session, after.id)).text;
}
