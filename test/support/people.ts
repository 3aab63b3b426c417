import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Database } from '../../src/database.ts';
import {
  activeOwner,
  type Directory,
  createFirstTenant,
  type Permission,
  PERMISSIONS,
  systemDirectory,
} from '../../src/directory/index.ts';
import type { PlanMode } from '../../src/graphql/index.ts';
import { connectionOf } from '../../src/platform/index.ts';
import { openStage, type Stage } from './company.ts';
import { Person } from './person.ts';
import { Provider } from './provider.ts';

export { type GraphqlAnswer, Person } from './person.ts';
export type { Provider } from './provider.ts';

interface Wishes {
  /**
   * The house whose database this one shares: a second server process, as far as the database can
   * tell.
   */
  beside?: House;
  environment?: Record<string, string> | undefined;
  plans?: PlanMode | undefined;
}

/**
 * A real service on a free port over a database of its own, with people in it. A test ends with
 * `close`.
 */
export async function openHouse({ beside, environment, plans }: Wishes = {}): Promise<House> {
  const stage = await openStage({
    url: beside?.databaseUrl,
    service: true,
    environment,
    plans,
  });
  const { database } = stage;
  const tenant =
    beside?.tenant ??
    (await createFirstTenant(database.store, {
      tenant: 'Northwind',
      userName: 'olivia@northwind.example',
      givenName: 'Olivia',
      familyName: 'Owner',
    }));
  const elsewhere =
    beside?.elsewhere ??
    (await createFirstTenant(database.store, {
      tenant: 'Elsewhere',
      userName: 'oscar@elsewhere.example',
      givenName: 'Oscar',
      familyName: 'Other',
    }));
  const house = new House({ ...stage, tenant, elsewhere });
  if (beside)
    Object.assign(house, {
      owner: beside.owner.at(house),
      admin: beside.admin.at(house),
      auditor: beside.auditor.at(house),
      member: beside.member.at(house),
      stranger: beside.stranger.at(house),
    });
  else await house.settle();
  return house;
}

interface HouseParts extends Stage {
  tenant: Directory;
  elsewhere: Directory;
}

export class House {
  readonly origin: string;
  readonly databaseUrl: string;
  readonly database: Database;
  /**
   * The tenant of owner, admin, auditor and member, in the hands of the service itself: for what a
   * test needs and nobody may.
   */
  readonly tenant: Directory;
  /** Another customer's tenant: the stranger's. */
  readonly elsewhere: Directory;
  owner!: Person;
  admin!: Person;
  auditor!: Person;
  member!: Person;
  stranger!: Person;
  readonly #parts: HouseParts;
  readonly #slugs = new Map<string, number>();

  constructor(parts: HouseParts) {
    this.#parts = parts;
    this.origin = parts.origin;
    this.databaseUrl = parts.url;
    this.database = parts.database;
    this.tenant = parts.tenant;
    this.elsewhere = parts.elsewhere;
  }

  /** Everybody moves in. */
  async settle(): Promise<void> {
    const [owner, other] = await Promise.all([
      activeOwner(this.tenant),
      activeOwner(this.elsewhere),
    ]);
    this.owner = await this.signIn(this.tenant, owner!.id);
    this.stranger = await this.signIn(this.elsewhere, other!.id);
    this.admin = await this.person({ role: 'admin', name: 'Ada Admin' });
    this.auditor = await this.person({ role: 'auditor', name: 'Arthur Auditor' });
    this.member = await this.person({ role: 'member', name: 'Mia Member' });
  }

  /** Somebody more, who has joined and may sign in. */
  async person({
    role = 'member',
    name = `Person ${randomUUID().slice(0, 8)}`,
    tenant = this.tenant,
  }: { role?: string; name?: string; tenant?: Directory } = {}): Promise<Person> {
    const { id } = await this.made({ role, name, tenant });
    return this.signIn(tenant, id);
  }

  /** A member made by hand, without a credential. Namesakes get addresses of their own. */
  async made({
    role = 'member',
    name,
    tenant = this.tenant,
  }: {
    role?: string;
    name: string;
    tenant?: Directory;
  }): Promise<{ id: string; email: string }> {
    const given = (await tenant.roles.all()).find(
      each => each.builtIn === role || each.name === role,
    );
    const slug = name.toLowerCase().replaceAll(' ', '.');
    const namesakes = this.#slugs.get(slug) ?? 0;
    this.#slugs.set(slug, namesakes + 1);
    const email = `${slug}${namesakes || ''}@northwind.example`;
    const [givenName, ...familyName] = name.split(' ');
    const id = randomUUID();
    await tenant.change(async () => {
      await tenant.db
        .insertInto('members')
        .values({
          tenant_id: tenant.tenantId,
          id,
          user_name: email,
          email,
          given_name: givenName ?? null,
          family_name: familyName.join(' ') || null,
          display_name: name,
          role_id: given!.id,
          hand_role_id: given!.id,
        } as never)
        .execute();
    });
    return { id, email };
  }

  async signIn(
    tenant: Directory,
    memberId: string,
    permissions: readonly Permission[] = PERMISSIONS,
  ): Promise<Person> {
    const { token, secret } = await systemDirectory(
      this.database.store,
      tenant.tenantId,
    ).credentials.issuePersonal(memberId, 'test', { permissions });
    return new Person(this.origin, {
      id: memberId,
      tenantId: tenant.tenantId,
      token: secret,
      tokenId: token.id,
    });
  }

  /** An identity provider with provisioning on, and its SCIM client. */
  provider(input: Record<string, unknown> = {}, by: Person = this.owner): Promise<Provider> {
    return Provider.create(by, input);
  }

  /**
   * The statements that this work costs, without those that the service makes now and then by
   * itself, and without the frame of a query's snapshot, whose end nobody waits for.
   */
  async statementsOf(work: () => Promise<unknown>): Promise<string[]> {
    const { statements } = this.#parts;
    const before = statements.length;
    await work();
    return statements
      .slice(before)
      .filter(
        text =>
          !/tenants_with_work|claim_messages|outbox_backlog|repeatable read|^rollback$/.test(text),
      );
  }

  /** What the outbox still owes, by kind. */
  async owed(): Promise<string[]> {
    const rows = await this.query<{ kind: string }>('select kind from outbox order by created_at');
    return rows.map(({ kind }) => kind);
  }

  /**
   * A statement as the owner of the tables, to whom every tenant's rows are there: requests see
   * none without a tenant.
   */
  async query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]> {
    const owner = await this.connect();
    try {
      return (await owner.query<Row>(text, values)).rows;
    } finally {
      await owner.end();
    }
  }

  /**
   * A connection as the owner of the tables, for a test that holds a lock. Whoever opens it ends
   * it.
   */
  async connect(): Promise<pg.Client> {
    const owner = new pg.Client(connectionOf(this.databaseUrl) as pg.ClientConfig);
    await owner.connect();
    return owner;
  }

  /**
   * Closes the service. Nothing may be owed to the outside unless the test says what it expected to
   * find.
   */
  async close({ owed = [] }: { owed?: string[] | 'anything' } = {}): Promise<void> {
    const left = owed === 'anything' ? [] : await this.owed();
    await this.#parts.stop();
    if (owed !== 'anything')
      assert.deepEqual(left, owed, 'What the outbox still owes is not what the test expected.');
  }
}
