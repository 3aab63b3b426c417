import { assertMayUseSecretOf } from '../authority.ts';
import {
  issueForProvider,
  retireForProvider,
  revokeForProvider,
} from '../credentials/provider-secrets.ts';
import { invalid } from '../refusal.ts';
import type { Session } from '../session.ts';
import type { ProviderSecret } from './create.ts';
import { dropLinks } from './drop-links.ts';
import { lockProviderForUpdate, subjectOf } from './lock.ts';
import type { ProviderRow } from './provider-rows.ts';

/** A new secret. The old one keeps working for the overlap, marked as retiring. */
export function rotate(
  session: Session,
  id: string,
  {
    overlapHours = 72,
    expiresAt = null,
  }: { overlapHours?: number | null | undefined; expiresAt?: Date | null | undefined } = {},
): Promise<ProviderSecret> {
  return session.change(async () => {
    session.require('PROVISIONING_ADMIN');
    const provider = await lockProviderForUpdate(session, id);
    session.attempting('identityProvider.credentialRotated', subjectOf(provider));
    assertOn(provider);
    await assertMayUseSecretOf(session, id, 'id');
    const hours = overlapHours ?? 72;
    if (!Number.isFinite(hours) || hours < 0 || hours > 24 * 365)
      throw invalid('`overlapHours` is from 0 to 8760.', 'overlapHours');
    if (expiresAt && expiresAt.getTime() <= Date.now())
      throw invalid('`expiresAt` must be in the future.', 'expiresAt');
    if (hours === 0) await revokeForProvider(session, id);
    else await retireForProvider(session, id, new Date(Date.now() + hours * 3_600_000));
    const { text, row } = await issueForProvider(session, id, { expiresAt });
    session.record({
      action: 'identityProvider.credentialRotated',
      subject: subjectOf(provider),
      providerId: id,
      changes: [
        { name: 'credential', after: row.lastFour },
        { name: 'overlapHours', after: hours },
      ],
    });
    return { provider, secretToken: text };
  });
}

/**
 * Cuts the integration at once: the old secrets are dead, the links are dropped, and a new secret
 * starts from nothing.
 */
export function replace(session: Session, id: string): Promise<ProviderSecret> {
  return session.change(async () => {
    session.require('PROVISIONING_ADMIN');
    const provider = await lockProviderForUpdate(session, id);
    session.attempting('identityProvider.credentialReplaced', subjectOf(provider));
    assertOn(provider);
    await assertMayUseSecretOf(session, id, 'id');
    await revokeForProvider(session, id);
    const { text, row } = await issueForProvider(session, id);
    session.record({
      action: 'identityProvider.credentialReplaced',
      subject: subjectOf(provider),
      providerId: id,
      changes: [{ name: 'credential', after: row.lastFour }],
    });
    await dropLinks(session, id);
    return { provider, secretToken: text };
  });
}

function assertOn(provider: ProviderRow): void {
  if (provider.provisioning === 'OFF')
    throw invalid('Provisioning is off; switching it on makes a new secret.', 'id');
}
