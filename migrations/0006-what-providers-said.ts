import { Migration } from '@mikro-orm/migrations';

/** What is kept of providers' words: who deleted a member, what a group called its members, and which refusals were meant to be. */
export class WhatProvidersSaid extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(`
      -- The provider whose word deleted the member: a person who restores it gets it back without the link (rule 17).
      alter table members add column deleted_by_provider_id uuid;
      -- Nothing ever wrote it: when a provider last spoke of a member is in the log.
      alter table members drop column link_seen_at;
      -- A member's name as the group's sender wrote it, where it differed from the member's own at that time.
      alter table memberships add column display text, add column display_of text;
      -- Refused as somebody here set it up (groups that are not wanted): no failure of the provider.
      alter table scim_exchanges add column expected boolean not null default false;

      -- Whose provider an address names, asked when a request to it was refused before anybody was let in. It tells an id and nothing
      -- else, and only to the service itself (a later step defines what that is; the body is read when it runs).
      create index identity_providers_id_idx on identity_providers (id);
      create function tenant_of_provider(provider uuid) returns uuid language plpgsql stable security definer set search_path = public, pg_temp as $$
      begin
        return (select tenant_id from identity_providers where id = provider and is_service() limit 1);
      end $$;
    `);
  }
}
