import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { type Permission, PERMISSIONS } from '../../src/directory/index.ts';
import { type House, openHouse, type Person, type Provider } from '../support/people.ts';

/**
 * A company to reach for: people, teams and roles that hold what a test says, made as often as it
 * needs them.
 */
export class World {
  readonly house: House;
  /** A second owner, in whose name every attempt is made, with tokens that permit less. */
  readonly #somebody: string;
  readonly #roles = new Map<string, string>();
  readonly #tokens = new Map<string, Promise<Person>>();

  static async open(): Promise<World> {
    const house = await openHouse();
    const { id } = await house.made({ role: 'owner', name: 'Second Owner' });
    return new World(house, id);
  }

  private constructor(house: House, somebody: string) {
    this.house = house;
    this.#somebody = somebody;
  }

  get system() {
    return this.house.tenant;
  }

  /** Somebody who may exactly this. */
  actor(permissions: readonly Permission[]): Promise<Person> {
    const key = permissions.join();
    let token = this.#tokens.get(key);
    if (!token)
      this.#tokens.set(
        key,
        (token = this.house.signIn(this.house.tenant, this.#somebody, permissions)),
      );
    return token;
  }

  /** The role with exactly these permissions, shared; all of them: the owner's. */
  async role(held: readonly Permission[]): Promise<string> {
    const key = held.join();
    const known = this.#roles.get(key);
    if (known) return known;
    const id =
      held.length === PERMISSIONS.length
        ? (await this.system.roles.all()).find(({ builtIn }) => builtIn === 'owner')!.id
        : (await this.freshRole(held)).id;
    this.#roles.set(key, id);
    return id;
  }

  freshRole(permissions: readonly Permission[]) {
    return this.system.roles.create({ name: `Role ${randomUUID()}`, permissions });
  }

  /** A member made by hand whose role, given by hand, holds this. */
  async member(held: readonly Permission[]): Promise<string> {
    const roleId = await this.role(held);
    const { name } = (await this.system.roles.get(roleId))!;
    const { id } = await this.house.made({
      role: held.length === PERMISSIONS.length ? 'owner' : name,
      name: `Person ${randomUUID()}`,
    });
    return id;
  }

  /** A team that is not mapped. */
  async team(memberIds: readonly string[] = []): Promise<string> {
    return (await this.system.teams.create({ name: `Team ${randomUUID()}`, memberIds })).id;
  }

  /** A team that gives a role with these permissions to whoever no hand has given one. */
  async mappedTeam(
    held: readonly Permission[],
    memberIds: readonly string[] = [],
  ): Promise<string> {
    const id = await this.team(memberIds);
    await this.map(id, held);
    return id;
  }

  async map(teamId: string, held: readonly Permission[]): Promise<void> {
    await this.system.roles.setMappings([
      ...(await this.mappings()),
      { teamId, roleId: await this.role(held) },
    ]);
  }

  async mappings() {
    return (await this.system.roles.mappings()).map(({ teamId, pushedRole, roleId }) => ({
      ...(teamId ? { teamId } : { pushedRole }),
      roleId,
    }));
  }

  provider(more: Record<string, unknown> = {}): Promise<Provider> {
    return this.house.provider({ name: `Provider ${randomUUID()}`, ...more });
  }

  /** What somebody is, now. */
  look(id: string) {
    return this.system
      .rows('members')
      .select([
        'given_name as givenName',
        'user_name as userName',
        'state',
        'role_id as roleId',
        'role_locked as roleLocked',
        'provider_id as providerId',
      ])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
  }

  async inside(teamId: string, memberId: string): Promise<boolean> {
    const { rows } = await sql`select from memberships where tenant_id = ${this.system.tenantId}
      and team_id = ${teamId} and member_id = ${memberId}`.execute(this.system.db);
    return rows.length > 0;
  }

  /**
   * Everything that a change could change, in one word, and the outcomes in the log: how many of
   * each.
   */
  async snapshot(): Promise<{ tables: string; failures: number; successes: number }> {
    const digests = TABLES.map(
      table =>
        sql`select coalesce(md5(string_agg(t::text, ' ' order by t::text)), '') as digest from ${sql.table(table)} t`,
    );
    const { rows } = await sql<{ tables: string; failures: number; successes: number }>`
      select (select md5(string_agg(digest, ' ')) from (${sql.join(
        digests,
        sql`
      union all `,
      )}) as each) as tables,
        count(*) filter (where outcome = 'FAILURE') as failures, count(*) filter (where outcome =
        'SUCCESS') as successes
      from audit_entries where tenant_id = ${this.system.tenantId}`.execute(this.system.db);
    return rows[0]!;
  }
}

const TABLES = [
  'members',
  'teams',
  'memberships',
  'roles',
  'role_mappings',
  'credentials',
  'identity_providers',
  'conflict_cases',
  'tenants',
  'deleted_teams',
];
