import type { Directory, Refusal } from '../../directory/index.ts';
import { dialect, type ErrorCode } from '../errors.ts';

/** One entry of `userErrors`; its objects are loaded by their ids when selected. */
export interface UserErrorSource {
  kind: 'SimpleError' | 'ReadOnlyError' | 'ConflictError';
  code: ErrorCode;
  message: string;
  field: string[] | null;
  tenantId: string;
  providerId?: string;
  readOnlyFields?: string[];
  holderId?: string;
  caseId?: string;
}

/** The most errors in one answer; the message says of how many. */
const MOST_NAMED = 100;

/**
 * A refusal as entries of `userErrors`: with the owning provider, the holder of the value, or one
 * entry for each object in the way.
 */
export function userErrorsOf(
  { code, message, facts }: Refusal,
  { tenantId }: Pick<Directory, 'tenantId'>,
  input: object,
): UserErrorSource[] {
  const shared = { code: dialect[code], message, field: facts.field ?? null, tenantId };
  if (code === 'provisioned-read-only' && facts.providerId) {
    // A refused field that is no field of the input (`active` of memberDisable) points at the id.
    const field =
      shared.field?.[0] !== undefined && shared.field[0] in input ? shared.field : ['id'];
    return [
      {
        ...shared,
        field,
        kind: 'ReadOnlyError',
        providerId: facts.providerId,
        readOnlyFields: facts.readOnlyFields ?? [],
      },
    ];
  }
  if (facts.objectIds?.length) {
    const total = facts.objectCount ?? facts.objectIds.length;
    const cut = total > MOST_NAMED ? ` The first ${MOST_NAMED} of ${total} are named here.` : '';
    return facts.objectIds
      .slice(0, MOST_NAMED)
      .map(id => ofObject(id, { ...shared, message: message + cut }, input));
  }
  if (facts.holderId || facts.caseId || shared.code === 'ALREADY_TAKEN') {
    return [
      {
        ...shared,
        kind: 'ConflictError',
        ...(facts.holderId && { holderId: facts.holderId }),
        ...(facts.caseId && { caseId: facts.caseId }),
      },
    ];
  }
  return [{ ...shared, kind: 'SimpleError' }];
}

/**
 * An object that the input names is an error at its index; any other is the holder of a conflict.
 */
function ofObject(
  id: string,
  shared: Omit<UserErrorSource, 'kind'>,
  input: object,
): UserErrorSource {
  const [list] = shared.field ?? [];
  const given = list === undefined ? undefined : (input as Record<string, unknown>)[list];
  const index = Array.isArray(given) ? given.indexOf(id) : -1;
  return index >= 0
    ? { ...shared, kind: 'SimpleError', field: [list as string, String(index)] }
    : { ...shared, kind: 'ConflictError', holderId: id };
}
