import { Migration } from '@mikro-orm/migrations';

/**
 * The rulebook is locked by an advisory lock, as the switches of providers are (src/directory/tables/locks.ts): the queue of a row lock
 * let every new sharer pass whoever waits to change the rules. Only a process of the version before still calls this function, while
 * processes are replaced one by one: it takes the same lock as the others by now. A later step drops it.
 */
export class FairLocks extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(`
      create or replace function hold_rulebook(exclusive boolean) returns table (default_role_id uuid, mappings jsonb) language plpgsql set search_path = public, pg_temp as $$
      begin
        if exclusive then perform pg_advisory_xact_lock(hashtextextended(current_tenant()::text, 2));
        else perform pg_advisory_xact_lock_shared(hashtextextended(current_tenant()::text, 2));
        end if;
        return query select t.default_role_id, coalesce((
          select jsonb_agg(jsonb_build_object('position', m.position, 'roleId', m.role_id, 'teamId', m.team_id, 'pushedRole', m.pushed_role) order by m.position)
          from role_mappings m where m.tenant_id = t.id), '[]') from tenants t where t.id = current_tenant();
      end $$;
    `);
  }
}
