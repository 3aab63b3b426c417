import { commonAttributes } from './common-attributes.ts';
import { mendUrn } from './urn.ts';
import type { Attribute, AttributeType, Schema } from './schema.ts';

/**
 * The place of a value: an attribute of the core schema or of an extension, or one of its
 * sub-attributes.
 */
export interface AttributePath {
  readonly schema: string;
  readonly extension: boolean;
  readonly attribute: Attribute;
  readonly sub?: Attribute;
}

export type Named =
  | { readonly kind: 'schema'; readonly schema: Schema; readonly extension: boolean }
  | { readonly kind: 'attribute'; readonly on: AttributePath };

/** The same, flattened to what a query needs to know. */
export interface AttributeRef {
  /** Canonical spelling: `userName`, `name.givenName`, `urn:...:User:department`. */
  readonly path: string;
  readonly schema: string;
  readonly extension: boolean;
  readonly attribute: string;
  readonly sub?: string;
  readonly type: AttributeType;
  readonly caseExact: boolean;
  readonly multiValued: boolean;
}

interface Shelf {
  readonly schema: Schema;
  readonly extension: boolean;
  readonly names: ReadonlyMap<string, Attribute>;
}

/**
 * RFC 7643 section 6: a core schema and its extensions, with look-up by every spelling the RFCs
 * allow.
 */
export class ResourceType {
  readonly name: string;
  readonly endpoint: string;
  readonly core: Schema;
  readonly extensions: readonly Schema[];
  readonly #shelves: readonly Shelf[];

  constructor(name: string, endpoint: string, core: Schema, extensions: readonly Schema[] = []) {
    this.name = name;
    this.endpoint = endpoint;
    this.core = core;
    this.extensions = extensions;
    const declared = new Set(core.attributes.map(each => each.name.toLowerCase()));
    const common = commonAttributes.filter(each => !declared.has(each.name.toLowerCase()));
    this.#shelves = [
      { schema: core, extension: false, names: byName([...common, ...core.attributes]) },
      ...extensions.map(schema => ({ schema, extension: true, names: byName(schema.attributes) })),
    ];
  }

  /** This type with more extensions, such as those a directory has registered. */
  with(...extensions: Schema[]): ResourceType {
    return new ResourceType(this.name, this.endpoint, this.core, [
      ...this.extensions,
      ...extensions,
    ]);
  }

  /**
   * `userName`, `name.givenName`, `urn:...:User:userName`, a bare URN, or the bare name of an
   * extension's attribute.
   */
  find(name: string): Named | undefined {
    if (/^urn:/i.test(name)) return this.#findByUrn(mendUrn(name).toLowerCase());
    for (const shelf of this.#shelves) {
      const on = pathOn(shelf, name.toLowerCase());
      if (on) return { kind: 'attribute', on };
    }
    return undefined;
  }

  /** Only attributes: what filters, sorting and projections ask for. */
  attribute(name: string): AttributePath | undefined {
    const named = this.find(name);
    return named?.kind === 'attribute' ? named.on : undefined;
  }

  /** Every attribute of one schema; the core schema includes the common ones. */
  attributesOf(urn: string): readonly Attribute[] {
    const shelf = this.#shelves.find(each => each.schema.id.toLowerCase() === urn.toLowerCase());
    return shelf ? [...shelf.names.values()] : [];
  }

  #findByUrn(name: string): Named | undefined {
    // The longest URN first: one may be the beginning of another.
    const shelves = this.#shelves.toSorted(
      (one, other) => other.schema.id.length - one.schema.id.length,
    );
    for (const shelf of shelves) {
      const urn = shelf.schema.id.toLowerCase();
      if (name === urn) return { kind: 'schema', schema: shelf.schema, extension: shelf.extension };
      if (!name.startsWith(`${urn}:`)) continue;
      const on = pathOn(shelf, name.slice(urn.length + 1));
      return on && { kind: 'attribute', on };
    }
    return undefined;
  }
}

export const subAttribute = (attribute: Attribute, name: string): Attribute | undefined => {
  const wanted = name.toLowerCase();
  return attribute.subAttributes?.find(each => each.name.toLowerCase() === wanted);
};

export function nameOf({ schema, extension, attribute, sub }: AttributePath): string {
  const name = sub ? `${attribute.name}.${sub.name}` : attribute.name;
  return extension ? `${schema}:${name}` : name;
}

export function refTo(on: AttributePath): AttributeRef {
  const leaf = on.sub ?? on.attribute;
  return {
    path: nameOf(on),
    schema: on.schema,
    extension: on.extension,
    attribute: on.attribute.name,
    ...(on.sub && { sub: on.sub.name }),
    type: leaf.type,
    caseExact: leaf.caseExact,
    multiValued: on.attribute.multiValued,
  };
}

const byName = (attributes: readonly Attribute[]) =>
  new Map(attributes.map(each => [each.name.toLowerCase(), each]));

function pathOn(shelf: Shelf, name: string): AttributePath | undefined {
  const [first = '', second, ...more] = name.split('.');
  const attribute = shelf.names.get(first);
  if (!attribute || more.length > 0) return undefined;
  const on = { schema: shelf.schema.id, extension: shelf.extension, attribute };
  if (second === undefined) return on;
  const sub = subAttribute(attribute, second);
  return sub && { ...on, sub };
}
