import type { Directory, Refusal, RefusalCode } from '../directory/index.ts';
import type { RequestContext } from '../platform/http/index.ts';

/**
 * The status of each refusal in REST. A new refusal code does not compile until it is listed here.
 */
const statuses: Record<RefusalCode, number> = {
  'not-found': 404,
  'unknown-member': 404,
  'forbidden': 403,
  'beyond-reach': 403,
  'invalid': 400,
  'stale-version': 409,
  'feature-off': 409,
  'provisioned-read-only': 409,
  'manual-member-in-provisioned-team': 409,
  'manual-members-inside': 409,
  'role-locked': 409,
  'role-ruled': 409,
  'last-owner': 409,
  'user-name-taken': 409,
  'email-taken': 409,
  'name-taken': 409,
  'external-id-taken': 409,
  'held-by-hand': 409,
  'held-by-another-provider': 409,
  'not-to-be-moved': 409,
  'provisioning-paused': 409,
  'provisioning-off': 409,
  'too-many': 429,
};

/** An error in the request itself, before the directory is asked. */
export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string | string[]>;

  constructor(
    status: number,
    code: string,
    detail: string,
    headers: Record<string, string | string[]> = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const malformed = (detail: string) => new RestError(400, 'invalid', detail);
export const nothingHere = () => new RestError(404, 'not_found', 'There is nothing here.');

/** Every error of this door looks the same: a sentence for a person, a code for a program. */
export function sayError(ctx: RequestContext, { status, code, message, headers }: RestError): void {
  ctx.status = status;
  ctx.set(headers);
  ctx.body = { detail: message, code };
}

/**
 * A refusal, listing the members that are its cause; names are given as far as the caller may see
 * them.
 */
export async function sayRefusal(
  ctx: RequestContext,
  { code, message, facts }: Refusal,
  directory: Directory,
): Promise<void> {
  ctx.status = statuses[code];
  ctx.body = {
    detail: message,
    code: code.replaceAll('-', '_'),
    ...(facts.objectIds && { members: await named(directory, facts.objectIds) }),
  };
}

async function named(directory: Directory, ids: readonly string[]): Promise<object[]> {
  const seen = new Map((await directory.members.byIds(ids)).map(member => [member.id, member]));
  return ids.map(id => ({
    uuid: id,
    name: seen.get(id)?.displayName ?? null,
    user_name: seen.get(id)?.userName ?? null,
  }));
}

const codes: Record<number, string> = {
  400: 'invalid',
  404: 'not_found',
  408: 'too_slow',
  413: 'too_large',
  415: 'unsupported_media_type',
  429: 'too_many_requests',
  503: 'unavailable',
};

/** The error code for a status that was set outside the directory. */
export const codeOf = (status: number): string =>
  codes[status] ?? (status < 500 ? 'invalid' : 'failed');
