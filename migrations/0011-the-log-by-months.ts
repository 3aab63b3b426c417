import { Migration } from '@mikro-orm/migrations';

/** The indexes of the log, as the entity names them; the one over handles has an operator class and stands here only. */
const INDEXES = [
  'subject_idx on audit_entries (tenant_id, subject_id, id)',
  'related_idx on audit_entries (tenant_id, related_id, id) where related_id is not null',
  'actor_idx on audit_entries (tenant_id, actor_id, id)',
  'provider_idx on audit_entries (tenant_id, provider_id, id) where provider_id is not null',
  'action_idx on audit_entries (tenant_id, action, id)',
  `not_done_idx on audit_entries (tenant_id, id) where outcome <> 'SUCCESS'`,
  'correlation_idx on audit_entries (tenant_id, correlation_id)',
  'request_idx on audit_entries (tenant_id, request_id, id) where request_id is not null',
  'exchange_idx on audit_entries (tenant_id, exchange_id) where exchange_id is not null',
  `handles_idx on audit_entries using gin (tenant_id, handles) where handles <> '{}'`,
];

/**
 * The audit log is partitioned by month, so that a retention drops whole tables. The partitions are ranges of ids: an id (UUIDv7) begins
 * with its instant, so the key stays (tenant_id, id), a look-up by id finds its one month, and so does every span of time. What falls
 * outside all months goes into `audit_entries_rest`: an insert never fails for want of a partition.
 *
 * Entries that are there are moved, month by month, before the indexes are made. An entry also holds the folded handles (user name,
 * addresses, external id) that its person had then, and the id by which the caller named the call.
 */
export class TheLogByMonths extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql('alter table audit_entries rename to audit_entries_before');
    this.addSql(`
      alter table audit_entries_before add request_id text;
      alter table audit_entries_before add handles text[] not null default '{}';
      create table audit_entries (like audit_entries_before including defaults including constraints) partition by range (id);
      create table audit_entries_rest partition of audit_entries default;
      alter table audit_entries enable row level security;
      create policy one_tenant on audit_entries using (tenant_id = (select current_tenant()));
      alter table audit_entries_rest enable row level security;
      create policy one_tenant on audit_entries_rest using (tenant_id = (select current_tenant()));
      grant select, insert on audit_entries to muster_app;
    `);
    this.addSql(FUNCTIONS);
    this.addSql(`
      select make_audit_months(array(select distinct date_trunc('month', uuid_extract_timestamp(id), 'UTC') from audit_entries_before), 3);
      insert into audit_entries (tenant_id, id, at, action, outcome, actor, actor_id, subject_type, subject_id, subject_name, subject_handle,
        related_id, related_name, provider_id, changes, reason, explanation, delta, exchange_id, correlation_id, xid, handles)
      select tenant_id, id, at, action, outcome, actor, actor_id, subject_type, subject_id, subject_name, subject_handle,
        related_id, related_name, provider_id, changes, reason, explanation, delta, exchange_id, correlation_id, xid,
        case when subject_type = 'Member' then array(
          select distinct fold(said) from (
            select subject_handle union all
            select unnest(array[c.before #>> '{}', c.after #>> '{}']) from jsonb_to_recordset(changes) as c (name text, before jsonb, after jsonb)
              where c.name in ('userName', 'email', 'externalId')) handle (said)
          where said <> '') else '{}' end
      from audit_entries_before;
      drop table audit_entries_before;
      alter table audit_entries add primary key (tenant_id, id);
    `);
    for (const index of INDEXES) this.addSql(`create index audit_entries_${index}`);
  }
}

const FUNCTIONS = `
  -- The least id that can be made from this instant on.
  create function audit_id_from(moment timestamptz) returns uuid language sql immutable parallel safe
    return (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

  -- Makes the partitions of these months, of this one and of so many to come. What the default partition holds of them moves over.
  -- For the owner of the tables: the application's role has no right to make or drop one.
  create function make_audit_months(months timestamptz[], ahead int) returns int language plpgsql set search_path = public, pg_temp as $$
  declare month timestamptz; name text; bounds text; made int := 0;
  begin
    for month in
      select unnest(months)
      union select date_trunc('month', now(), 'UTC') + make_interval(months => n) from generate_series(0, ahead) n
      union select date_trunc('month', uuid_extract_timestamp(id), 'UTC') from audit_entries_rest where uuid_extract_timestamp(id) is not null
      order by 1
    loop
      name := 'audit_entries_' || to_char(month at time zone 'UTC', 'YYYY_MM');
      continue when to_regclass(name) is not null;
      bounds := format('id >= %L and id < %L', audit_id_from(month), audit_id_from((month at time zone 'UTC' + interval '1 month') at time zone 'UTC'));
      execute format('create table %I (like audit_entries including defaults including constraints)', name);
      execute format('with moved as (delete from audit_entries_rest where %s returning *) insert into %I select * from moved', bounds, name);
      execute format('alter table %I enable row level security', name);
      execute format('create policy one_tenant on %I using (tenant_id = (select current_tenant()))', name);
      execute format('alter table audit_entries attach partition %I for values from (%L) to (%L)', name,
        audit_id_from(month), audit_id_from((month at time zone 'UTC' + interval '1 month') at time zone 'UTC'));
      made := made + 1;
    end loop;
    return made;
  end $$;

  -- Drops the months that ended more than so many days ago. For the owner of the tables alone.
  create function drop_audit_months(keep_days int) returns int language plpgsql set search_path = public, pg_temp as $$
  declare part record; dropped int := 0;
  begin
    for part in
      select c.relname as name, to_timestamp(right(c.relname, 7), 'YYYY_MM')::timestamp at time zone 'UTC' as month
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'audit_entries'::regclass and c.relname ~ '^audit_entries_[0-9]{4}_[0-9]{2}$'
    loop
      continue when (part.month at time zone 'UTC' + interval '1 month') at time zone 'UTC' > now() - make_interval(days => keep_days);
      execute format('drop table %I', part.name);
      dropped := dropped + 1;
    end loop;
    return dropped;
  end $$;
  revoke execute on function make_audit_months, drop_audit_months from public;

  -- The entries of people who had this handle then. As the owner, for the connection's tenant: an index over an array cannot be
  -- reached past a row-level policy (see members_containing).
  create function entries_of_handle(handle text) returns setof uuid language sql stable security definer set search_path = public, pg_temp rows 50
    as $$ select id from audit_entries where tenant_id = (select current_tenant()) and handles @> array[handle] and handles <> '{}' $$;

  -- Which tenants have kept exchanges for longer than so many days.
  create function tenants_with_exchanges(keep_days int) returns setof uuid language sql stable security definer set search_path = public, pg_temp
    as $$ select id from tenants t where exists (select from scim_exchanges e where e.tenant_id = t.id and e.at < now() - make_interval(days => keep_days)) $$;
`;
