import { Migration } from '@mikro-orm/migrations';

/**
 * A deleted team can be restored for thirty days, with who was in it and the role that it gave. It is kept in tables of its own: a
 * query over teams finds the ones that are there, and its name is free at once. A deleted provider keeps its row, for what the log
 * says of it. Mails are counted by address and by tenant, hour by hour.
 */
export class KeptForAWhile extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(`
      create table deleted_teams (
        tenant_id uuid not null,
        id uuid not null,
        name text not null,
        origin text not null default 'MANUAL',
        origin_provider_id uuid,
        provider_id uuid,
        external_id text,
        link_id uuid,
        version int not null default 1,
        mapped_role_id uuid,
        mapping_position int,
        deleted_by_provider boolean not null default false,
        created_at timestamptz(3) not null default now(),
        deleted_at timestamptz(3) not null default now(),
        primary key (tenant_id, id),
        constraint deleted_teams_origin_known check (origin in ('MANUAL', 'SCIM', 'IMPORT', 'JIT'))
      );
      create index deleted_teams_purge_idx on deleted_teams (tenant_id, deleted_at);
      alter table deleted_teams add constraint deleted_teams_tenant_fkey foreign key (tenant_id) references tenants (id);

      create table deleted_memberships (
        tenant_id uuid not null,
        team_id uuid not null,
        member_id uuid not null,
        origin text not null default 'MANUAL',
        since timestamptz(3) not null default now(),
        primary key (tenant_id, team_id, member_id),
        constraint deleted_memberships_origin_known check (origin in ('MANUAL', 'SCIM', 'IMPORT', 'JIT'))
      );
      create index deleted_memberships_member_idx on deleted_memberships (tenant_id, member_id);
      alter table deleted_memberships add constraint deleted_memberships_team_fkey foreign key (tenant_id, team_id) references deleted_teams (tenant_id, id) on delete cascade;
      alter table deleted_memberships add constraint deleted_memberships_member_fkey foreign key (tenant_id, member_id) references members (tenant_id, id) on delete cascade;

      alter table identity_providers add column deleted_at timestamptz(3);
      alter table identity_providers drop constraint identity_providers_name_key;
      create unique index identity_providers_name_key on identity_providers (tenant_id, name_key) where deleted_at is null;

      -- One row for each folded address in each hour, and one with an empty address for all of the tenant; what leaves is counted under '>' and the address.
      create table mail_counts (
        tenant_id uuid not null,
        address_key text not null,
        hour timestamptz(3) not null,
        mails int not null,
        primary key (tenant_id, address_key, hour)
      );
      create index mail_counts_hour_idx on mail_counts (tenant_id, hour);

      create function tenants_with_leftovers() returns setof uuid language sql stable security definer set search_path = public, pg_temp as $$
        select id from tenants t
        where exists (select from deleted_teams d where d.tenant_id = t.id and d.deleted_at < now() - interval '30 days')
          or exists (select from mail_counts c where c.tenant_id = t.id and c.hour < now() - interval '1 day')
      $$;
    `);
    for (const table of ['deleted_teams', 'deleted_memberships', 'mail_counts'])
      this.addSql(`
        grant select, insert, update, delete on ${table} to muster_app;
        alter table ${table} enable row level security;
        create policy one_tenant on ${table} using (tenant_id = current_tenant());
      `);
  }
}
