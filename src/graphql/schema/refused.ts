import type { Directory, Refusal } from '../../directory/index.ts';
import { dialect, type ErrorCode } from '../errors.ts';

/** One entry of `userErrors`, before the objects that it speaks of are fetched. */
export interface Refused {
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
export function refusedBy(
  { code, message, facts }: Refusal,
  { tenantId }: Pick<Directory, 'tenantId'>,
  input: object,
): Refused[] {
  const said = { code: dialect[code], message, field: facts.field ?? null, tenantId };
  if (code === 'provisioned-read-only' && facts.providerId) {
    // What a verb does without being given it (disable, delete) is caused by the thing that it was asked of.
    const field = said.field?.[0] !== undefined && said.field[0] in input ? said.field : ['id'];
    return [
      {
        ...said,
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
      .map(id => named(id, { ...said, message: message + cut }, input));
  }
  if (facts.holderId || facts.caseId || said.code === 'ALREADY_TAKEN') {
    return [
      {
        ...said,
        kind: 'ConflictError',
        ...(facts.holderId && { holderId: facts.holderId }),
        ...(facts.caseId && { caseId: facts.caseId }),
      },
    ];
  }
  return [{ ...said, kind: 'SimpleError' }];
}

/** An object in the way that the caller named is pointed at in the input; one that was there before is handed over as the holder. */
function named(id: string, said: Omit<Refused, 'kind'>, input: object): Refused {
  const [list] = said.field ?? [];
  const given = list === undefined ? undefined : (input as Record<string, unknown>)[list];
  const index = Array.isArray(given) ? given.indexOf(id) : -1;
  return index >= 0
    ? { ...said, kind: 'SimpleError', field: [list as string, String(index)] }
    : { ...said, kind: 'ConflictError', holderId: id };
}
