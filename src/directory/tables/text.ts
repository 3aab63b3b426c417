import { trim } from '../../text/index.ts';
import { invalid } from '../refusal.ts';

// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** A name that people type: something to read, on one line, of sane length. */
export function assertName(value: string, field: string, longest = 256): string {
  const name = trim(value);
  if (name === '') throw invalid(`\`${field}\` must not be empty.`, field);
  if (name.length > longest)
    throw invalid(`\`${field}\` is longer than ${longest} characters.`, field);
  if (CONTROL.test(name) || !name.isWellFormed())
    throw invalid(`\`${field}\` contains characters that are no text.`, field);
  return name;
}

/** An optional name: an empty one is none. */
export function assertNameOrNone(value: string | null | undefined, field: string): string | null {
  return value === null || value === undefined || trim(value) === ''
    ? null
    : assertName(value, field);
}

export const isAddress = (value: string): boolean =>
  value.length <= 320 && /^[^\s@]+@[^\s@]+$/.test(value);

/** An address that people type. What a provider sends is not judged. */
export function assertAddress(value: string, field = 'email'): string {
  const address = trim(value);
  if (!isAddress(address) || CONTROL.test(address) || !address.isWellFormed())
    throw invalid(`\`${field}\` is not an e-mail address.`, field);
  return address;
}

/** Bytes of a text that is looked up by index: more does not fit into one. */
const LONGEST_INDEXED = 2_000;

export const fits = (value: string): boolean => Buffer.byteLength(value) <= LONGEST_INDEXED;

/** Refuses text that is longer than an index entry can be: invalid. */
export function assertFits(name: string, value: string | null, ...field: string[]): void {
  if (value !== null && !fits(value))
    throw invalid(
      `'${name}' is longer than ${LONGEST_INDEXED} bytes.`,
      ...(field.length > 0 ? field : [name]),
    );
}
