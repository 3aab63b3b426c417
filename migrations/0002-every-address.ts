import { Migration } from '@mikro-orm/migrations';

/**
 * A member is found by any address that a provider pushed, not only by the one in use. Nearly all have only that, which
 * members_email_idx holds; the index here is of the others. Looked up as the owner for the connection's tenant, as in members_containing: an
 * index over a document cannot be reached past a row-level policy.
 */
export class EveryAddress extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(`
      create function addresses_in(profile jsonb) returns text[] language sql immutable parallel safe
        return array(select lower(value #>> '{}' collate pg_c_utf8) from jsonb_path_query(profile, '$.emails[*].value') as value);
      create index members_addresses_idx on members using gin (tenant_id, addresses_in(profile)) where addresses_in(profile) <> array[email_key];

      create function members_addressed(address text) returns setof uuid language sql stable security definer set search_path = public, pg_temp rows 2
        as $$
          select id from members where tenant_id = current_tenant() and email_key = address
          union
          select id from members where tenant_id = current_tenant() and addresses_in(profile) @> array[address] and addresses_in(profile) <> array[email_key]
        $$;
    `);
  }
}
