import { Migration } from '@mikro-orm/migrations';

/**
 * No statistics about whose rows they are. A tenant that began after its tables were analysed is not among the values that statistics
 * know, and the planner takes all that belongs to it for one row. Then an index of the whole tenant costs as much as the primary key,
 * and foreign keys and look-ups by id may read the whole tenant for each row. Without statistics every tenant counts for one two-hundredth
 * of the table as large as it is at that moment: more than one row as soon as it matters, so that a key is always the cheaper way.
 */
export class NoGuessByTenant extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    for (const table of ['members', 'memberships', 'teams'])
      this.addSql(`
        alter table ${table} alter column tenant_id set statistics 0;
        select pg_clear_attribute_stats('public', '${table}', 'tenant_id', false);
      `);
  }
}
