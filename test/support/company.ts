import { sql } from 'kysely';
import { afterAll, beforeAll } from 'vitest';
import { type Database, openDatabase } from '../../src/database.ts';
import {
  Actor,
  Directory,
  createDemoCompany,
  type Store,
  type MemberRow,
  type Permission,
  PERMISSIONS,
  type ProvisionedMember,
  Refusal,
  type TeamRow,
} from '../../src/directory/index.ts';
import { connectionOf } from '../../src/platform/index.ts';
import { createTestDatabase } from './cluster.ts';

export type RoleName = 'owner' | 'admin' | 'auditor' | 'member';

/**
 * What came of a deed: its result or its refusal, what was recorded, and what is owed to the
 * outside.
 */
export interface Told<T> {
  result: T;
  refusal: Refusal | null;
  entries: string[];
  owed: number;
  statements: string[];
}

/** A database for one test file, in which each test founds a company of its own. */
export interface Stage {
  store: Store;
  url: string;
  database: Database;
  statements: string[];
  company(): Promise<Company>;
}

export function stage(): Stage {
  const opened = { statements: [] as string[] } as Stage;
  beforeAll(async () => {
    opened.url = await createTestDatabase();
    opened.database = openDatabase({
      connection: connectionOf(opened.url),
      tokenKey: 'k'.repeat(40),
      onStatement: text => opened.statements.push(text),
    });
    opened.store = opened.database.store;
    opened.company = async () => Company.found(opened);
  });
  afterAll(() => opened.database.close());
  return opened;
}

const ADMIN: Permission[] = [
  'DIRECTORY_READ',
  'DIRECTORY_WRITE',
  'ROLE_ADMIN',
  'PROVISIONING_ADMIN',
  'AUDIT_READ',
];

/** The demo company, with its owner, its admin and its provider ready to act. */
export class Company {
  readonly system: Directory;
  readonly owner: Directory;
  readonly admin: Directory;
  readonly entra: Directory;
  readonly providerId: string;
  readonly roles: Record<RoleName, string>;
  readonly #stage: Stage;

  static async found(on: Stage): Promise<Company> {
    const system = await createDemoCompany(on.store);
    const roles = Object.fromEntries(
      (await system.roles.all()).map(role => [role.builtIn, role.id]),
    ) as Record<RoleName, string>;
    const people = new Map(
      (await system.members.page({ first: 50 })).items.map(({ row }) => [row.givenName, row]),
    );
    const provider = (await system.identityProviders.all())[0]!;
    return new Company(on, system, roles, people.get('Ada')!, people.get('Grace')!, provider);
  }

  private constructor(
    on: Stage,
    system: Directory,
    roles: Record<RoleName, string>,
    ada: MemberRow,
    grace: MemberRow,
    provider: { id: string; name: string },
  ) {
    this.#stage = on;
    this.system = system;
    this.roles = roles;
    this.providerId = provider.id;
    this.owner = this.as(ada, PERMISSIONS);
    this.admin = this.as(grace, ADMIN);
    this.entra = this.through(provider);
  }

  get tenantId(): string {
    return this.system.tenantId;
  }

  as(member: { id: string; displayName: string }, permissions: readonly Permission[]): Directory {
    return new Directory(
      this.#stage.store,
      new Actor({
        tenantId: this.tenantId,
        record: { kind: 'member', name: member.displayName, memberId: member.id },
        permissions,
      }),
      { correlationId: 'test' },
    );
  }

  through(provider: { id: string; name: string }): Directory {
    return new Directory(
      this.#stage.store,
      new Actor({
        tenantId: this.tenantId,
        record: { kind: 'provider', name: provider.name, providerId: provider.id },
        permissions: ['SCIM_INTEGRATE'],
      }),
      { correlationId: 'test' },
    );
  }

  async secondProvider(name = 'Okta') {
    const { provider } = await this.owner.identityProviders.create({ name, kind: 'OKTA' });
    return { id: provider.id, directory: this.through(provider) };
  }

  async person(givenName: string): Promise<MemberRow> {
    return (await this.system.db
      .selectFrom('members')
      .where('tenant_id', '=', this.tenantId)
      .where('given_name', '=', givenName)
      .select('id')
      .executeTakeFirstOrThrow()
      .then(({ id }) => this.system.members.get(id)))!;
  }

  async fresh(member: { id: string }): Promise<MemberRow> {
    return (await this.system.members.get(member.id))!;
  }
  async freshTeam(team: { id: string }): Promise<TeamRow> {
    return (await this.system.teams.get(team.id))!;
  }
  async team(name: string): Promise<TeamRow> {
    return (await this.system.teams.byName(name))!;
  }

  async roleOf(member: { id: string }): Promise<string> {
    const { roleId } = await this.fresh(member);
    return (await this.system.roles.get(roleId))!.name;
  }

  /** The given names of a team's members, sorted. */
  async inside(team: { id: string }): Promise<string[]> {
    const { rows } = await sql<{
      name: string;
    }>`select coalesce(m.given_name, m.user_name) as name from memberships s join members m
      on m.tenant_id = s.tenant_id and m.id = s.member_id
      where s.tenant_id = ${this.tenantId} and s.team_id = ${team.id} order by 1`.execute(
      this.system.db,
    );
    return rows.map(row => row.name);
  }

  /** A member as the provider has made it. */
  provisioned(givenName: string, more: Partial<ProvisionedMember> = {}): Promise<MemberRow> {
    return this.entra.members.provision(described(givenName, more), {
      userName: `${givenName}@north.example`,
    });
  }

  provisionedTeam(
    name: string,
    members: readonly { id: string }[] = [],
    externalId: string | null = `g-${name}`,
  ): Promise<TeamRow> {
    return this.entra.teams.provision(
      { name, externalId },
      members.map(({ id }) => id),
      { displayName: name },
    );
  }

  switchTo(provisioning: 'ON' | 'PAUSED' | 'OFF', how: { evictManualMembers?: boolean } = {}) {
    return this.owner.identityProviders.update(this.providerId, { provisioning, ...how });
  }

  /** Does it, and tells what it left behind: lines like `member.created Ann`, failures marked. */
  async told<T>(work: () => Promise<T>): Promise<Told<T>> {
    const before = await this.#marks();
    this.#stage.statements.length = 0;
    const outcome = await work().then(
      result => ({ result, refusal: null }),
      (refusal: unknown) => {
        if (refusal instanceof Refusal) return { result: undefined as T, refusal };
        throw refusal;
      },
    );
    const statements = [...this.#stage.statements];
    const { rows } = await sql<{ line: string }>`
      select case when outcome = 'SUCCESS' then '' else outcome || ' ' end || action || ' ' ||
      subject_name || coalesce(' / ' || related_name, '') as line
      from audit_entries where tenant_id = ${this.tenantId} and id > ${before.last}
      order by id`.execute(this.system.db);
    return {
      ...outcome,
      entries: rows.map(row => row.line),
      owed: (await this.#marks()).owed - before.owed,
      statements,
    };
  }

  async #marks(): Promise<{ last: string; owed: number }> {
    const { rows } = await sql<{ last: string; owed: number }>`
      select (select id from audit_entries where tenant_id = ${this.tenantId} order by id desc
      limit 1) as last, (select count(*) from outbox where tenant_id = ${this.tenantId}) as
      owed`.execute(this.system.db);
    return rows[0]!;
  }
}

/** A person as a provider describes them. */
export function described(
  givenName: string,
  more: Partial<ProvisionedMember> = {},
): ProvisionedMember {
  const address = `${givenName.toLowerCase()}@north.example`;
  return {
    userName: address,
    email: address,
    givenName,
    familyName: null,
    displayName: givenName,
    active: true,
    externalId: `x-${givenName}`,
    profile: {},
    pushedRoles: [],
    ...more,
  };
}
