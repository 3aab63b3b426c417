import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { firstIdAt } from '../tables/ids.ts';

export interface TimeRange {
  gte?: Date | null | undefined;
  lt?: Date | null | undefined;
}

/**
 * A clock that was set back, or the time between an id and its instant, moves them apart by no more
 * than this.
 */
const SLACK_MS = 1_000;

/**
 * A span of time over rows whose ids hold the time of their making. Said twice: of the ids, which
 * every index ends with, so that no index of its own is needed and other times are not read; and of
 * the instant itself, exactly.
 */
export function inTimeRange({ gte, lt }: TimeRange, row: string): RawBuilder<SqlBool>[] {
  const id = sql.ref(`${row}.id`);
  const at = sql.ref(`${row}.at`);
  return [
    ...(gte
      ? [
          sql<SqlBool>`${id} >= ${firstIdAt(gte.getTime() - SLACK_MS)}::uuid`,
          sql<SqlBool>`${at} >= ${gte.toISOString()}::timestamptz`,
        ]
      : []),
    ...(lt
      ? [
          sql<SqlBool>`${id} < ${firstIdAt(lt.getTime() + SLACK_MS)}::uuid`,
          sql<SqlBool>`${at} < ${lt.toISOString()}::timestamptz`,
        ]
      : []),
  ];
}
