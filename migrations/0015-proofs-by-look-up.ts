import { Migration } from '@mikro-orm/migrations';

/**
 * Every table in a statement asks `current_tenant()` once, and an HMAC each time was most of what the row policies cost. The proofs of all
 * tenants under all keys of the service are kept instead, where only the owner of the tables can read them, and a proof is looked up.
 * One that is not there is computed as before: a tenant that is being made proves its id before its row exists.
 */
export class ProofsByLookUp extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(`
      create table tenant_proofs (
        proof text collate "C" not null primary key,
        tenant_id uuid not null,
        key bytea not null references service_keys on delete cascade
      );
      create index tenant_proofs_key_idx on tenant_proofs (key);
      revoke all on tenant_proofs from public, muster_app;
      alter table tenant_proofs enable row level security;

      create function proof_of(tenant uuid, key bytea) returns text language sql immutable parallel safe
        return tenant::text || encode(sha256(key || sha256(key || convert_to(tenant::text, 'UTF8'))), 'hex');
      revoke execute on function proof_of from public;

      create function keep_proofs() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
      begin
        if tg_table_name = 'tenants' then
          insert into tenant_proofs select proof_of(new.id, key), new.id, key from service_keys;
        else
          insert into tenant_proofs select proof_of(proven.id, new.key), proven.id, new.key
          from (select id from tenants union all select '00000000-0000-0000-0000-000000000000') proven;
        end if;
        return null;
      end $$;
      revoke execute on function keep_proofs from public;
      create trigger keep_proofs after insert on tenants for each row execute function keep_proofs();
      create trigger keep_proofs after insert on service_keys for each row execute function keep_proofs();
      insert into tenant_proofs select proof_of(proven.id, key), proven.id, key
        from service_keys, (select id from tenants union all select '00000000-0000-0000-0000-000000000000') proven;

      -- Computed, for a proof that is not kept.
      create function computed_tenant() returns uuid language sql stable parallel safe security definer
        return (
          select left(given.proof, 36)::uuid from (select current_setting('app.tenant', true) as proof) as given
          where length(given.proof) = 100
            and exists (select from service_keys known where left(given.proof, 36) || encode(sha256(known.key || sha256(known.key || convert_to(left(given.proof, 36), 'UTF8'))), 'hex') = given.proof)
        );

      -- In plpgsql, which keeps its plan for the session: in SQL the look-up would be prepared anew in each statement. Every name says
      -- its schema, because a search_path set for the function costs as much as the look-up.
      create or replace function current_tenant() returns uuid language plpgsql stable parallel safe security definer as $$
      declare tenant uuid;
      begin
        select tenant_id into tenant from public.tenant_proofs
          where proof operator(pg_catalog.=) pg_catalog.current_setting('app.tenant', true);
        if not found then tenant := public.computed_tenant(); end if;
        return tenant;
      end $$;
    `);
  }
}
