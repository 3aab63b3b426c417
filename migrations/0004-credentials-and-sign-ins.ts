import { Migration } from '@mikro-orm/migrations';

/**
 * A token knows who made it, with what, and whose number it counts toward. A sign-in is bound to one member: (issuer, subject) is the
 * key, and a member has one subject for each issuer.
 */
export class CredentialsAndSignIns extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(`
      alter table credentials
        -- The actor that made it, as the audit log writes actors.
        add made_by jsonb,
        -- The token it was made with: revoking that one reaches this one.
        add made_with uuid,
        -- A service token: the person it ends with, and where that person is a member. Null: it ends with nobody.
        add owner_id uuid,
        add owner_tenant_id uuid,
        -- Whose number of tokens, and whose budget, it counts toward.
        add charged_to uuid,
        add outlives_owner boolean not null default false;
      create index credentials_made_with_idx on credentials (tenant_id, made_with) where made_with is not null;
      create index credentials_charged_idx on credentials (tenant_id, charged_to, created_at) where charged_to is not null;

      -- Service tokens made before this step ended with nobody, and products use them: they go on, and say so.
      update credentials set outlives_owner = true where kind = 'SERVICE';
      update credentials c set made_by = e.actor from audit_entries e
        where c.kind <> 'PROVIDER' and e.tenant_id = c.tenant_id and e.subject_id = c.id and e.action = 'token.created';
      update credentials c set made_by = (
          select e.actor from audit_entries e
          where e.tenant_id = c.tenant_id and e.subject_id = c.provider_id and e.at >= c.created_at and e.at < c.created_at + interval '5 s'
          order by e.at limit 1)
        where c.kind = 'PROVIDER';
    `);
    this.addSql(`
      -- Which member somebody is who signs in elsewhere. It goes when the member is purged.
      create table sign_in_bindings (
        tenant_id uuid not null,
        issuer text not null,
        subject text not null,
        member_id uuid not null,
        bound_at timestamptz(3) not null default now(),
        primary key (tenant_id, issuer, subject),
        constraint sign_in_bindings_member_key unique (tenant_id, member_id, issuer)
      );
      alter table sign_in_bindings add constraint sign_in_bindings_member_fkey foreign key (tenant_id, member_id) references members (tenant_id, id) on delete cascade;

      -- Sign-ins that were refused and that an administrator was told of: at most once an hour for each subject and reason.
      create table sign_in_refusals (
        tenant_id uuid not null,
        issuer text not null,
        subject text not null,
        reason text not null,
        claimed text not null,
        told_at timestamptz(3) not null default now(),
        primary key (tenant_id, issuer, subject, reason)
      );
      create index sign_in_refusals_told_idx on sign_in_refusals (tenant_id, told_at);
    `);
    for (const table of ['sign_in_bindings', 'sign_in_refusals']) {
      this.addSql(`grant select, insert, update, delete on ${table} to muster_app`);
      this.addSql(`alter table ${table} enable row level security`);
      this.addSql(`create policy one_tenant on ${table} using (tenant_id = current_tenant())`);
    }
  }
}
