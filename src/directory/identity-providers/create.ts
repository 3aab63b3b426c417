import { assertMayUseSecretOf } from '../authority.ts';
import { issueForProvider } from '../credentials/provider-secrets.ts';
import type { Session } from '../session.ts';
import { assertNameFree } from '../tables/names.ts';
import { assertRoom } from '../tables/row-limits.ts';
import { assertName } from '../tables/text.ts';
import type {
  AdoptionPolicy,
  Features,
  ProviderKind,
  ProvisioningState,
  SignIn,
} from './identity-provider.ts';
import { IdentityProviderSchema } from './identity-provider.ts';
import { subjectOf } from './lock.ts';
import type { ProviderRow } from './provider-rows.ts';
import { signInOf } from './sign-in.ts';

export interface NewProvider {
  name: string;
  kind: ProviderKind;
  signIn?: SignIn | null | undefined;
  provisioning?: ProvisioningState | null | undefined;
  adoption?: AdoptionPolicy | null | undefined;
}

/** The provider, and the secret when one was made: it is never told again. */
export interface ProviderSecret {
  provider: ProviderRow;
  secretToken: string | null;
}

const FEATURES: Features = { acceptGroups: true, invitations: 'IMMEDIATE' };

/**
 * Adds a provider. With provisioning on it can be pasted into the other side at once: URL and
 * secret are the answer.
 */
export function create(session: Session, facts: NewProvider): Promise<ProviderSecret> {
  return session.change(async () => {
    session.require('PROVISIONING_ADMIN');
    const provisioning = facts.provisioning ?? 'ON';
    const name = assertName(facts.name, 'name');
    await assertNameFree(session, 'identity_providers', name);
    await assertRoom(session, 'identity_providers');
    const provider = session.em.create(
      IdentityProviderSchema,
      {
        tenantId: session.tenantId,
        name,
        kind: facts.kind,
        provisioning,
        adoption: facts.adoption ?? 'ASK',
        features: FEATURES,
        signIn: facts.signIn ? signInOf(facts.signIn) : null,
      },
      { partial: true },
    ) as ProviderRow;
    await session.em.flush();
    session.record({
      action: 'identityProvider.created',
      subject: subjectOf(provider),
      providerId: provider.id,
      changes: [
        { name: 'name', after: provider.name },
        { name: 'kind', after: provider.kind },
        { name: 'provisioning', after: provisioning },
      ],
    });
    session.attempting('identityProvider.created', { ...subjectOf(provider), id: null });
    if (provisioning !== 'OFF') await assertMayUseSecretOf(session, provider.id, 'provisioning');
    const secretToken =
      provisioning === 'OFF' ? null : (await issueForProvider(session, provider.id)).text;
    return { provider, secretToken };
  });
}
