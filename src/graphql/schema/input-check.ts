import {
  getNamedType,
  getNullableType,
  type GraphQLInputType,
  isInputObjectType,
  isListType,
} from 'graphql';
import { isId, MOST_MAPPINGS } from '../../directory/index.ts';

/** An error in the form of an input, and its path. */
export interface InputError {
  code: 'INVALID' | 'NOT_FOUND';
  message: string;
  field: string[];
}

const MOST_IN_A_LIST = 500;
/** Lists that may be longer. */
const MOST_OF: Readonly<Record<string, number>> = { RoleMappingInput: MOST_MAPPINGS };
const LONGEST_TEXT = 2_000;
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

type Check = (value: unknown) => Omit<InputError, 'field'> | null;

const invalid = (message: string) => ({ code: 'INVALID', message }) as const;

/** Checks the form of each scalar. What a value means, the directory decides. */
const shapes: Record<string, Check> = {
  ID: value => (isId(String(value)) ? null : { code: 'NOT_FOUND', message: 'No such object.' }),
  URL: value => (isAbsolute(value) ? null : invalid('This is not an absolute address.')),
  String: textual,
  EmailAddress: textual,
};

/** Checks an input by its declared type. Each error has its path into `input`, outermost first. */
export function inputErrors(
  value: unknown,
  declared: GraphQLInputType,
  field: string[] = [],
): InputError[] {
  const type = getNullableType(declared);
  if (value === null || value === undefined) return [];
  if (isListType(type)) return aboutList(value as unknown[], type.ofType, field);
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).flatMap(each =>
      inputErrors((value as Record<string, unknown>)[each.name], each.type, [...field, each.name]),
    );
  }
  const error = shapes[type.name]?.(value);
  return error ? [{ ...error, field }] : [];
}

function aboutList(values: unknown[], type: GraphQLInputType, field: string[]): InputError[] {
  const most = MOST_OF[getNamedType(type).name] ?? MOST_IN_A_LIST;
  if (values.length > most) return [{ ...invalid(`At most ${most} at once.`), field }];
  return values.flatMap((value, index) => inputErrors(value, type, [...field, String(index)]));
}

function textual(value: unknown): Omit<InputError, 'field'> | null {
  if (CONTROL.test(String(value))) return invalid('This contains control characters.');
  return String(value).length > LONGEST_TEXT
    ? invalid(`This is longer than ${LONGEST_TEXT} characters.`)
    : null;
}

/** https, http or urn: an entity id may be a URN, and `javascript:` is never a link. */
function isAbsolute(value: unknown): boolean {
  const url = String(value).length <= LONGEST_TEXT ? URL.parse(String(value)) : null;
  return url !== null && ['https:', 'http:', 'urn:'].includes(url.protocol);
}
