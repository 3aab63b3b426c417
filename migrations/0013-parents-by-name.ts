import { Migration } from '@mikro-orm/migrations';

/**
 * A child reads its parent's id and name, and nothing else of it. A policy grants whole rows, so the parent's row is out of the policy
 * and a function of the owner answers with the two columns.
 */
export class ParentsByName extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(`
      drop policy near_tenants on tenants;
      create policy own_and_children on tenants for select
        using (id = (select current_tenant()) or parent_id = (select current_tenant()));
      drop function parent_tenant();
      create function parent_tenant() returns table (id uuid, name text)
        language sql stable security definer set search_path = public, pg_temp rows 1
        as $$
          select parent.id, parent.name from tenants own join tenants parent on parent.id = own.parent_id
          where own.id = (select current_tenant())
        $$;
    `);
  }
}
