import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { type Condition, type ConditionOp, type ConditionValue, compiled, type FieldCondition } from '../conditions.ts';
import { anyOf, flagColumn, idColumn, instantColumn, wordColumn } from '../conditions/columns.ts';
import { comparedText, textOf } from '../conditions/text.ts';
import type { Directory } from '../directory.ts';
import { managingProviders } from '../identity-providers/managing-providers.ts';

export const TEAM_FIELDS = ['id', 'name', 'origin', 'providerId', 'externalId', 'memberId', 'managed', 'createdAt', 'updatedAt', 'version', 'query'] as const;
export type TeamField = (typeof TEAM_FIELDS)[number];
export type TeamLeaf = FieldCondition<TeamField>;
export type TeamCondition = Condition<TeamLeaf>;

/** The condition over the table `teams`. */
export function teamCondition(directory: Directory, condition: TeamCondition): RawBuilder<SqlBool> {
  return compiled<TeamLeaf>(condition, leaf => fields[leaf.field](leaf.op, leaf.value, leaf, directory));
}

type Compared = (op: ConditionOp, value: ConditionValue | undefined, leaf: TeamLeaf, directory: Directory) => RawBuilder<SqlBool>;

const name = {
  written: sql`teams.name`,
  folded: sql`teams.name_key`,
  containing: (pattern: RawBuilder<string>) => sql<SqlBool>`teams.id in (select teams_containing(${pattern}))`,
};

const fields: Record<TeamField, Compared> = {
  id:         idColumn(sql`teams.id`),
  name:       (op, value, { caseExact }) => comparedText(name, op, value, caseExact),
  origin:     wordColumn(sql`teams.origin`),
  providerId: idColumn(sql`teams.provider_id`),
  externalId: (op, value) => comparedText({ written: sql`teams.external_id`, caseExact: true }, op, value),
  memberId:   (op, value, _leaf, directory) => holding(directory, op === 'present' ? null : op === 'in' ? value as readonly string[] : [textOf(value) ?? '']),
  managed:    (op, value, _leaf, directory) => flagColumn(sql<SqlBool>`teams.provider_id = any(${managingProviders(directory)})`)(op, value),
  createdAt:  instantColumn(sql`teams.created_at`),
  updatedAt:  instantColumn(sql`teams.updated_at`),
  version:    wordColumn(sql`teams.version::text`),
  query:      (_op, value) => freeText(textOf(value) ?? '\0'),
};

const holding = ({ tenantId }: Directory, ids: readonly string[] | null): RawBuilder<SqlBool> =>
  sql<SqlBool>`teams.id in (select held.team_id from memberships as held where held.tenant_id = ${tenantId}::uuid and ${ids === null ? sql<SqlBool>`true` : anyOf(sql`held.member_id`, ids)})`;

/** Each word occurs in the name. */
function freeText(text: string): RawBuilder<SqlBool> {
  const words = text.split(/\s+/).filter(word => word !== '').slice(0, 8);
  return words.length === 0 ? sql<SqlBool>`true` : sql<SqlBool>`(${sql.join(words.map(word => comparedText(name, 'contains', word)), sql` and `)})`;
}
