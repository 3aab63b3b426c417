import type { Directory, Refusal } from '../../directory/index.ts';
import { dialect, type ErrorCode } from '../errors.ts';

/** One entry of `userErrors`, before the objects that it speaks of are fetched. */
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

/** Errors that one answer names one by one, since a frontend shows no more; their sentence says of how many. */
const MOST_NAMED = 100;

/** A refusal as a frontend shows it: who owns the thing, what holds the value, and which entries of the input stand in the way. */
export function userErrorsOf(
  { code, message, facts }: Refusal,
  { tenantId }: Pick<Directory, 'tenantId'>,
  input: object,
): UserErrorSource[] {
  const shared = { code: dialect[code], message, field: facts.field ?? null, tenantId };
  if (code === 'provisioned-read-only' && facts.providerId) {
    // What a verb does without being given it (disable, delete) is caused by the thing that it was asked of.
    const field = shared.field?.[0] !== undefined && shared.field[0] in input ? shared.field : ['id'];
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

/** An object in the way that the caller named is pointed at in the input; one that was there before is handed over as the holder. */
function ofObject(id: string, shared: Omit<UserErrorSource, 'kind'>, input: object): UserErrorSource {
  const [list] = shared.field ?? [];
  const given = list === undefined ? undefined : (input as Record<string, unknown>)[list];
  const index = Array.isArray(given) ? given.indexOf(id) : -1;
  return index >= 0
    ? { ...shared, kind: 'SimpleError', field: [list as string, String(index)] }
    : { ...shared, kind: 'ConflictError', holderId: id };
}
