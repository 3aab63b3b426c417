import { Migration } from '@mikro-orm/migrations';

/** The tables of the directory. Every key, index and foreign key leads with the tenant. */
export class TheDirectory extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(`
      create extension if not exists pg_trgm;
      create extension if not exists btree_gin;

      -- A customer account. The only table whose key is not led by tenant_id: its id is the tenant.
      create table tenants (
        id uuid not null,
        parent_id uuid,
        name text not null,
        default_role_id uuid,
        version int not null default 1,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        primary key (id)
      );
      create index tenants_parent_idx on tenants (parent_id, id);

      -- Access levels. Rank 1 is strongest; built_in names the four that every tenant has.
      create table roles (
        tenant_id uuid not null,
        id uuid not null,
        name text not null,
        name_key text generated always as (lower(name collate pg_c_utf8)) stored not null,
        permissions text[] not null default '{}',
        rank int not null,
        built_in text,
        version int not null default 1,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        primary key (tenant_id, id),
        constraint roles_name_key unique (tenant_id, name_key),
        constraint roles_built_in_key unique (tenant_id, built_in)
      );

      -- Systems that identities come from. Writers share-lock this row to hold the switch still; nothing hot lives on it.
      create table identity_providers (
        tenant_id uuid not null,
        id uuid not null,
        name text not null,
        name_key text generated always as (lower(name collate pg_c_utf8)) stored not null,
        kind text not null,
        is_active boolean not null default true,
        provisioning text not null default 'ON',
        adoption text not null default 'ASK',
        strict boolean not null default false,
        features jsonb not null,
        sign_in jsonb,
        extension_attributes jsonb not null default '[]',
        version int not null default 1,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        primary key (tenant_id, id),
        constraint identity_providers_name_key unique (tenant_id, name_key),
        constraint identity_providers_kind_known check (kind in ('ENTRA_ID', 'OKTA', 'SCIM', 'LDAP', 'ACTIVE_DIRECTORY')),
        constraint identity_providers_provisioning_known check (provisioning in ('ON', 'PAUSED', 'OFF')),
        constraint identity_providers_adoption_known check (adoption in ('ADOPT', 'ASK'))
      );

      -- When a provider was last heard of: hot, and therefore beside its row.
      create table provider_activity (
        tenant_id uuid not null,
        provider_id uuid not null,
        last_seen_at timestamptz(3) not null,
        last_change_at timestamptz(3),
        primary key (tenant_id, provider_id)
      );

      -- People. The *_key columns hold folded text, so that look-ups that ignore case stay plain equality and ranges. provider_id + external_id are the link; whether a member is managed is derived from the provider. profile holds what a provider pushed, as pushed.
      create table members (
        tenant_id uuid not null,
        id uuid not null,
        user_name text not null,
        user_name_key text generated always as (lower(user_name collate pg_c_utf8)) stored not null,
        email text,
        email_key text generated always as (lower(email collate pg_c_utf8)) stored,
        given_name text,
        family_name text,
        display_name text not null,
        display_name_key text generated always as (lower(display_name collate pg_c_utf8)) stored not null,
        search_text text generated always as (lower((display_name || chr(10) || user_name || chr(10) || coalesce(email, '')) collate pg_c_utf8)) stored not null,
        state text not null default 'ACTIVE',
        state_before text,
        deleted_at timestamptz(3),
        deleted_from text,
        teams_before jsonb,
        origin text not null default 'MANUAL',
        origin_provider_id uuid,
        provider_id uuid,
        external_id text,
        link_id uuid,
        link_seen_at timestamptz(3),
        profile jsonb not null default '{}',
        pushed_roles text[] not null default '{}',
        role_id uuid not null,
        hand_role_id uuid,
        role_locked boolean not null default false,
        lock_reason text,
        locked_by jsonb,
        locked_at timestamptz(3),
        lock_expires_at timestamptz(3),
        version int not null default 1,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        primary key (tenant_id, id),
        constraint members_state_known check (state in ('INVITED', 'ACTIVE', 'DISABLED', 'DELETED')),
        constraint members_origin_known check (origin in ('MANUAL', 'SCIM', 'IMPORT', 'JIT'))
      );
      create index members_user_name_idx on members (tenant_id, user_name_key, id);
      create index members_email_idx on members (tenant_id, email_key, id);
      create index members_display_name_idx on members (tenant_id, display_name_key, id);
      create index members_updated_idx on members (tenant_id, updated_at, id);
      create index members_role_idx on members (tenant_id, role_id, id);
      create index members_provider_idx on members (tenant_id, provider_id, id) where provider_id is not null;
      create index members_external_id_idx on members (tenant_id, provider_id, external_id) where provider_id is not null;
      create index members_link_idx on members (tenant_id, link_id) where link_id is not null;
      create index members_state_idx on members (tenant_id, state, id) where state <> 'ACTIVE';
      create index members_locked_idx on members (tenant_id, id) where role_locked;
      create index members_purge_idx on members (tenant_id, deleted_at) where deleted_at is not null;
      create index members_lock_expiry_idx on members (tenant_id, lock_expires_at) where lock_expires_at is not null;
      create unique index members_user_name_key on members (tenant_id, user_name_key) where state <> 'DELETED' and (origin = 'MANUAL' or provider_id is not null);
      create unique index members_email_key on members (tenant_id, email_key) where state <> 'DELETED' and origin = 'MANUAL';

      -- Groups of members, linked to a provider's group the way a member is.
      create table teams (
        tenant_id uuid not null,
        id uuid not null,
        name text not null,
        name_key text generated always as (lower(name collate pg_c_utf8)) stored not null,
        origin text not null default 'MANUAL',
        origin_provider_id uuid,
        provider_id uuid,
        external_id text,
        link_id uuid,
        version int not null default 1,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        primary key (tenant_id, id),
        constraint teams_origin_known check (origin in ('MANUAL', 'SCIM', 'IMPORT', 'JIT'))
      );
      create index teams_name_idx on teams (tenant_id, name_key, id);
      create index teams_provider_idx on teams (tenant_id, provider_id, id) where provider_id is not null;
      create index teams_link_idx on teams (tenant_id, link_id) where link_id is not null;
      create index teams_external_id_idx on teams (tenant_id, provider_id, external_id) where provider_id is not null;
      create unique index teams_name_key on teams (tenant_id, name_key) where origin = 'MANUAL' or provider_id is not null;

      -- Who is in which team, each with its own origin. No counter and no version anywhere: adding one is one insert, in a team of ten or of fifty thousand.
      create table memberships (
        tenant_id uuid not null,
        team_id uuid not null,
        member_id uuid not null,
        origin text not null default 'MANUAL',
        since timestamptz(3) not null default now(),
        primary key (tenant_id, team_id, member_id),
        constraint memberships_origin_known check (origin in ('MANUAL', 'SCIM', 'IMPORT', 'JIT'))
      );
      create index memberships_member_idx on memberships (tenant_id, member_id, team_id);

      -- From a team, or from a pushed role value, to a role; the lowest position wins.
      create table role_mappings (
        tenant_id uuid not null,
        id uuid not null,
        position int not null,
        team_id uuid,
        pushed_role text,
        role_id uuid not null,
        created_at timestamptz(3) not null default now(),
        primary key (tenant_id, id),
        constraint role_mappings_team_key unique (tenant_id, team_id),
        constraint role_mappings_pushed_role_key unique (tenant_id, pushed_role),
        constraint role_mappings_one_source check ((team_id is null) <> (pushed_role is null))
      );
      create index role_mappings_position_idx on role_mappings (tenant_id, position);
      create index role_mappings_role_idx on role_mappings (tenant_id, role_id);

      -- Whatever lets somebody in. Only digests; the tenant is part of the secret's text.
      create table credentials (
        tenant_id uuid not null,
        id uuid not null,
        kind text not null,
        name text not null,
        digest text not null,
        last_four text not null,
        member_id uuid,
        provider_id uuid,
        permissions text[] not null default '{}',
        expires_at timestamptz(3),
        retiring boolean not null default false,
        revoked_at timestamptz(3),
        created_at timestamptz(3) not null default now(),
        primary key (tenant_id, id),
        constraint credentials_digest_key unique (tenant_id, digest),
        constraint credentials_kind_known check (kind in ('PERSONAL', 'SCIM', 'SERVICE', 'PROVIDER'))
      );
      create index credentials_member_idx on credentials (tenant_id, member_id) where member_id is not null;
      create index credentials_provider_idx on credentials (tenant_id, provider_id) where provider_id is not null;

      -- Last use: hot, and therefore beside the credential.
      create table credential_uses (
        tenant_id uuid not null,
        credential_id uuid not null,
        last_used_at timestamptz(3) not null,
        primary key (tenant_id, credential_id)
      );

      -- What became of the mail that asks a member in.
      create table invitations (
        tenant_id uuid not null,
        member_id uuid not null,
        state text not null,
        last_sent_at timestamptz(3),
        sent_count int not null default 0,
        link_digest text,
        link_expires_at timestamptz(3),
        delivery_error text,
        primary key (tenant_id, member_id),
        constraint invitations_state_known check (state in ('HELD', 'SENT', 'BOUNCED', 'COMPLETED'))
      );

      create index invitations_link_idx on invitations (tenant_id, link_digest) where link_digest is not null;

      -- A provider asked for a name that something made by hand holds. Retries find the open case by its key.
      create table conflict_cases (
        tenant_id uuid not null,
        id uuid not null,
        provider_id uuid not null,
        kind text not null,
        name_key text not null,
        sent jsonb not null,
        facts jsonb not null,
        candidate_id uuid not null,
        attempts int not null default 1,
        opened_at timestamptz(3) not null default now(),
        settled_at timestamptz(3),
        choice text,
        primary key (tenant_id, id),
        constraint conflict_cases_kind_known check (kind in ('member', 'team')),
        constraint conflict_cases_choice_known check (choice in ('LINK_KEEP', 'LINK_OVERWRITE', 'CREATE_NEW', 'REJECT'))
      );
      create unique index conflict_cases_open_key on conflict_cases (tenant_id, provider_id, kind, name_key) where settled_at is null or choice = 'REJECT';

      -- The request inspector: what came in, what we answered, why.
      create table scim_exchanges (
        tenant_id uuid not null,
        id uuid not null,
        provider_id uuid not null,
        credential_id uuid,
        method text not null,
        path text not null,
        status int not null,
        at timestamptz(3) not null,
        duration_ms int not null,
        request_body jsonb,
        response_body jsonb,
        explanation text not null,
        repairs text[] not null default '{}',
        changed boolean not null,
        search_text text not null,
        primary key (tenant_id, id)
      );
      create index scim_exchanges_provider_idx on scim_exchanges (tenant_id, provider_id, id);
      create index scim_exchanges_at_idx on scim_exchanges (tenant_id, at);

      -- Messages owed by a change, delivered after it. No row-level security: the relay serves every tenant.
      create table outbox (
        tenant_id uuid not null,
        id uuid not null,
        kind text not null,
        payload jsonb not null,
        available_at timestamptz(3) not null default now(),
        attempts int not null default 0,
        last_error text,
        created_at timestamptz(3) not null default now(),
        primary key (tenant_id, id)
      );
      create index outbox_available_idx on outbox (available_at);

      -- First answers to mutations that carried an idempotency key.
      create table idempotent_answers (
        tenant_id uuid not null,
        actor_id uuid not null,
        key text not null,
        fingerprint text not null,
        answer jsonb,
        created_at timestamptz(3) not null default now(),
        primary key (tenant_id, actor_id, key)
      );

      create index idempotent_answers_created_idx on idempotent_answers (tenant_id, created_at);

      -- What happened. The database gives id and time; the application can add and read, nothing else.
      create table audit_entries (
        tenant_id uuid not null,
        id uuid not null default uuidv7(),
        at timestamptz(3) not null default clock_timestamp(),
        action text not null,
        outcome text not null default 'SUCCESS',
        actor jsonb not null,
        actor_id uuid,
        subject_type text not null,
        subject_id uuid,
        subject_name text not null,
        subject_handle text,
        related_id uuid,
        related_name text,
        provider_id uuid,
        changes jsonb not null default '[]',
        reason text,
        explanation jsonb,
        exchange_id uuid,
        correlation_id text not null,
        primary key (tenant_id, id),
        constraint audit_entries_outcome_known check (outcome in ('SUCCESS', 'FAILURE', 'SKIPPED'))
      );
      create index audit_entries_subject_idx on audit_entries (tenant_id, subject_id, id);
      create index audit_entries_related_idx on audit_entries (tenant_id, related_id, id) where related_id is not null;
      create index audit_entries_actor_idx on audit_entries (tenant_id, actor_id, id);
      create index audit_entries_provider_idx on audit_entries (tenant_id, provider_id, id) where provider_id is not null;
      create index audit_entries_handle_idx on audit_entries (tenant_id, subject_handle, id) where subject_handle is not null;
      create index audit_entries_action_idx on audit_entries (tenant_id, action, id);
      create index audit_entries_not_done_idx on audit_entries (tenant_id, id) where outcome <> 'SUCCESS';
      create index audit_entries_correlation_idx on audit_entries (tenant_id, correlation_id);
      create index audit_entries_exchange_idx on audit_entries (tenant_id, exchange_id) where exchange_id is not null;
    `);

    // A key that leaves its tenant cannot be written, whatever a verb does.
    this.addSql(`
      alter table tenants add constraint tenants_parent_fkey foreign key (parent_id) references tenants (id);
      alter table tenants add constraint tenants_default_role_fkey foreign key (id, default_role_id) references roles (tenant_id, id) deferrable initially deferred;
      alter table roles add constraint roles_tenant_fkey foreign key (tenant_id) references tenants (id);
      alter table identity_providers add constraint identity_providers_tenant_fkey foreign key (tenant_id) references tenants (id);
      alter table members add constraint members_role_fkey foreign key (tenant_id, role_id) references roles (tenant_id, id);
      alter table members add constraint members_hand_role_fkey foreign key (tenant_id, hand_role_id) references roles (tenant_id, id);
      alter table members add constraint members_provider_fkey foreign key (tenant_id, provider_id) references identity_providers (tenant_id, id);
      alter table teams add constraint teams_tenant_fkey foreign key (tenant_id) references tenants (id);
      alter table teams add constraint teams_provider_fkey foreign key (tenant_id, provider_id) references identity_providers (tenant_id, id);
      alter table memberships add constraint memberships_team_fkey foreign key (tenant_id, team_id) references teams (tenant_id, id) on delete cascade;
      alter table memberships add constraint memberships_member_fkey foreign key (tenant_id, member_id) references members (tenant_id, id) on delete cascade;
      alter table role_mappings add constraint role_mappings_team_fkey foreign key (tenant_id, team_id) references teams (tenant_id, id);
      alter table role_mappings add constraint role_mappings_role_fkey foreign key (tenant_id, role_id) references roles (tenant_id, id);
      alter table credentials add constraint credentials_member_fkey foreign key (tenant_id, member_id) references members (tenant_id, id) on delete cascade;
      alter table credentials add constraint credentials_provider_fkey foreign key (tenant_id, provider_id) references identity_providers (tenant_id, id) on delete cascade;
      alter table invitations add constraint invitations_member_fkey foreign key (tenant_id, member_id) references members (tenant_id, id) on delete cascade;
      alter table conflict_cases add constraint conflict_cases_provider_fkey foreign key (tenant_id, provider_id) references identity_providers (tenant_id, id) on delete cascade;
    `);

    // Substring search: trigrams behind the tenant. LIKE may not reach an index past a row-level policy, because an operator that
    // could tell about rows it rejects must run after the policy; so the search runs as the owner, for the connection's tenant only.
    this.addSql(`
      create index members_search_idx on members using gin (tenant_id, search_text gin_trgm_ops);
      create index teams_search_idx on teams using gin (tenant_id, name_key gin_trgm_ops);

      create function current_tenant() returns uuid language sql stable parallel safe
        return nullif(current_setting('app.tenant', true), '')::uuid;
      create function members_containing(pattern text) returns setof uuid language sql stable security definer set search_path = public, pg_temp rows 200
        as $$ select id from members where tenant_id = current_tenant() and search_text like pattern $$;
      create function teams_containing(pattern text) returns setof uuid language sql stable security definer set search_path = public, pg_temp rows 100
        as $$ select id from teams where tenant_id = current_tenant() and name_key like pattern $$;

      -- What the tenant says about roles, held still. One call, yet what it reads it reads after the lock: each statement
      -- inside sees what was committed while it waited, which a single statement would not.
      create function hold_rulebook(exclusive boolean) returns table (default_role_id uuid, mappings jsonb) language plpgsql set search_path = public, pg_temp as $$
      begin
        if exclusive then perform from tenants t where t.id = current_tenant() for no key update;
        else perform from tenants t where t.id = current_tenant() for share;
        end if;
        return query select t.default_role_id, coalesce((
          select jsonb_agg(jsonb_build_object('position', m.position, 'roleId', m.role_id, 'teamId', m.team_id, 'pushedRole', m.pushed_role) order by m.position)
          from role_mappings m where m.tenant_id = t.id), '[]') from tenants t where t.id = current_tenant();
      end $$;

      -- Which tenants the service has something to tidy up for. It tells ids, and nothing of what is inside.
      create function tenants_with_work() returns setof uuid language sql stable security definer set search_path = public, pg_temp as $$
        select id from tenants t
        where exists (select from members m where m.tenant_id = t.id and m.lock_expires_at <= now())
          or exists (select from members m where m.tenant_id = t.id and m.deleted_at < now() - interval '30 days')
          or exists (select from scim_exchanges e where e.tenant_id = t.id and e.at < now() - interval '30 days')
          or exists (select from idempotent_answers a where a.tenant_id = t.id and a.created_at < now() - interval '24 hours')
      $$;
    `);

    // The application's role is there before the first step (src/migrate.ts), and owns nothing. It sees the rows of the connection's tenant, and none without one.
    this.addSql(`
      grant usage on schema public to muster_app;
      grant select, insert, update, delete on all tables in schema public to muster_app;
      revoke update, delete, truncate on audit_entries from muster_app;
      revoke all on mikro_orm_migrations from muster_app;
    `);
    for (const table of [
      'roles',
      'identity_providers',
      'provider_activity',
      'members',
      'teams',
      'memberships',
      'role_mappings',
      'credentials',
      'credential_uses',
      'invitations',
      'conflict_cases',
      'scim_exchanges',
      'idempotent_answers',
      'audit_entries',
    ]) {
      this.addSql(`alter table ${table} enable row level security`);
      this.addSql(`create policy one_tenant on ${table} using (tenant_id = current_tenant())`);
    }

    // Names of tenants can be read by the service (who else is there, who is whose parent); written only as the tenant or its parent.
    this.addSql(`
      alter table tenants enable row level security;
      create policy every_tenant on tenants for select using (true);
      create policy own_tenant on tenants for update using (id = current_tenant());
      create policy own_or_child on tenants for insert with check (id = current_tenant() or parent_id = current_tenant());
    `);
  }
}
