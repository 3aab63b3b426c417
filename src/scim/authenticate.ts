import {
  type Actor,
  authenticate,
  type Caller,
  type CallerProof,
  type Store,
  isId,
  type ProviderFacts,
  recognize,
} from '../directory/index.ts';
import { notFound, unauthorized } from './errors.ts';
import { ScimError } from './protocol/index.ts';

export interface ScimCaller {
  actor: Actor;
  provider: ProviderFacts;
  credentialId: string | null;
  /** Of a caller who is only remembered: what its directory has to prove. */
  proof?: CallerProof | undefined;
}

const SENT = /^(?:Bearer|Token) +([^\s]+)$/i;

/**
 * Authenticates a request at a provider's URL. A provider's own secret or access token opens this
 * URL and no other. A person's or a service's token opens it with the permission SCIM_INTEGRATE,
 * and acts through the provider.
 */
export async function authenticateCaller(
  store: Store,
  authorization: string,
  providerId: string,
): Promise<ScimCaller> {
  const text = SENT.exec(authorization.trim())?.[1];
  if (!text) throw unauthorized('Send the secret token as: Authorization: Bearer <token>.');
  const caller = await authenticate(store, text, isId(providerId) ? { at: providerId } : {});
  if (!caller) throw unauthorized('The token is not valid.', true);
  return scimCallerOf(caller, providerId);
}

/**
 * The same caller as this process remembers it, where nothing stands against it; what it stands on
 * is proved by the statement that does the work.
 */
export function recognizeCaller(
  store: Store,
  authorization: string,
  providerId: string,
): ScimCaller | null {
  const text = SENT.exec(authorization.trim())?.[1];
  const known = text ? recognize(store, text, isId(providerId) ? { at: providerId } : {}) : null;
  if (known?.provider?.provisioning !== 'ON') return null;
  try {
    return { ...scimCallerOf(known, providerId), proof: known.proof };
  } catch (refused) {
    // What is remembered refuses nobody: it is asked anew.
    if (refused instanceof ScimError) return null;
    throw refused;
  }
}

function scimCallerOf(caller: Caller, providerId: string): ScimCaller {
  const { actor, provider, credentialId } = caller;
  if (actor.record.kind === 'provider') {
    if (provider?.id !== providerId) throw unauthorized('The token is not valid.', true);
    return { actor, provider, credentialId };
  }
  // Another tenant's provider and none at all look the same.
  if (!provider) throw notFound();
  if (!actor.may('SCIM_INTEGRATE'))
    throw new ScimError(
      403,
      'This token may not provision: it needs the permission SCIM_INTEGRATE.',
    );
  if (!provider.isActive || provider.provisioning === 'OFF')
    throw unauthorized('Provisioning is switched off.', true);
  return { actor: actor.through(provider), provider, credentialId };
}
