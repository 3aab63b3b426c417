import type { Directory, Permission } from '../../directory/index.ts';

/** Reads the values of many keys at once, in the order of the keys. */
export type BatchRead<Value> = (
  directory: Directory,
  keys: readonly string[],
) => Promise<readonly Value[]>;
/** The rows of these keys in any order, as the directory gives them. */
type ReadRows<Row> = (directory: Directory, keys: readonly string[]) => Promise<Row[]>;

export const oneByKey =
  <Row>(read: ReadRows<Row>, key: (row: Row) => string): BatchRead<Row | null> =>
  async (directory, keys) => {
    const rows = new Map((await read(directory, keys)).map(row => [key(row), row]));
    return keys.map(each => rows.get(each) ?? null);
  };

export const oneById = <Row extends { id: string }>(read: ReadRows<Row>) =>
  oneByKey(read, row => row.id);

export const manyByKey =
  <Row>(read: ReadRows<Row>, key: (row: Row) => string): BatchRead<Row[]> =>
  async (directory, keys) => {
    const rows = Map.groupBy(await read(directory, keys), key);
    return keys.map(each => rows.get(each) ?? []);
  };

export const fromMap =
  <Value>(
    read: (directory: Directory, keys: readonly string[]) => Promise<Map<string, Value>>,
  ): BatchRead<Value | null> =>
  async (directory, keys) => {
    const values = await read(directory, keys);
    return keys.map(each => values.get(each) ?? null);
  };

/**
 * Without any of the permissions there are no rows: an object that may not be seen is answered like
 * one that does not exist.
 */
export const ifPermitted =
  <Row>(permissions: readonly Permission[], read: ReadRows<Row>): ReadRows<Row> =>
  async (directory, keys) =>
    permissions.some(permission => directory.actor.may(permission)) ? read(directory, keys) : [];
