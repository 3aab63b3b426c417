import { sql } from 'kysely';
import { assertMayReach } from '../authority.ts';
import type { PageRequest } from '../paging/page.ts';
import { invalid, notFound } from '../refusal.ts';
import { roleById } from '../roles/lookup.ts';
import { reassignRoles } from '../roles/reassign.ts';
import { lockRulebook } from '../roles/rulebook.ts';
import type { Session } from '../session.ts';
import { newId } from '../tables/ids.ts';
import { assertName } from '../tables/text.ts';
import { createTenant } from './create-tenant.ts';
import {
  countChildren,
  countEnterable,
  ownTenant,
  pageOfChildren,
  pageOfEnterable,
  type TenantRow,
  tenantsByIds,
} from './tenant-rows.ts';

const PORTION = 25_000;

/** The tenant of this directory, and its children. */
export class Tenants {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  byIds(ids: readonly string[]) {
    return tenantsByIds(this.#session, ids);
  }

  children(request?: PageRequest) {
    return pageOfChildren(this.#session, request);
  }
  countChildren() {
    return countChildren(this.#session);
  }
  /** Those that the caller may enter. */
  enterable(request?: PageRequest) {
    return pageOfEnterable(this.#session, request);
  }
  countEnterable() {
    return countEnterable(this.#session);
  }
  own() {
    return ownTenant(this.#session);
  }

  /**
   * Makes a child tenant. Its own administrators come later; until then the parent's act in it by
   * naming it.
   */
  createChild(name: string): Promise<TenantRow> {
    const session = this.#session;
    return session.change(async () => {
      session.require('TENANT_ADMIN');
      const child = { id: newId(), name: assertName(name, 'name'), parentId: session.tenantId };
      await createTenant(session, child);
      session.record({
        action: 'tenant.created',
        subject: { type: 'Tenant', id: child.id, name: child.name },
        changes: [{ name: 'name', after: child.name }],
      });
      return (await this.byIds([child.id]))[0] as TenantRow;
    });
  }

  /** Renames the tenant. */
  rename(name: string | null | undefined): Promise<TenantRow> {
    const session = this.#session;
    return session.change(async () => {
      session.require('TENANT_ADMIN');
      const {
        rows: [before],
      } = await sql<{
        name: string;
      }>`select name from tenants where id = ${session.tenantId} for no key update`.execute(
        session.db,
      );
      const wanted = name == null ? before?.name : assertName(name, 'name');
      if (wanted === undefined || wanted === before?.name) return this.own();
      await session.update('tenants', session.tenantId, { name: wanted }, ['id']);
      session.record({
        action: 'tenant.updated',
        subject: { type: 'Tenant', id: session.tenantId, name: wanted },
        changes: [{ name: 'name', before: before?.name, after: wanted }],
      });
      return this.own();
    });
  }

  /**
   * Chooses the role of whoever no other rule speaks about, and settles them anew. Nobody becomes
   * an owner by default.
   */
  setDefaultRole(roleId: string): Promise<TenantRow> {
    const session = this.#session;
    return session.change(async () => {
      session.require('ROLE_ADMIN');
      const rules = await lockRulebook(session, 'exclusive');
      const role = await roleById(session, roleId);
      if (!role) throw notFound('role', 'roleId');
      if (role.builtIn === 'owner')
        throw invalid(
          'The owner role cannot be the default: nobody becomes an owner unasked.',
          'roleId',
        );
      session.attempting('tenant.defaultRoleSet', {
        type: 'Tenant',
        id: session.tenantId,
        name: (await this.own()).name,
      });
      await assertMayReach(session, { roleIds: [roleId, rules.defaultRoleId] }, 'roleId');
      if (rules.defaultRoleId === roleId) return this.own();
      const before = await roleById(session, rules.defaultRoleId);
      await session.update('tenants', session.tenantId, { default_role_id: roleId }, ['id']);
      const own = await this.own();
      session.record({
        action: 'tenant.defaultRoleSet',
        subject: { type: 'Tenant', id: own.id, name: own.name },
        changes: [{ name: 'defaultRole', before: before?.name, after: role.name }],
      });
      for await (const portion of this.#holdersOf(rules.defaultRoleId))
        await reassignRoles(session, portion, { ...rules, defaultRoleId: roleId }, rules);
      return own;
    });
  }

  /** The members that the default can have given its role: all that have it, unlocked. */
  async *#holdersOf(roleId: string): AsyncGenerator<string[]> {
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      const holders = this.#session
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
