import { Migration } from '@mikro-orm/migrations';

/**
 * The rulebook is locked by an advisory lock, as the switches of providers are (src/directory/tables/locks.ts): the queue of a row lock
 * let every new sharer pass whoever waits to change the rules. The function that locked the row is called no more.
 */
export class FairLocks extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(`drop function hold_rulebook(boolean)`);
  }
}
