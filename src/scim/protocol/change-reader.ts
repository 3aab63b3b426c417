import { invalidValue, mutability, quoted, ScimError } from './error.ts';
import type { TypedFilter } from './filter-check.ts';
import { Reading } from './habits.ts';
import { isBlank, isObject, isUnassigned, type Json, type JsonObject } from './json.ts';
import { parsePath, resolvePath, type Target } from './path.ts';
import type { AttributePath, ResourceType } from './resource-type.ts';
import { readElement, readElements, readValue } from './value.ts';
import { hasUrnSlip } from './urn.ts';

/** One step on one attribute, its value already in the attribute's type. */
export type Change =
  | {
      readonly op: 'add' | 'replace';
      readonly on: AttributePath;
      readonly where?: TypedFilter;
      readonly value: Json;
    }
  | {
      readonly op: 'remove';
      readonly on: AttributePath;
      readonly where?: TypedFilter;
      readonly values?: readonly Json[];
    };

/**
 * Reads paths and bodies into changes. A path to a read-only attribute is refused; the same name
 * inside a body is ignored.
 */
export class ChangeReader {
  readonly changes: Change[] = [];
  readonly #resourceType: ResourceType;
  readonly #reading: Reading;

  constructor(resourceType: ResourceType, reading: Reading) {
    this.#resourceType = resourceType;
    this.#reading = reading;
  }

  assignment(op: 'add' | 'replace', path: string, value: Json): void {
    const target = this.#target(path);
    if (target) this.#assign(op, target, value, path, true);
  }

  /**
   * An object of attributes: plain, dotted and URN-qualified keys, nested objects, and whole
   * extensions under their URN.
   */
  attributes(op: 'add' | 'replace', values: JsonObject, schema = ''): void {
    for (const key of Object.keys(values)) {
      const name = schema ? `${schema}:${key}` : key;
      const target = this.#targetOfKey(name);
      if (!target) continue;
      if (!schema && target.kind === 'attribute') this.#noteKey(key);
      this.#assign(op, target, values[key] ?? null, name, false);
    }
  }

  removal(path: string, value: Json | undefined): void {
    const target = this.#target(path);
    if (!target) return;
    if (target.kind === 'schema') return this.#clearSchema(target, path);
    const { on, where } = target;
    refuseReadOnly(on, path);
    if (on.attribute.required && !on.sub && !where)
      throw mutability(`${quoted(path)} is required.`);
    const listed =
      value !== undefined &&
      value !== null &&
      on.attribute.multiValued &&
      !where &&
      (!on.sub || on.sub.name === 'value');
    if (on.sub?.mutability === 'immutable' && !listed)
      throw mutability(`${quoted(path)} cannot be changed.`);
    if (!listed) return this.#push({ op: 'remove', on, ...(where && { where }) });
    // By the RFC the value has no meaning here and the whole list is removed; clients mean the
    // listed values.
    this.#reading.note('remove-by-value-list');
    const { sub: _, ...whole } = on;
    this.#push({
      op: 'remove',
      on: whole,
      values: readElements(on.attribute, value, new Reading({}), path),
    });
  }

  #assign(op: 'add' | 'replace', target: Target, raw: Json, name: string, byPath: boolean): void {
    if (target.kind === 'schema') return this.#assignSchema(op, target, raw, name);
    const { on, where } = target;
    if (isReadOnly(on)) {
      if (byPath) throw mutability(`${quoted(name)} is read-only.`);
      if (!['schemas', 'id', 'meta'].includes(on.attribute.name)) this.#reading.leaveOut(name);
      return;
    }
    if (on.sub?.mutability === 'immutable') {
      if (where || !on.attribute.multiValued)
        throw mutability(`${quoted(name)} cannot be changed.`);
      const { sub: _, ...whole } = on;
      return this.#assign(op, { kind: 'attribute', on: whole }, raw, name, byPath);
    }
    const value = this.#read(on, where, raw, name);
    const isList = on.attribute.multiValued && !on.sub && !where;
    if (isList && op === 'add' && isUnassigned(value)) return;
    if (on.attribute.required && !on.sub && !where && isBlank(value))
      throw invalidValue(`${quoted(on.attribute.name)} is required.`);
    if (value !== undefined && !(isList && isUnassigned(value)))
      return this.#push({ op, on, ...(where && { where }), value });
    if (on.attribute.required && !on.sub && !where)
      throw invalidValue(`${quoted(on.attribute.name)} is required.`);
    this.#push({ op: 'remove', on, ...(where && { where }) });
  }

  #read(
    on: AttributePath,
    where: TypedFilter | undefined,
    raw: Json,
    name: string,
  ): Json | undefined {
    if (on.sub) return readValue(on.sub, raw, this.#reading, name);
    if (!where) return readValue(on.attribute, raw, this.#reading, name);
    if (isUnassigned(raw)) return undefined;
    return readElement(
      on.attribute,
      Array.isArray(raw) && raw.length === 1 ? (raw[0] ?? null) : raw,
      this.#reading,
      name,
    );
  }

  #assignSchema(
    op: 'add' | 'replace',
    target: Target & { kind: 'schema' },
    raw: Json,
    name: string,
  ): void {
    if (isUnassigned(raw)) {
      if (target.extension) this.#clearSchema(target, name);
    } else if (isObject(raw)) {
      this.attributes(op, raw, target.schema.id);
    } else {
      throw invalidValue(`${quoted(name)} needs an object of attributes.`);
    }
  }

  #clearSchema({ schema, extension }: Target & { kind: 'schema' }, name: string): void {
    if (!extension) throw mutability(`${quoted(name)} cannot be removed.`);
    for (const attribute of schema.attributes) {
      if (attribute.mutability === 'readOnly') continue;
      if (attribute.required) throw mutability(`${quoted(attribute.name)} is required.`);
      this.#push({ op: 'remove', on: { schema: schema.id, extension, attribute } });
    }
  }

  #target(path: string): Target | undefined {
    if (hasUrnSlip(path)) this.#reading.note('urn-slip');
    const target = resolvePath(parsePath(path), this.#resourceType, this.#reading);
    if (!target) this.#reading.unknown(path);
    return target;
  }

  #targetOfKey(key: string): Target | undefined {
    try {
      return this.#target(key);
    } catch (error) {
      // A key that cannot be a path is just one more name nobody declared.
      if (!(error instanceof ScimError)) throw error;
      this.#reading.unknown(key);
      return undefined;
    }
  }

  #noteKey(key: string): void {
    if (/^urn:/i.test(key)) this.#reading.note('urn-key');
    else if (key.includes('.')) this.#reading.note('dotted-key');
  }

  #push(change: Change): void {
    this.changes.push(change);
  }
}

const isReadOnly = ({ attribute, sub }: AttributePath) =>
  attribute.mutability === 'readOnly' || sub?.mutability === 'readOnly';

function refuseReadOnly(on: AttributePath, name: string): void {
  if (isReadOnly(on)) throw mutability(`${quoted(name)} is read-only.`);
}
