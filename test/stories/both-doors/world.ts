import {
  type Directory,
  createFirstTenant,
  type Permission,
} from '../../../src/directory/index.ts';
import type { House, Person, Provider } from '../../support/people.ts';

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/**
 * A tenant of a story's own, with an owner and a provider that has provisioning on; names are told
 * without the story's mark.
 */
export class World {
  readonly house: House;
  readonly owner: Person;
  readonly admin: Person;
  entra: Provider;
  readonly #tenant: Directory;
  readonly #people = new Map<string, Person>();
  readonly roles = new Map<string, string>();
  /** Who and what is in the story, by the name it bears there. */
  readonly ids = new Map<string, string>();

  private constructor(
    house: House,
    tenant: Directory,
    owner: Person,
    admin: Person,
    entra: Provider,
  ) {
    this.house = house;
    this.#tenant = tenant;
    this.owner = owner;
    this.admin = admin;
    this.entra = entra;
    this.entra = entra;
  }

  static async open(house: House, provider: Record<string, unknown> = {}): Promise<World> {
    const tenant = await createFirstTenant(house.database.store, {
      tenant: 'Story',
      userName: 'olga@story.example',
      givenName: 'Olga',
      familyName: 'Owner',
    });
    const { id } = (await tenant.members.byHandle({ email: 'olga@story.example' }))!;
    const owner = await house.signIn(tenant, id);
    const admin = await house.person({ role: 'admin', name: 'Ada Admin', tenant });
    const world = new World(
      house,
      tenant,
      owner,
      admin,
      await house.provider({ name: 'Entra', ...provider }, owner),
    );
    const {
      tenant: { roles },
    } = await owner.ask('{ tenant { roles { id name } } }');
    for (const role of roles as { id: string; name: string }[]) world.roles.set(role.name, role.id);
    world.ids.set('olga', id);
    return world;
  }

  id(name: string): string {
    const id = this.ids.get(name);
    if (id === undefined) throw new Error(`Nobody is called ${name} in this story.`);
    return id;
  }

  role(name: string): string {
    return this.roles.get(name)!;
  }

  // Given.
  async user(name: string, facts: Record<string, unknown> = {}): Promise<string> {
    const id = await this.entra.user(address(name), {
      externalId: `x-${name}`,
      displayName: name,
      ...facts,
    });
    this.ids.set(name, id);
    return id;
  }

  async group(name: string, members: string[] = []): Promise<string> {
    const id = await this.entra.group(
      name,
      members.map(each => this.id(each)),
    );
    this.ids.set(name, id);
    return id;
  }

  /** Somebody invited by hand. */
  async person(name: string): Promise<string> {
    const { member, userErrors } = await this.owner.does(
      'memberInvite',
      { email: address(name), givenName: name },
      'member { id }',
    );
    assertDone(userErrors);
    this.ids.set(name, member.id);
    return member.id as string;
  }

  /** Gives somebody in the story a credential. */
  async signIn(name: string, permissions?: Permission[]): Promise<void> {
    this.#people.set(name, await this.house.signIn(this.#tenant, this.id(name), permissions));
  }

  signedIn(name: string): Person {
    return this.#people.get(name)!;
  }

  async team(name: string, members: string[] = []): Promise<string> {
    const { team, userErrors } = await this.owner.does(
      'teamCreate',
      { name, memberIds: members.map(each => this.id(each)) },
      'team { id }',
    );
    assertDone(userErrors);
    this.ids.set(name, team.id);
    return team.id as string;
  }

  async makeRole(name: string, rank: number): Promise<string> {
    const { role, userErrors } = await this.owner.does(
      'roleCreate',
      { name, permissions: ['DIRECTORY_READ'], rank },
      'role { id }',
    );
    assertDone(userErrors);
    this.roles.set(name, role.id);
    return role.id as string;
  }

  async map(...pairs: [from: string, role: string][]): Promise<void> {
    const mappings = pairs.map(([from, role]) => ({
      ...(this.ids.has(from) ? { teamId: this.id(from) } : { pushedRole: from }),
      roleId: this.role(role),
    }));
    assertDone((await this.owner.does('roleMappingsSet', { mappings })).userErrors);
  }

  // Done.
  /** Through GraphQL: `done`, or the codes of the refusal with the fields that it names. */
  async does(
    mutation: string,
    input: Record<string, unknown>,
    by: Person = this.owner,
  ): Promise<string> {
    const { userErrors } = await by.does(mutation, input);
    return userErrors.length === 0
      ? 'done'
      : userErrors
          .map(
            ({ code, readOnlyFields }) =>
              code + (readOnlyFields ? `(${readOnlyFields.join()})` : ''),
          )
          .join(' ');
  }

  /** Through SCIM: the status, with the scimType of an error. */
  async says(
    method: string,
    path: string,
    body?: unknown,
    at: Provider = this.entra,
  ): Promise<string> {
    const answer = await at.scim(method, path, body);
    return [answer.status, (answer.body as { scimType?: string } | null)?.scimType]
      .filter(Boolean)
      .join(' ');
  }

  posts(name: string, facts: Record<string, unknown> = {}): Promise<string> {
    return this.keeping(name, '/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: address(name),
      externalId: `x-${name}`,
      active: true,
      displayName: name,
      emails: [{ type: 'work', value: address(name), primary: true }],
      ...facts,
    });
  }

  postsGroup(name: string, members: string[] = []): Promise<string> {
    return this.keeping(name, '/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: name,
      externalId: `ext-${name}`,
      members: members.map(each => ({ value: this.id(each) })),
    });
  }

  patches(name: string, ...Operations: object[]): Promise<string> {
    return this.says('PATCH', this.at(name), { schemas: [PATCH_OP], Operations });
  }

  joins(group: string, ...members: string[]): Promise<string> {
    return this.patches(group, {
      op: 'Add',
      path: 'members',
      value: members.map(each => ({ value: this.id(each) })),
    });
  }

  leaves(group: string, ...members: string[]): Promise<string> {
    return this.patches(group, {
      op: 'Remove',
      path: 'members',
      value: members.map(each => ({ value: this.id(each) })),
    });
  }

  deletes(name: string): Promise<string> {
    return this.says('DELETE', this.at(name));
  }

  async switches(provisioning: string, more: Record<string, unknown> = {}): Promise<string> {
    const { userErrors, secretToken } = await this.owner.does(
      'identityProviderUpdate',
      { id: this.entra.id, provisioning, ...more },
      'secretToken',
    );
    if (typeof secretToken === 'string') this.entra.secret = secretToken;
    return userErrors.length === 0 ? 'done' : userErrors.map(({ code }) => code).join(' ');
  }

  at(name: string): string {
    return `/${isTeam(name) ? 'Groups' : 'Users'}/${this.id(name)}`;
  }

  // Shown.
  /**
   * What both doors show of it, in one line: `ann ACTIVE SCIM managed Member [Sales] | active
   * [Sales]`.
   */
  async shows(name: string): Promise<string> {
    return `${name} ${isTeam(name) ? await this.#team(name) : await this.#member(name)}`;
  }

  async #member(name: string): Promise<string> {
    const { member } = await this.owner.ask(
      'query ($id: ID!) { member(id: $id) { userName email state role { name } roleLock { role { name } } provenance { origin managed detached } teams { nodes { team { name } } } } }',
      { id: this.id(name) },
    );
    const { status, body } = await this.entra.scim('GET', this.at(name));
    const here =
      member === null
        ? 'nobody'
        : [
            ...(member.userName === address(name) ? [] : [`called ${String(member.userName)}`]),
            member.state,
            member.provenance.origin,
            ...owned(member.provenance),
            member.role.name + (member.roleLock ? '!' : ''),
            listed(member.teams.nodes.map((each: { team: { name: string } }) => each.team.name)),
          ].join(' ');
    const there =
      status === 200
        ? `${body.active ? 'active' : 'inactive'} ${listed((body.groups ?? []).map((each: { display: string }) => each.display))}`
        : status;
    return `${here} | ${there}`;
  }

  async #team(name: string): Promise<string> {
    const { team } = await this.owner.ask(
      'query ($id: ID!) { team(id: $id) { name provenance { origin managed detached } members { nodes { member { userName } } } } }',
      { id: this.id(name) },
    );
    const { status, body } = await this.entra.scim('GET', this.at(name));
    const here =
      team === null
        ? 'nothing'
        : [
            ...(team.name === name ? [] : [`called ${String(team.name)}`]),
            team.provenance.origin,
            ...owned(team.provenance),
            listed(
              team.members.nodes.map((each: { member: { userName: string } }) =>
                nameOf(each.member.userName),
              ),
            ),
          ].join(' ');
    const names = new Map([...this.ids].map(([each, id]) => [id, each]));
    const there =
      status === 200
        ? listed(
            (body.members ?? []).map(
              (each: { value: string }) => names.get(each.value) ?? each.value,
            ),
          )
        : status;
    return `${here} | ${there}`;
  }

  /** What the log holds, oldest first; `since` is how many entries were there before. */
  async log(since = 0): Promise<string[]> {
    const { tenant } = await this.owner.ask(
      '{ tenant { auditLog(first: 500) { nodes { action outcome subjectName } } } }',
    );
    return (tenant.auditLog.nodes as { action: string; outcome: string; subjectName: string }[])
      .toReversed()
      .slice(since)
      .map(
        ({ action, outcome, subjectName }) =>
          `${outcome === 'SUCCESS' ? '' : `${outcome} `}${action} ${nameOf(subjectName)}`,
      );
  }

  private async keeping(name: string, path: string, body: object): Promise<string> {
    const answer = await this.entra.scim('POST', path, body);
    if (answer.status === 201) this.ids.set(name, (answer.body as { id: string }).id);
    return [answer.status, (answer.body as { scimType?: string }).scimType]
      .filter(Boolean)
      .join(' ');
  }
}

export const address = (name: string): string => `${name}@story.example`;
const nameOf = (text: string): string => text.replace('@story.example', '');
/** Teams bear capitals, people do not. */
const isTeam = (name: string): boolean => name !== name.toLowerCase();
const listed = (names: string[]): string => `[${names.toSorted().join(', ')}]`;
const owned = ({ managed, detached }: { managed: boolean; detached: boolean }): string[] => [
  ...(managed ? ['managed'] : []),
  ...(detached ? ['detached'] : []),
];

function assertDone(userErrors: readonly { message: string }[]): void {
  if (userErrors.length > 0) throw new Error(userErrors.map(({ message }) => message).join(' '));
}
