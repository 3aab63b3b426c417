import { type Actor, authenticate, type Caller, type Store } from '../directory/index.ts';
import { RestError } from './errors.ts';

/** `Token` is how scripts written for the older kind of API say it. */
const HEADER = /^(?:Bearer|Token) +([\x21-\x7e]{1,8192})$/i;

/**
 * Authenticates a person or a product by its API token, anew for each request. A provider's secret
 * and a token for SCIM are refused here. All refusals are alike, so that a wrong token cannot be
 * told from a revoked one.
 */
export async function callerOf(store: Store, header: string): Promise<Caller> {
  const text = HEADER.exec(header.trim())?.[1];
  const caller = text === undefined ? null : await authenticate(store, text);
  if (caller && mayUseRecords(caller.actor)) return caller;
  const reason = header === '' ? '' : ', error="invalid_token"';
  const sentence =
    caller?.actor.credential?.kind === 'SCIM'
      ? 'This token opens SCIM only; use a personal or a service token here.'
      : 'A valid token is needed: `Authorization: Token <token>`.';
  throw new RestError(401, 'unauthenticated', sentence, {
    'WWW-Authenticate': [`Bearer realm="muster"${reason}`, 'Token realm="muster"'],
  });
}

function mayUseRecords(actor: Actor): boolean {
  const kind = actor.credential?.kind;
  return kind !== 'PROVIDER' && kind !== 'SCIM';
}
