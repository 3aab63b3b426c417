import { isDeepStrictEqual } from 'node:util';
import type { Session } from '../session.ts';
import { assertNameFree } from '../tables/names.ts';
import { assertName } from '../tables/text.ts';
import type { ProviderSecret } from './create.ts';
import { assertAttributes } from './extension-attributes.ts';
import type {
  AdoptionPolicy,
  ExtensionAttribute,
  Features,
  ProvisioningState,
  SignIn,
} from './identity-provider.ts';
import { lockProviderForUpdate, subjectOf } from './lock.ts';
import type { ProviderRow } from './provider-rows.ts';
import { signInOf } from './sign-in.ts';
import { switched } from './switch.ts';

export interface ProviderEdit {
  name?: string | null | undefined;
  isActive?: boolean | null | undefined;
  signIn?: SignIn | null | undefined;
  provisioning?: ProvisioningState | null | undefined;
  adoption?: AdoptionPolicy | null | undefined;
  evictManualMembers?: boolean | null | undefined;
  features?: { [Name in keyof Features]?: Features[Name] | null | undefined } | null | undefined;
  extensionAttributes?: readonly ExtensionAttribute[] | null | undefined;
  strict?: boolean | null | undefined;
}

/**
 * Changes a provider. The switch is one row: what is managed follows from it, and so does what its
 * credentials open.
 */
export function update(session: Session, id: string, edit: ProviderEdit): Promise<ProviderSecret> {
  return session.change(async () => {
    session.require('PROVISIONING_ADMIN');
    const provider = await lockProviderForUpdate(session, id, { rulebook: !!edit.provisioning });
    const wanted = {
      name: edit.name == null ? provider.name : assertName(edit.name, 'name'),
      isActive: edit.isActive ?? provider.isActive,
      provisioning: edit.provisioning ?? provider.provisioning,
      adoption: edit.adoption ?? provider.adoption,
      strict: edit.strict ?? provider.strict,
      features: {
        acceptGroups: edit.features?.acceptGroups ?? provider.features.acceptGroups,
        invitations: edit.features?.invitations ?? provider.features.invitations,
      },
      signIn: edit.signIn === undefined ? provider.signIn : signInOf(edit.signIn),
      extensionAttributes:
        edit.extensionAttributes == null
          ? provider.extensionAttributes
          : assertAttributes(edit.extensionAttributes),
    };
    const changes = changesBetween(provider, wanted);
    if (changes.length === 0) return { provider, secretToken: null };
    await assertNameFree(session, 'identity_providers', wanted.name, id);
    const before = { ...provider };
    Object.assign(provider, wanted);
    session.record({
      action: actionOf(before, provider),
      subject: subjectOf(provider),
      providerId: id,
      changes,
    });
    await session.em.flush(); // what follows from the switch reads rows
    const secretToken = await switched(session, before, provider, edit.evictManualMembers === true);
    return { provider, secretToken };
  });
}

const SAID = [
  'name',
  'isActive',
  'provisioning',
  'adoption',
  'strict',
  'features',
  'signIn',
  'extensionAttributes',
] as const;

function changesBetween(before: ProviderRow, after: Pick<ProviderRow, (typeof SAID)[number]>) {
  return SAID.filter(name => !isDeepStrictEqual(before[name], after[name])).map(name => ({
    name,
    before: before[name],
    after: after[name],
  }));
}

function actionOf(before: ProviderRow, after: ProviderRow): string {
  if (before.provisioning === after.provisioning) return 'identityProvider.updated';
  return {
    ON: 'identityProvider.switchedOn',
    PAUSED: 'identityProvider.paused',
    OFF: 'identityProvider.switchedOff',
  }[after.provisioning];
}
