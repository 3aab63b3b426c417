import { sql } from 'kysely';
import { assertMayReach } from '../authority.ts';
import type { Session } from '../session.ts';
import { newId } from '../ids.ts';
import { invalid, notFound } from '../refusal.ts';
import { holdRulebook } from '../roles/rulebook.ts';
import { settle } from '../roles/settle.ts';
import { assertName } from '../text.ts';
import { found } from './found.ts';
import { ownTenant, type TenantRow, tenantsByIds } from './tenant-rows.ts';
import { roleById } from '../roles/plainly.ts';

const PORTION = 25_000;

/** The tenant of this directory, and its children. */
export class Tenants {
  readonly #directory: Session;

  constructor(directory: Session) {
    this.#directory = directory;
  }

  byIds(ids: readonly string[]) {
    return tenantsByIds(this.#directory, ids);
  }

  own() {
    return ownTenant(this.#directory);
  }

  /** Makes a child tenant. Its own administrators come later; until then the parent's act in it by naming it. */
  createChild(name: string): Promise<TenantRow> {
    const directory = this.#directory;
    return directory.change(async () => {
      directory.require('TENANT_ADMIN');
      const child = { id: newId(), name: assertName(name, 'name'), parentId: directory.tenantId };
      await found(directory, child);
      directory.record({
        action: 'tenant.created',
        subject: { type: 'Tenant', id: child.id, name: child.name },
        changes: [{ name: 'name', after: child.name }],
      });
      return (await this.byIds([child.id]))[0] as TenantRow;
    });
  }

  /** Renames the tenant. */
  rename(name: string | null | undefined): Promise<TenantRow> {
    const directory = this.#directory;
    return directory.change(async () => {
      directory.require('TENANT_ADMIN');
      const {
        rows: [before],
      } = await sql<{
        name: string;
      }>`select name from tenants where id = ${directory.tenantId} for no key update`.execute(
        directory.db,
      );
      const wanted = name == null ? before?.name : assertName(name, 'name');
      if (wanted === undefined || wanted === before?.name) return this.own();
      await directory.update('tenants', directory.tenantId, { name: wanted }, ['id']);
      directory.record({
        action: 'tenant.updated',
        subject: { type: 'Tenant', id: directory.tenantId, name: wanted },
        changes: [{ name: 'name', before: before?.name, after: wanted }],
      });
      return this.own();
    });
  }

  /** Chooses the role of whoever no other rule speaks about, and settles them anew. Nobody becomes an owner by default. */
  setDefaultRole(roleId: string): Promise<TenantRow> {
    const directory = this.#directory;
    return directory.change(async () => {
      directory.require('ROLE_ADMIN');
      const rules = await holdRulebook(directory, 'update');
      const role = await roleById(directory, roleId);
      if (!role) throw notFound('role', 'roleId');
      if (role.builtIn === 'owner')
        throw invalid(
          'The owner role cannot be the default: nobody becomes an owner unasked.',
          'roleId',
        );
      directory.attempting('tenant.defaultRoleSet', {
        type: 'Tenant',
        id: directory.tenantId,
        name: (await this.own()).name,
      });
      await assertMayReach(directory, { roleIds: [roleId, rules.defaultRoleId] }, 'roleId');
      if (rules.defaultRoleId === roleId) return this.own();
      const before = await roleById(directory, rules.defaultRoleId);
      await directory.update('tenants', directory.tenantId, { default_role_id: roleId }, ['id']);
      const own = await this.own();
      directory.record({
        action: 'tenant.defaultRoleSet',
        subject: { type: 'Tenant', id: own.id, name: own.name },
        changes: [{ name: 'defaultRole', before: before?.name, after: role.name }],
      });
      for await (const portion of this.#holdersOf(rules.defaultRoleId))
        await settle(directory, portion, { ...rules, defaultRoleId: roleId }, rules);
      return own;
    });
  }

  /** Whoever a default could have given its role has that role now. */
  async *#holdersOf(roleId: string): AsyncGenerator<string[]> {
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      const holders = this.#directory
        .rows('members')
        .select('id')
        .where('role_id', '=', roleId)
        .where('role_locked', '=', false);
      const portion = (
        await holders.where('id', '>', after).orderBy('id').limit(PORTION).execute()
      ).map(row => row.id);
      if (portion.length === 0) return;
      yield portion;
      after = portion.at(-1) as string;
    }
  }
}
