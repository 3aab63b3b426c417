import { invalidValue } from './error.ts';
import { isObject, own, type Json, type JsonObject } from './json.ts';
import type { AttributePath, ResourceType } from './resource-type.ts';
import type { Attribute, Schema } from './schema.ts';

export interface ProjectionRequest {
  attributes?: string | readonly string[] | undefined;
  excludedAttributes?: string | readonly string[] | undefined;
}

/**
 * Reads `attributes` and `excludedAttributes` (RFC 7644 section 3.9). Empty means no restriction;
 * unknown names change nothing; a filter in brackets is passed over.
 */
export function readProjection(request: ProjectionRequest, resourceType: ResourceType): Projection {
  const [attributes, excluded] = [names(request.attributes), names(request.excludedAttributes)];
  if (attributes.length > 0 && excluded.length > 0)
    throw invalidValue("'attributes' and 'excludedAttributes' exclude each other.");
  if (attributes.length > 0) return new Projection(resourceType, 'only', attributes);
  return new Projection(resourceType, excluded.length > 0 ? 'except' : 'default', excluded);
}

const names = (list: string | readonly string[] | undefined): string[] =>
  (typeof list === 'string' ? [list] : (list ?? []))
    .flatMap(split)
    .map(each => withoutFilter(each.trim()))
    .filter(Boolean);

/** At commas, except those within the brackets of a filter. */
const split = (list: string): string[] =>
  list.match(/(?:\[(?:"(?:\\.|[^"\\])*"|[^\]"])*\]|[^,])+/g) ?? [];

/** An answer has whole attributes: `emails[type eq "work"].value` asks for `emails.value`. */
const withoutFilter = (name: string): string => name.replace(/\s*\[.*\](?=\.[^\]]*$|$)/s, '');

type Named = Map<Attribute, 'whole' | Set<Attribute>>;

/** Which attributes leave in an answer. */
export class Projection {
  readonly mode: 'default' | 'only' | 'except';
  readonly #resourceType: ResourceType;
  readonly #named: Named = new Map();

  constructor(
    resourceType: ResourceType,
    mode: 'default' | 'only' | 'except',
    listed: readonly string[],
  ) {
    this.#resourceType = resourceType;
    this.mode = mode;
    for (const name of listed) {
      const found = resourceType.find(name);
      if (found?.kind === 'schema')
        for (const attribute of resourceType.attributesOf(found.schema.id))
          this.#named.set(attribute, 'whole');
      else if (found) this.#name(found.on);
    }
  }

  /** Did the client restrict anything? A PATCH with `attributes` must answer with the resource. */
  get isRestricted(): boolean {
    return this.mode !== 'default';
  }

  /** Will this attribute, or any part of it, be in the answer? Asked before members are read. */
  wants(name: string): boolean {
    const on = this.#resourceType.attribute(name);
    if (!on || !this.#leaves(on.attribute)) return false;
    return !on.sub || this.#subLeaves(on.attribute, on.sub);
  }

  project(resource: JsonObject): JsonObject {
    const { core, extensions } = this.#resourceType;
    const projected = this.#container(resource, core);
    for (const schema of extensions) {
      const held = own(resource, schema.id);
      const part = isObject(held) ? this.#container(held, schema) : {};
      if (Object.keys(part).length > 0) projected[schema.id] = part;
    }
    return projected;
  }

  #name({ attribute, sub }: AttributePath): void {
    const known = this.#named.get(attribute);
    if (!sub) this.#named.set(attribute, 'whole');
    else if (known !== 'whole')
      this.#named.set(attribute, (known ?? new Set<Attribute>()).add(sub));
  }

  #container(held: JsonObject, schema: Schema): JsonObject {
    const projected: JsonObject = {};
    for (const attribute of this.#resourceType.attributesOf(schema.id)) {
      const value = own(held, attribute.name);
      if (value !== undefined && this.#leaves(attribute))
        projected[attribute.name] = this.#value(attribute, value);
    }
    return projected;
  }

  #value(attribute: Attribute, value: Json): Json {
    if (Array.isArray(value)) return value.map(each => this.#value(attribute, each));
    if (!isObject(value) || !attribute.subAttributes) return value;
    const kept = attribute.subAttributes.filter(
      sub => Object.hasOwn(value, sub.name) && this.#subLeaves(attribute, sub),
    );
    return Object.fromEntries(kept.map(sub => [sub.name, value[sub.name] ?? null]));
  }

  #leaves(attribute: Attribute): boolean {
    const named = this.#named.get(attribute);
    switch (attribute.returned) {
      case 'always':
        return true;
      case 'never':
        return false;
      case 'request':
        return this.mode === 'only' && named !== undefined;
      case 'default':
        return this.mode === 'only' ? named !== undefined : named !== 'whole';
    }
  }

  #subLeaves(attribute: Attribute, sub: Attribute): boolean {
    if (sub.returned === 'always') return true;
    if (sub.returned === 'never') return false;
    const named = this.#named.get(attribute);
    const listed = named === 'whole' || named?.has(sub) === true;
    if (sub.returned === 'request') return this.mode === 'only' && listed;
    return this.mode === 'only'
      ? listed || attribute.returned === 'always'
      : named === undefined || named === 'whole' || !named.has(sub);
  }
}
