import { Migration } from '@mikro-orm/migrations';

/**
 * What the person who linked a member to a provider held at that moment. A provider may change a member who can administer the tenant only
 * as far as that person could have. Links that are there already were made without asking this: nobody vouches for them, and a person
 * links such a member once more.
 */
export class LinkAuthority extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(`alter table members add column link_authority text[] not null default '{}'`);
  }
}
