import { type RawBuilder, sql, type SqlBool } from 'kysely';
import {
  anyOf,
  idColumn,
  instantColumn,
  managedColumn,
  wordColumn,
} from '../conditions/columns.ts';
import { markCommonTerms } from '../conditions/common-terms.ts';
import {
  type Condition,
  type ConditionOp,
  type ConditionValue,
  compiled,
  type FieldCondition,
  wordsOf,
} from '../conditions/condition.ts';
import { type OtherSide, withMemberWhere } from '../conditions/memberships.ts';
import { comparedText, textOf } from '../conditions/text.ts';
import type { Session } from '../session.ts';

export const TEAM_FIELDS = [
  'id',
  'name',
  'origin',
  'providerId',
  'externalId',
  'memberId',
  'managed',
  'createdAt',
  'updatedAt',
  'version',
  'query',
] as const;
export type TeamField = (typeof TEAM_FIELDS)[number];
export type TeamLeaf = FieldCondition<TeamField> | { member: OtherSide };
export type TeamCondition = Condition<TeamLeaf>;

/** The condition over the table `teams`. */
export function teamCondition(session: Session, condition: TeamCondition): RawBuilder<SqlBool> {
  return compiled<TeamLeaf>(condition, leaf =>
    'member' in leaf
      ? withMemberWhere(session, leaf.member)
      : fields[leaf.field](leaf.op, leaf.value, leaf, session),
  );
}

type Compared = (
  op: ConditionOp,
  value: ConditionValue | undefined,
  leaf: FieldCondition<TeamField>,
  session: Session,
) => RawBuilder<SqlBool>;

const name = {
  written: sql`teams.name`,
  folded: sql`teams.name_key`,
  containing: (pattern: RawBuilder<string>) =>
    sql<SqlBool>`teams.id = any(array(select teams_containing(${pattern})))`,
};

const fields: Record<TeamField, Compared> = {
  id: idColumn(sql`teams.id`),
  name: (op, value, { caseExact, commonTerms }) =>
    comparedText({ ...name, commonTerms }, op, value, caseExact),
  origin: wordColumn(sql`teams.origin`),
  providerId: idColumn(sql`teams.provider_id`),
  externalId: (op, value) =>
    comparedText({ written: sql`teams.external_id`, caseExact: true }, op, value),
  memberId: (op, value, _leaf, session) =>
    holding(
      session,
      op === 'present' ? null : op === 'in' ? (value as readonly string[]) : [textOf(value) ?? ''],
    ),
  managed: (op, value, _leaf, session) => managedColumn(sql`teams.provider_id`, session)(op, value),
  createdAt: instantColumn(sql`teams.created_at`),
  updatedAt: instantColumn(sql`teams.updated_at`),
  version: wordColumn(sql`teams.version::text`),
  query: (_op, value, { commonTerms }) => freeText(textOf(value) ?? '\0', commonTerms),
};

const holding = ({ tenantId }: Session, ids: readonly string[] | null): RawBuilder<SqlBool> => {
  const those = ids === null ? sql<SqlBool>`true` : anyOf(sql`held.member_id`, ids);
  return sql<SqlBool>`teams.id in (select held.team_id from memberships as held
    where held.tenant_id = ${tenantId}::uuid and ${those})`;
};

/** Each word occurs in the name. */
function freeText(text: string, commonTerms: ReadonlySet<string> | undefined): RawBuilder<SqlBool> {
  const found = wordsOf(text).map(word => comparedText({ ...name, commonTerms }, 'contains', word));
  return found.length === 0 ? sql<SqlBool>`true` : sql<SqlBool>`(${sql.join(found, sql` and `)})`;
}

/** The condition as it is best answered: what very many rows hold is not asked of an index. */
export const markCommonTermsForTeams = (
  session: Session,
  condition: TeamCondition | undefined,
): Promise<TeamCondition | undefined> =>
  markCommonTerms<TeamLeaf>(session, condition, sql`teams_containing`);
