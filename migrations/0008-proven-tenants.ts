import { Migration } from '@mikro-orm/migrations';

/**
 * A statement that somebody smuggled into a connection sees and changes its own tenant only. The connection logs in as a role that owns
 * nothing and is a member of nothing that does (src/requests-role.ts), and it names its tenant together with a proof: an HMAC under a
 * key that only the owner of the tables can read. Another tenant's id without its proof is no tenant.
 */
export class ProvenTenants extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(`
      -- Keys under which services prove which tenant a connection acts for: the present one and, during a rotation, the one before.
      create table service_keys (key bytea not null, since timestamptz(3) not null default now(), primary key (key));
      revoke all on service_keys from public, muster_app;
      alter table service_keys enable row level security;

      -- The tenant that the connection has proved to act for; null without a valid proof. A body that is parsed once, when it is
      -- defined, depends on no search_path. It cannot be inlined (it reads what its caller cannot), therefore policies ask in a
      -- sub-select: that is evaluated once for a statement, and compares like a parameter, by index.
      create or replace function current_tenant() returns uuid language sql stable parallel safe security definer
        return (
          select case when length(given.proof) = 100 and exists (
            select from service_keys known
            where encode(sha256(known.key || sha256(known.key || convert_to(left(given.proof, 36), 'UTF8'))), 'hex') = right(given.proof, 64)
          ) then left(given.proof, 36)::uuid end
          from (select current_setting('app.tenant', true) as proof) as given
        );

      -- Connections that serve all tenants prove the nil id: no row belongs to it, and the functions below answer to nobody else.
      create function is_service() returns boolean language sql stable parallel safe
        return coalesce(current_tenant() = '00000000-0000-0000-0000-000000000000', false);

      create function parent_tenant() returns uuid language sql stable parallel safe security definer set search_path = public, pg_temp
        as $$ select parent_id from tenants where id = (select current_tenant()) $$;

      -- The oldest tenant without a parent: the one that an installation's command line speaks for.
      create function first_tenant() returns uuid language sql stable security definer set search_path = public, pg_temp
        as $$ select id from tenants where parent_id is null and (select is_service()) order by id limit 1 $$;

      -- Takes messages that are due, past those that other relays are taking.
      create function claim_messages(most int, lease_seconds double precision) returns setof outbox language sql volatile security definer set search_path = public, pg_temp
        as $$
          update outbox o set attempts = o.attempts + 1, available_at = now() + make_interval(secs => lease_seconds)
          from (select tenant_id, id from outbox where available_at <= now() and (select is_service()) order by available_at limit most for update skip locked) due
          where o.tenant_id = due.tenant_id and o.id = due.id
          returning o.*
        $$;

      create function outbox_backlog() returns table (pending bigint, lag_seconds double precision) language sql stable security definer set search_path = public, pg_temp
        as $$ select count(*), coalesce(extract(epoch from now() - min(created_at)), 0)::float8 from outbox where (select is_service()) $$;
    `);
    this.#policies();
  }

  /** One policy on every table that carries a tenant, also those that steps between the first and this one have made. */
  #policies(): void {
    this.addSql(`
      do $$
      declare carrier record; old record;
      begin
        for carrier in
          select c.oid::regclass as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        loop
          for old in select polname as name from pg_policy where polrelid = carrier.name::regclass loop
            execute format('drop policy %I on %s', old.name, carrier.name);
          end loop;
          execute format('alter table %s enable row level security', carrier.name);
          execute format('create policy one_tenant on %s using (tenant_id = (select current_tenant()))', carrier.name);
        end loop;
      end $$;

      -- A tenant sees itself, its parent (by name) and its children; it is changed as itself, and made as itself or as its parent.
      drop policy every_tenant on tenants;
      drop policy own_tenant on tenants;
      drop policy own_or_child on tenants;
      create policy near_tenants on tenants for select
        using (id = (select current_tenant()) or parent_id = (select current_tenant()) or id = (select parent_tenant()));
      create policy own_tenant on tenants for update using (id = (select current_tenant()));
      create policy own_or_child on tenants for insert with check (id = (select current_tenant()) or parent_id = (select current_tenant()));
      revoke delete on tenants from muster_app;

      revoke create on schema public from public;
    `);
  }
}
