import { Refusal, type RefusalCode } from '../directory/index.ts';
import { Fault } from '../platform/http/index.ts';
import { invalidFilter, invalidSyntax, ScimError, type ScimType } from './protocol/index.ts';

/** The status and scimType of each refusal (RFC 7644 section 3.12). */
const dialect: Record<RefusalCode, readonly [status: number, scimType?: ScimType]> = {
  'not-found': [404],
  'unknown-member': [400, 'invalidValue'],
  'forbidden': [403],
  'beyond-reach': [403],
  'invalid': [400, 'invalidValue'],
  'stale-version': [412],
  'feature-off': [403],
  'provisioned-read-only': [403],
  'manual-member-in-provisioned-team': [400, 'invalidValue'],
  'manual-members-inside': [409, 'uniqueness'],
  'role-locked': [403],
  'role-ruled': [403],
  // Not 409: a client takes that for a resource it should look up and link.
  'last-owner': [403],
  'user-name-taken': [409, 'uniqueness'],
  'email-taken': [409, 'uniqueness'],
  'name-taken': [409, 'uniqueness'],
  'external-id-taken': [409, 'uniqueness'],
  'held-by-hand': [409, 'uniqueness'],
  'held-by-another-provider': [409, 'uniqueness'],
  'not-to-be-moved': [409, 'uniqueness'],
  'provisioning-paused': [503],
  'provisioning-off': [401],
  'too-many': [429],
};

const PAUSE_SECONDS = 60;
const OUTAGE_SECONDS = 2;

export const notFound = () => new ScimError(404, 'There is no such resource.');
export const paused = (detail = 'Provisioning is paused; changes will be accepted again later.') =>
  new ScimError(503, detail, undefined, { 'Retry-After': String(PAUSE_SECONDS) });
export const unauthorized = (detail: string, known = false) =>
  new ScimError(401, detail, undefined, {
    'WWW-Authenticate': `Bearer realm="scim"${known ? ', error="invalid_token"' : ''}`,
  });

/** The SCIM error for what was thrown; null for a fault of the service. */
export function scimErrorOf(
  thrown: unknown,
  isOutage: (fault: unknown) => boolean,
): ScimError | null {
  if (thrown instanceof ScimError) return thrown;
  if (thrown instanceof Refusal) return refusalOf(thrown);
  if (thrown instanceof Fault)
    return thrown.status === 400
      ? invalidSyntax(thrown.detail)
      : new ScimError(
          thrown.status,
          thrown.detail,
          undefined,
          thrown.retryAfter === undefined ? {} : { 'Retry-After': String(thrown.retryAfter) },
        );
  if (isOutage(thrown))
    return new ScimError(
      503,
      'The directory is not available at the moment; try again.',
      undefined,
      { 'Retry-After': String(OUTAGE_SECONDS) },
    );
  return null;
}

export const internalError = () => new ScimError(500, 'The service failed to answer this request.');

function refusalOf({ code, message, facts }: Refusal): ScimError {
  // The same bytes whatever the cause: what another provider has looks like what nobody has.
  if (code === 'not-found') return notFound();
  if (code === 'provisioning-paused') return paused(message);
  if (code === 'provisioning-off') return unauthorized(message, true);
  if (code === 'invalid' && facts.field?.[0] === 'filter') return invalidFilter(message);
  const [status, scimType] = dialect[code];
  return new ScimError(status, inWordsOfScim(code, facts.value) ?? message, scimType);
}

/** A name that is taken is called what the sender calls it. */
function inWordsOfScim(code: RefusalCode, value: string | undefined): string | null {
  const taken = (what: string, name: string) =>
    `A ${what} with ${value === undefined ? `this ${name}` : `${name} '${value}'`} already exists.`;
  switch (code) {
    case 'user-name-taken':
      return taken('User', 'userName');
    case 'name-taken':
      return taken('Group', 'displayName');
    case 'email-taken':
      return 'A User with this e-mail address already exists.';
    default:
      return null;
  }
}
