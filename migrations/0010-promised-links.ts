import { Migration } from '@mikro-orm/migrations';

/**
 * The link in a mail that is leaving works from before the mail can be read: it is kept beside the link of the mail before, which goes on
 * working until it is known that the new mail has left.
 */
export class PromisedLinks extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(`
      alter table invitations add promised_digest text, add promised_until timestamptz(3);
      alter table invitations drop constraint invitations_state_known;
      alter table invitations add constraint invitations_state_known check (state in ('LEAVING', 'HELD', 'SENT', 'BOUNCED', 'COMPLETED'));
      create index invitations_promised_idx on invitations (tenant_id, promised_digest) where promised_digest is not null;
    `);
  }
}
