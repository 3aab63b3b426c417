import { sql } from 'kysely';
import pg from 'pg';
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
import { createTestDatabase, TEST_KEYS } from './cluster.ts';
import { Person } from './person.ts';
import { ScimClient } from './scim-client.ts';
import type { PlanMode } from '../../src/graphql/index.ts';
import { startTestService } from './service.ts';

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
  /** Where the service answers; empty when only the directory was asked for. */
  origin: string;
  /** The lines of the service's log. */
  lines: Record<string, unknown>[];
  /** Reads the tables as their owner, whoever's tenant it is: requests see one tenant only. */
  owner: pg.Pool;
  company(): Promise<Company>;
  /** Writes what the service keeps beside the requests: exchanges, last uses. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

interface StageOptions {
  /** The database of another stage: a second server process, as far as the database can tell. */
  url?: string | undefined;
  /** Starts the service over the same database; without it there is the directory alone. */
  service?: boolean;
  environment?: Record<string, string> | undefined;
  plans?: PlanMode | undefined;
}

export async function openStage({
  url: shared,
  service = false,
  environment = {},
  plans,
}: StageOptions = {}): Promise<Stage> {
  const url = shared ?? (await createTestDatabase());
  const started = await (service ? startTestService(url, environment, plans) : directoryAlone(url));
  const { database } = started;
  const owner = new pg.Pool({ ...(connectionOf(url) as pg.ClientConfig), max: 1 });
  const opened: Stage = {
    ...started,
    url,
    owner,
    store: database.store,
    company: () => Company.found(opened),
    async flush() {
      await database.store.catchUp?.();
    },
    async stop() {
      await owner.end();
      await started.stop();
    },
  };
  return opened;
}

function directoryAlone(url: string) {
  const statements: string[] = [];
  const database = openDatabase({
    connection: connectionOf(url),
    tokenKey: TEST_KEYS[0],
    onStatement: text => statements.push(text),
  });
  return { database, statements, lines: [], origin: '', stop: () => database.close() };
}

/** The same for a whole test file. */
export function stage(options: StageOptions = {}): Stage {
  const here = {} as Stage;
  beforeAll(async () => {
    Object.assign(here, await openStage(options));
  });
  afterAll(() => here.stop());
  return here;
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
    this.owner = this.directory(ada, PERMISSIONS);
    this.admin = this.directory(grace, ADMIN);
    this.entra = this.directory(provider);
  }

  get tenantId(): string {
    return this.system.tenantId;
  }

  /** The directory in the hands of a member with these permissions, or of a provider. */
  directory(
    as: { id: string; displayName: string } | { id: string; name: string },
    permissions: readonly Permission[] = PERMISSIONS,
  ): Directory {
    const actor =
      'displayName' in as
        ? {
            record: { kind: 'member', name: as.displayName, memberId: as.id } as const,
            permissions,
          }
        : {
            record: { kind: 'provider', name: as.name, providerId: as.id } as const,
            permissions: ['SCIM_INTEGRATE'] as const,
          };
    return new Directory(this.#stage.store, new Actor({ tenantId: this.tenantId, ...actor }), {
      correlationId: 'test',
    });
  }

  /** A member at the GraphQL door, with a token for these permissions. */
  async graphql(
    as: { id: string },
    permissions: readonly Permission[] = PERMISSIONS,
  ): Promise<Person> {
    const { token, secret } = await this.system.credentials.issuePersonal(as.id, 'test', {
      permissions,
    });
    return new Person(this.#stage.origin, {
      id: as.id,
      tenantId: this.tenantId,
      token: secret,
      tokenId: token.id,
    });
  }

  /** A provider at the SCIM door, with a new secret; without an id the company's own. */
  async scim(providerId = this.providerId): Promise<ScimClient> {
    const { secretToken } = await this.owner.identityProviders.rotate(providerId);
    return new ScimClient(this.#stage.origin, providerId, secretToken as string);
  }

  async secondProvider(name = 'Okta') {
    const { provider } = await this.owner.identityProviders.create({ name, kind: 'OKTA' });
    return { id: provider.id, directory: this.directory(provider) };
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
