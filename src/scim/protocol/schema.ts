import { isObject, type Json, type JsonObject } from './json.ts';

const types = [
  'string',
  'boolean',
  'decimal',
  'integer',
  'dateTime',
  'binary',
  'reference',
  'complex',
] as const;
const mutabilities = ['readOnly', 'readWrite', 'immutable', 'writeOnly'] as const;
const returnings = ['always', 'never', 'default', 'request'] as const;
const uniquenesses = ['none', 'server', 'global'] as const;

export type AttributeType = (typeof types)[number];

/** RFC 7643 section 7: one attribute with its characteristics. */
export interface Attribute {
  readonly name: string;
  readonly type: AttributeType;
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: (typeof mutabilities)[number];
  readonly returned: (typeof returnings)[number];
  readonly uniqueness: (typeof uniquenesses)[number];
  readonly canonicalValues?: readonly string[];
  readonly referenceTypes?: readonly string[];
  readonly subAttributes?: readonly Attribute[];
}

export interface Schema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

const reserved = new Set(['__proto__', 'constructor', 'prototype']);

/** RFC 7643 section 2.1, plus `$ref`; never a name that means something to an object. */
export const isAttributeName = (name: string): boolean =>
  /^[a-z$][\w$-]*$/i.test(name) && !isReserved(name);

export const isReserved = (name: string): boolean => reserved.has(name.toLowerCase());

/**
 * Reads a schema document, ours or a registered extension's; what it leaves out has the default of
 * RFC 7643 section 2.2.
 */
export function readSchema(document: unknown): Schema {
  if (!isObject(document) || typeof document.id !== 'string' || !/^urn:/i.test(document.id)) {
    throw new TypeError('a schema needs an id that is a URN');
  }
  return {
    id: document.id,
    name: text(document.name, document.id),
    description: text(document.description, ''),
    attributes: list(document.attributes).map(each => readAttribute(each)),
  };
}

function readAttribute(document: Json): Attribute {
  if (!isObject(document) || typeof document.name !== 'string' || !isAttributeName(document.name)) {
    throw new TypeError('an attribute needs a name');
  }
  const type = oneOf(types, document.type, 'string');
  return {
    name: document.name,
    type,
    multiValued: document.multiValued === true,
    description: text(document.description, ''),
    required: document.required === true,
    caseExact: document.caseExact === true,
    mutability: oneOf(mutabilities, document.mutability, 'readWrite'),
    returned: oneOf(returnings, document.returned, 'default'),
    uniqueness: oneOf(uniquenesses, document.uniqueness, 'none'),
    ...texts(document, 'canonicalValues'),
    ...texts(document, 'referenceTypes'),
    ...(type === 'complex' && {
      subAttributes: list(document.subAttributes).map(each => readAttribute(each)),
    }),
  };
}

const text = (value: Json | undefined, otherwise: string) =>
  typeof value === 'string' ? value : otherwise;
const list = (value: Json | undefined) => (Array.isArray(value) ? value : []);
const texts = <Name extends string>(document: JsonObject, name: Name) =>
  (Array.isArray(document[name])
    ? { [name]: document[name].filter(each => typeof each === 'string') }
    : {}) as { [N in Name]?: string[] };
const oneOf = <Option extends string>(
  options: readonly Option[],
  value: Json | undefined,
  otherwise: Option,
): Option => options.find(option => option === value) ?? otherwise;
