import { invalid } from '../refusal.ts';
import { assertFits } from '../tables/text.ts';
import { ATTRIBUTE_NAMES } from './attributes.ts';
import type { ProvisionedMember } from './provisioned.ts';

/** Characters of one pushed value: a certificate fits, a picture does not. */
const LONGEST_VALUE = 8_192;
/** Bytes of all that is kept as it was pushed, as JSON. */
const LARGEST_PROFILE = 65_536;

/**
 * Limits the sizes of what a provider sends about a person, for indexes and for every later
 * response. Refuses: invalid.
 */
export function assertSizes(facts: ProvisionedMember): void {
  for (const name of ATTRIBUTE_NAMES) assertFits(name, facts[name] ?? null);
  for (const [name, value] of Object.entries(facts.profile)) assertShort(name, value);
  if (Buffer.byteLength(JSON.stringify(facts.profile)) > LARGEST_PROFILE)
    throw invalid(
      `What is said of this person is larger than ${LARGEST_PROFILE} bytes altogether.`,
      'profile',
    );
}

function assertShort(path: string, value: unknown): void {
  if (typeof value === 'string') {
    if (value.length > LONGEST_VALUE)
      throw invalid(`'${path}' is longer than ${LONGEST_VALUE} characters.`, path);
  } else if (Array.isArray(value)) for (const each of value) assertShort(path, each);
  else if (typeof value === 'object' && value !== null)
    for (const [name, each] of Object.entries(value)) assertShort(`${path}.${name}`, each);
}
