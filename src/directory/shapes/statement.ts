import { CompiledQuery, sql } from 'kysely';
import type { Session } from '../session.ts';
import { requireReading } from '../visibility.ts';
import { NotShaped, Parameter, type RootShape } from './shape.ts';
import { Shaping } from './shaping.ts';

/** A compiled shape. It names its tenant, and is for readers of that tenant only. */
export interface ShapedStatement {
  sql: string;
  parameters: readonly unknown[];
}

/**
 * Compiles a shape into one statement, marked as one whose text callers compose. Refuses:
 * forbidden, without DIRECTORY_READ; a caller who sees a part of the directory only is answered in
 * the ordinary way. Throws NotShaped.
 */
export function shapedStatement(session: Session, shape: RootShape): ShapedStatement {
  requireReading(session);
  if (session.asProvider !== null) throw new NotShaped();
  const { sql: text, parameters } =
    sql`select /* composed */ ${new Shaping(session).root(shape)} as data`.compile(session.db);
  return { sql: text, parameters };
}

/** Runs it: the text of the answer, or null when a row is missing that has to be there. */
export async function readShaped(
  session: Session,
  { sql: text, parameters }: ShapedStatement,
  values: readonly unknown[],
): Promise<string | null> {
  requireReading(session);
  const given = parameters.map(each => (each instanceof Parameter ? values[each.at] : each));
  const { rows } = await session.db.executeQuery<{ data: string | null }>(
    CompiledQuery.raw(text, given),
  );
  return rows[0]?.data ?? null;
}
