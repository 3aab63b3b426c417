import type { Permission } from '../actor.ts';
import type { Session } from '../session.ts';
import { create } from './create.ts';
import { explain } from './explain.ts';
import type { MappingInput } from './mapping-differences.ts';
import { setMappings } from './mappings.ts';
import { remove } from './remove.ts';
import {
  allMappings,
  allRoles,
  everyMapping,
  holdersOfRoles,
  mappingsByIds,
  mappingsOfTeams,
  type RoleMappingRow,
  type RoleRow,
  rolesByIds,
  rolesSpokenOf,
} from './role-rows.ts';
import { type RoleInput, update } from './update.ts';

/** The roles of one tenant, and the rules that give them. */
export class Roles {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  all(): Promise<RoleRow[]> {
    return allRoles(this.#session);
  }
  byIds(ids: readonly string[]) {
    return rolesByIds(this.#session, ids);
  }
  async get(id: string): Promise<RoleRow | null> {
    return (await this.byIds([id]))[0] ?? null;
  }
  mappings(): Promise<RoleMappingRow[]> {
    return allMappings(this.#session);
  }
  mappingsOfTeams(teamIds: readonly string[]) {
    return mappingsOfTeams(this.#session, teamIds);
  }
  /** Roles as others are told of them, whoever may see them. */
  spokenOf(ids: readonly string[]) {
    return rolesSpokenOf(this.#session, ids);
  }
  countHolders(ids: readonly string[]) {
    return holdersOfRoles(this.#session, ids);
  }
  mappingsByIds(ids: readonly string[]) {
    return mappingsByIds(this.#session, ids);
  }
  explain(memberIds: readonly string[]) {
    return explain(this.#session, memberIds);
  }

  create(facts: {
    name: string;
    permissions: readonly Permission[];
    rank?: number | null | undefined;
  }) {
    return create(this.#session, facts);
  }
  update(id: string, wish: RoleInput) {
    return update(this.#session, id, wish);
  }
  remove(id: string, replacementId?: string | null) {
    return remove(this.#session, id, replacementId);
  }
  async setMappings(wishes: readonly MappingInput[]): Promise<RoleMappingRow[]> {
    await setMappings(this.#session, wishes);
    return everyMapping(this.#session);
  }
}
