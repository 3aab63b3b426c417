import { Migration } from '@mikro-orm/migrations';

/**
 * SCIM exchanges are partitioned by day, so that their retention drops whole tables instead of deleting rows. As in the audit log the
 * partitions are ranges of ids, which begin with their instant: the key stays (tenant_id, id), a look-up by id finds its one day, and so
 * does every span of time. What falls outside all days goes into `scim_exchanges_rest`: an insert never fails for want of a partition.
 *
 * Two indexes remain: the key, for one exchange by its id, and the one over the provider, for its pages, counts and activity. The one over
 * the instant served the deletes. The application writes and reads; it has no right any more to change or delete an exchange.
 */
export class ExchangesByDay extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(`
      drop function tenants_with_exchanges;
      alter table scim_exchanges rename to scim_exchanges_before;
      create table scim_exchanges (like scim_exchanges_before including defaults including constraints) partition by range (id);
      create table scim_exchanges_rest partition of scim_exchanges default;
      alter table scim_exchanges enable row level security;
      create policy one_tenant on scim_exchanges using (tenant_id = (select current_tenant()));
      alter table scim_exchanges_rest enable row level security;
      create policy one_tenant on scim_exchanges_rest using (tenant_id = (select current_tenant()));
      grant select, insert on scim_exchanges to muster_app;
    `);
    this.addSql(FUNCTIONS);
    this.addSql(WITHOUT_EXCHANGES);
    this.addSql(`
      select make_exchange_days(array(select distinct date_trunc('day', uuid_extract_timestamp(id), 'UTC') from scim_exchanges_before
        where uuid_extract_timestamp(id) is not null), 3);
      insert into scim_exchanges select * from scim_exchanges_before;
      drop table scim_exchanges_before;
      alter table scim_exchanges add primary key (tenant_id, id);
      create index scim_exchanges_provider_idx on scim_exchanges (tenant_id, provider_id, id);
    `);
  }
}

/** Exchanges are no work of a tenant any more. */
const WITHOUT_EXCHANGES = `
  create or replace function tenants_with_work() returns setof uuid language sql stable security definer set search_path = public, pg_temp as $$
    select id from tenants t
    where exists (select from members m where m.tenant_id = t.id and m.lock_expires_at <= now())
      or exists (select from members m where m.tenant_id = t.id and m.deleted_at < now() - interval '30 days')
      or exists (select from idempotent_answers a where a.tenant_id = t.id and a.created_at < now() - interval '24 hours')
  $$;
`;

const FUNCTIONS = `
  -- Makes the partitions of these days, of this one and of so many to come. What the default partition holds of them moves over.
  -- It gives up at once when the table is busy, so that requests never queue behind it, and is called again.
  create function make_exchange_days(days timestamptz[], ahead int) returns int language plpgsql
    set search_path = public, pg_temp set lock_timeout = '100ms' as $$
  declare day timestamptz; ends timestamptz; name text; made int := 0;
  begin
    for day in
      select unnest(days)
      union select date_trunc('day', now(), 'UTC') + make_interval(hours => 24 * n) from generate_series(0, ahead) n
      union select date_trunc('day', uuid_extract_timestamp(id), 'UTC') from scim_exchanges_rest where uuid_extract_timestamp(id) is not null
      order by 1
    loop
      name := 'scim_exchanges_' || to_char(day at time zone 'UTC', 'YYYY_MM_DD');
      continue when to_regclass(name) is not null;
      ends := day + make_interval(hours => 24);
      execute format('create table %I (like scim_exchanges including defaults including constraints)', name);
      execute format('with moved as (delete from scim_exchanges_rest where id >= %L and id < %L returning *) insert into %I select * from moved',
        audit_id_from(day), audit_id_from(ends), name);
      execute format('alter table %I enable row level security', name);
      execute format('create policy one_tenant on %I using (tenant_id = (select current_tenant()))', name);
      execute format('alter table scim_exchanges attach partition %I for values from (%L) to (%L)', name, audit_id_from(day), audit_id_from(ends));
      made := made + 1;
    end loop;
    return made;
  end $$;

  -- Drops the days that ended more than so many days ago.
  create function drop_exchange_days(keep_days int) returns int language plpgsql
    set search_path = public, pg_temp set lock_timeout = '100ms' as $$
  declare part record; dropped int := 0;
  begin
    for part in
      select c.relname as name, to_timestamp(right(c.relname, 10), 'YYYY_MM_DD')::timestamp at time zone 'UTC' as day
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'scim_exchanges'::regclass and c.relname ~ '^scim_exchanges_[0-9]{4}_[0-9]{2}_[0-9]{2}$'
    loop
      continue when part.day + make_interval(hours => 24) > now() - make_interval(hours => 24 * keep_days);
      execute format('drop table %I', part.name);
      dropped := dropped + 1;
    end loop;
    return dropped;
  end $$;

  -- Deletes a portion of the exchanges beyond the newest so many of each provider. Returns how many: 0 when there are none.
  create function trim_exchanges(per_provider int, portion int) returns int language sql set search_path = public, pg_temp as $$
    with gone as (
      delete from scim_exchanges e using (
        select old.tenant_id, old.id from identity_providers p cross join lateral (
          select x.tenant_id, x.id from scim_exchanges x where x.tenant_id = p.tenant_id and x.provider_id = p.id
          order by x.id desc offset per_provider limit portion) old) beyond
      where e.tenant_id = beyond.tenant_id and e.id = beyond.id returning 1)
    select count(*)::int from gone $$;
  revoke execute on function make_exchange_days, drop_exchange_days, trim_exchanges from public;
`;
