import DataLoader from 'dataloader';
import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import type { Directory } from '../../directory/index.ts';
import { type NodeName, tagType } from '../schema/node.ts';
import type { BatchRead } from './batch.ts';
import { batches } from './batches.ts';
import { batchOf, readNodes } from './nodes.ts';

type Batches = typeof batches & { node: BatchRead<object | null> };
type Loaded<Name extends keyof Batches> =
  Batches[Name] extends BatchRead<infer Value> ? Value : never;

/**
 * Loads what one operation reads of one tenant: the keys that the fields of one level ask for
 * become one statement.
 */
export class Loaders {
  readonly directory: Directory;
  readonly #loaders = new Map<keyof Batches, DataLoader<string, unknown>>();
  readonly #known = new Map<string, unknown>();
  readonly #ofField = new WeakMap<FieldNode, Map<string, DataLoader<string, unknown>>>();

  constructor(directory: Directory) {
    this.directory = directory;
  }

  load<Name extends keyof Batches>(name: Name, key: string): Promise<Loaded<Name>> {
    let loader = this.#loaders.get(name);
    if (!loader)
      this.#loaders.set(
        name,
        (loader = new DataLoader<string, unknown>(keys => this.#read(name, keys))),
      );
    return loader.load(key) as Promise<Loaded<Name>>;
  }

  /** The same, without a promise where it was prefetched. */
  loadCached<Name extends keyof Batches>(
    name: Name,
    key: string,
  ): Loaded<Name> | Promise<Loaded<Name>> {
    return (this.#known.get(`${name} ${key}`) as Loaded<Name> | undefined) ?? this.load(name, key);
  }

  /**
   * Reads rows that the next level is known to load. The executor spends more on a promise than on
   * a row, and there would be one for each entry of each list.
   */
  async prefetch(name: keyof Batches, keys: Iterable<string>): Promise<void> {
    const missing = [...new Set(keys)].filter(key => !this.#known.has(`${name} ${key}`));
    if (missing.length === 0) return;
    const values = await this.#read(name, missing);
    for (const [at, key] of missing.entries()) this.#known.set(`${name} ${key}`, values[at]);
  }

  /**
   * What one field of the document reads for each of many parents; its arguments are the same for
   * all of them.
   */
  ofField<Value>(
    { fieldNodes }: GraphQLResolveInfo,
    part: string,
    parentId: string,
    read: (parentIds: readonly string[]) => Promise<Map<string, Value>>,
  ): Promise<Value> {
    const field = fieldNodes[0] as FieldNode;
    let loaders = this.#ofField.get(field);
    if (!loaders) this.#ofField.set(field, (loaders = new Map()));
    let loader = loaders.get(part);
    if (!loader) {
      loaders.set(
        part,
        (loader = new DataLoader<string, unknown>(async ids => {
          const values = await read(ids);
          return ids.map(id => values.get(id));
        })),
      );
    }
    return loader.load(parentId) as Promise<Value>;
  }

  /** A node whose type is known, which saves the statement that finds it. */
  async nodeOf(name: NodeName, id: string): Promise<object | null> {
    if (name === 'ProviderLink') return this.load('node', id);
    return tagType(name, (await this.load(batchOf[name], id)) as object | null);
  }

  async #read(name: keyof Batches, keys: readonly string[]): Promise<readonly unknown[]> {
    return name === 'node'
      ? readNodes(this.directory, keys, this)
      : batches[name](this.directory, keys);
  }
}
