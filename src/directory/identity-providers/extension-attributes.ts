import { invalid } from '../refusal.ts';
import type { ExtensionAttribute } from './identity-provider.ts';

const URN = /^urn:ietf:params:scim:schemas:extension:[A-Za-z0-9_-]+:\d+\.\d+:User$/;
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const RESERVED = ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:user'];
const MOST = 200;

/**
 * Extension attributes have to be expressible in SCIM: a URN of their own, valid attribute names,
 * each once.
 */
export function assertAttributes(attributes: readonly ExtensionAttribute[]): ExtensionAttribute[] {
  if (attributes.length > MOST)
    throw invalid(`At most ${MOST} custom attributes are possible.`, 'extensionAttributes');
  const seen = new Set<string>();
  for (const [index, { urn, name }] of attributes.entries()) {
    const at = ['extensionAttributes', String(index)];
    if (!URN.test(urn))
      throw invalid(
        'The URN has the form urn:ietf:params:scim:schemas:extension:<Name>:2.0:User.',
        ...at,
        'urn',
      );
    if (RESERVED.includes(urn.toLowerCase()))
      throw invalid('The enterprise extension is there already.', ...at, 'urn');
    if (!NAME.test(name) || name === '__proto__')
      throw invalid(
        'An attribute name starts with a letter and has letters, digits, - and _.',
        ...at,
        'name',
      );
    const key = `${urn}:${name}`.toLowerCase();
    if (seen.has(key)) throw invalid('This attribute is there twice.', ...at, 'name');
    seen.add(key);
  }
  return attributes.map(({ urn, name, type }) => ({ urn, name, type }));
}
