import DataLoader from 'dataloader';
import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import type { AuditEntryRow, Directory, ExchangeRow, Permission } from '../directory/index.ts';
import { linkOf } from './identity-providers/link.ts';
import { type NodeName, tagType } from './schema/node.ts';

/** Rows that do not say their tenant are given it here, so that what hangs on them is looked for in the same one. */
export type WithTenant<Row> = Row & { tenantId: string };
export type Entry = WithTenant<AuditEntryRow>;
export type Exchange = WithTenant<ExchangeRow>;
export const withTenant = <Row extends object>(
  { tenantId }: Pick<Directory, 'tenantId'>,
  rows: readonly Row[],
): WithTenant<Row>[] => rows.map(row => Object.assign(row, { tenantId }));

type Answers<Answer> = (
  directory: Directory,
  keys: readonly string[],
) => Promise<readonly Answer[]>;
type Reads<Row> = (directory: Directory, keys: readonly string[]) => Promise<Row[]>;

/** A question that is asked of many at once, and its answers in the order of the keys. */
const one =
  <Row>(read: Reads<Row>, key: (row: Row) => string): Answers<Row | null> =>
  async (directory, keys) => {
    const rows = new Map((await read(directory, keys)).map(row => [key(row), row]));
    return keys.map(each => rows.get(each) ?? null);
  };
const byId = <Row extends { id: string }>(read: Reads<Row>) => one(read, row => row.id);
const many =
  <Row>(read: Reads<Row>, key: (row: Row) => string): Answers<Row[]> =>
  async (directory, keys) => {
    const rows = Map.groupBy(await read(directory, keys), key);
    return keys.map(each => rows.get(each) ?? []);
  };
const mapped =
  <Answer>(
    read: (directory: Directory, keys: readonly string[]) => Promise<Map<string, Answer>>,
  ): Answers<Answer | null> =>
  async (directory, keys) => {
    const answers = await read(directory, keys);
    return keys.map(each => answers.get(each) ?? null);
  };
/** What somebody may not see is to them not there. */
const seenWith =
  <Row>(permissions: readonly Permission[], read: Reads<Row>): Reads<Row> =>
  async (directory, keys) =>
    permissions.some(permission => directory.actor.may(permission)) ? read(directory, keys) : [];

const questions = {
  tenant: byId((directory, ids) => directory.tenants.byIds(ids)),
  member: byId((directory, ids) => directory.members.byIds(ids)),
  team: byId((directory, ids) => directory.teams.byIds(ids)),
  role: byId((directory, ids) => directory.roles.byIds(ids)),
  roleSpokenOf: byId((directory, ids) => directory.roles.spokenOf(ids)),
  mapping: byId((directory, ids) => directory.roles.mappingsByIds(ids)),
  provider: byId((directory, ids) => directory.identityProviders.byIds(ids)),
  conflict: byId((directory, ids) => directory.conflicts.byIds(ids)),
  token: byId((directory, ids) => directory.credentials.byIds(ids)),
  providerCredential: byId(
    seenWith(['DIRECTORY_READ'], (directory, ids) => directory.credentials.ofProvidersByIds(ids)),
  ),
  entry: byId(
    seenWith(['AUDIT_READ'], async (directory, ids) =>
      withTenant<AuditEntryRow>(directory, await directory.audit.byIds(ids)),
    ),
  ),
  exchange: byId(
    seenWith(['AUDIT_READ', 'PROVISIONING_ADMIN'], async (directory, ids) =>
      withTenant<ExchangeRow>(directory, await directory.exchanges.byIds(ids)),
    ),
  ),
  exchangeBodies: byId((directory, ids) => directory.exchanges.bodiesOf(ids)),
  mappingOfTeam: one(
    (directory, ids) => directory.roles.mappingsOfTeams(ids),
    row => row.teamId as string,
  ),
  invitation: one(
    (directory, ids) => directory.invitations.sentTo(ids),
    row => row.memberId,
  ),
  activity: one(
    (directory, ids) => directory.identityProviders.activity(ids),
    row => row.providerId,
  ),
  holders: mapped((directory, ids) => directory.roles.countHolders(ids)),
  explanation: mapped((directory, ids) => directory.roles.explain(ids)),
  credentialsOfProvider: many(
    (directory, ids) => directory.credentials.ofProviders(ids),
    row => row.providerId,
  ),
  lastWriters: many(
    (directory, ids) => directory.audit.lastWriters(ids),
    row => row.memberId,
  ),
  lastHeard: mapped((directory, ids) => directory.audit.lastHeard(ids)),
  node: nodes,
};
type Questions = typeof questions;
export type Answered<Name extends keyof Questions> =
  Questions[Name] extends Answers<infer Answer> ? Answer : never;

const readAs: Record<Exclude<NodeName, 'ProviderLink'>, keyof Questions> = {
  Tenant: 'tenant',
  Member: 'member',
  Team: 'team',
  Role: 'role',
  RoleMapping: 'mapping',
  IdentityProvider: 'provider',
  ProviderCredential: 'providerCredential',
  ApiToken: 'token',
  ConflictCase: 'conflict',
  ScimRequest: 'exchange',
  AuditEntry: 'entry',
};

/** Gathers what one operation asks of one tenant: the questions of one level become one statement, however many there are. */
export class Loaders {
  readonly directory: Directory;
  readonly #loaders = new Map<keyof Questions, DataLoader<string, unknown>>();
  readonly #known = new Map<string, unknown>();
  readonly #ofField = new WeakMap<FieldNode, Map<string, DataLoader<string, unknown>>>();

  constructor(directory: Directory) {
    this.directory = directory;
  }

  load<Name extends keyof Questions>(name: Name, key: string): Promise<Answered<Name>> {
    let loader = this.#loaders.get(name);
    if (!loader)
      this.#loaders.set(
        name,
        (loader = new DataLoader<string, unknown>(keys => this.#ask(name, keys))),
      );
    return loader.load(key) as Promise<Answered<Name>>;
  }

  /** The same, at once where it was read ahead. */
  loadCached<Name extends keyof Questions>(
    name: Name,
    key: string,
  ): Answered<Name> | Promise<Answered<Name>> {
    return (
      (this.#known.get(`${name} ${key}`) as Answered<Name> | undefined) ?? this.load(name, key)
    );
  }

  /**
   * Reads what is sure to be asked for next, so that it is there when it is: to the executor a promise costs more than a row, and there
   * is one for each entry of each list.
   */
  async prefetch(name: keyof Questions, keys: Iterable<string>): Promise<void> {
    const missing = [...new Set(keys)].filter(key => !this.#known.has(`${name} ${key}`));
    if (missing.length === 0) return;
    const answers = await this.#ask(name, missing);
    for (const [at, key] of missing.entries()) this.#known.set(`${name} ${key}`, answers[at]);
  }

  /** What one field of the question asks for each of many parents. The field has the same arguments for all of them. */
  ofField<Answer>(
    { fieldNodes }: GraphQLResolveInfo,
    what: string,
    parentId: string,
    read: (parentIds: readonly string[]) => Promise<Map<string, Answer>>,
  ): Promise<Answer> {
    const field = fieldNodes[0] as FieldNode;
    let loaders = this.#ofField.get(field);
    if (!loaders) this.#ofField.set(field, (loaders = new Map()));
    let loader = loaders.get(what);
    if (!loader) {
      loaders.set(
        what,
        (loader = new DataLoader<string, unknown>(async ids => {
          const answers = await read(ids);
          return ids.map(id => answers.get(id));
        })),
      );
    }
    return loader.load(parentId) as Promise<Answer>;
  }

  /** An object whose kind is known: no need to look where it is. */
  async nodeOf(name: NodeName, id: string): Promise<object | null> {
    if (name === 'ProviderLink') return this.load('node', id);
    return tagType(name, (await this.load(readAs[name], id)) as object | null);
  }

  async #ask(name: keyof Questions, keys: readonly string[]): Promise<readonly unknown[]> {
    return name === 'node'
      ? nodes(this.directory, keys, this)
      : questions[name](this.directory, keys);
  }
}

/** Any object of this tenant, noted with what it is: one statement says what each id is, one more for each kind reads them. */
async function nodes(
  directory: Directory,
  ids: readonly string[],
  loaders = new Loaders(directory),
): Promise<readonly (object | null)[]> {
  const places = new Map((await directory.locate(ids)).map(place => [place.id, place]));
  return Promise.all(
    ids.map(async id => {
      const place = places.get(id);
      if (!place) return null;
      switch (place.kind) {
        case 'MemberLink':
          return linkOf(await loaders.load('member', place.holderId));
        case 'TeamLink':
          return linkOf(await loaders.load('team', place.holderId));
        default:
          return loaders.nodeOf(place.kind, id);
      }
    }),
  );
}
