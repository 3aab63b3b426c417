import { sql } from 'kysely';
import type { Session } from '../session.ts';

const MANY = 100;

/**
 * Lets the connection plan anew what it does for many members. PostgreSQL keeps plans with the
 * connection, those of its foreign-key checks too, until the table is analysed: a plan from when
 * the table had one page reads the whole table for each row of today. `null` stands for nobody
 * knows how many.
 */
export async function planAnewForMany({ db }: Session, count: number | null): Promise<void> {
  if (count === null || count >= MANY) await sql`discard plans`.execute(db);
}
