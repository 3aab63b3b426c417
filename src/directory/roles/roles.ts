import type { Permission } from '../actor.ts';
import type { Session } from '../session.ts';
import { create, remove, type RoleWish, update } from './by-hand.ts';
import { explain } from './explain.ts';
import { type MappingWish, setMappings } from './mappings.ts';
import {
  allRoles,
  mappingsByIds,
  allMappings,
  everyMapping,
  type RoleMappingRow,
  type RoleRow,
  rolesByIds,
} from './role-rows.ts';

/** The roles of one tenant, and the rules that give them. */
export class Roles {
  readonly #directory: Session;

  constructor(directory: Session) {
    this.#directory = directory;
  }

  all(): Promise<RoleRow[]> {
    return allRoles(this.#directory);
  }
  byIds(ids: readonly string[]) {
    return rolesByIds(this.#directory, ids);
  }
  async get(id: string): Promise<RoleRow | null> {
    return (await this.byIds([id]))[0] ?? null;
  }
  mappings(): Promise<RoleMappingRow[]> {
    return allMappings(this.#directory);
  }
  mappingsByIds(ids: readonly string[]) {
    return mappingsByIds(this.#directory, ids);
  }
  explain(memberIds: readonly string[]) {
    return explain(this.#directory, memberIds);
  }

  create(facts: {
    name: string;
    permissions: readonly Permission[];
    rank?: number | null | undefined;
  }) {
    return create(this.#directory, facts);
  }
  update(id: string, wish: RoleWish) {
    return update(this.#directory, id, wish);
  }
  remove(id: string, replacementId?: string | null) {
    return remove(this.#directory, id, replacementId);
  }
  async setMappings(wishes: readonly MappingWish[]): Promise<RoleMappingRow[]> {
    await setMappings(this.#directory, wishes);
    return everyMapping(this.#directory);
  }
}
