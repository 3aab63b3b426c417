import { Migration } from '@mikro-orm/migrations';

/**
 * An entry holds the exact change of its row, column by column, and the transaction that wrote it: entries below the oldest
 * running transaction can be numbered in the order in which they were committed.
 */
export class TheDelta extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(`
      alter table audit_entries add delta jsonb;
      alter table audit_entries add xid xid8 not null default pg_current_xact_id();
    `);
  }
}
