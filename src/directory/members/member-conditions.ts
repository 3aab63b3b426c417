import { type RawBuilder, sql, type SqlBool } from 'kysely';
import {
  anyOf,
  flagColumn,
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
import { inTeamWhere, type OtherSide } from '../conditions/memberships.ts';
import {
  comparedElements,
  comparedProfile,
  type ElementCondition,
  type ProfileCondition,
} from '../conditions/profile.ts';
import { comparedText, type TextColumn, textOf } from '../conditions/text.ts';
import type { Session } from '../session.ts';
import { columnOf } from '../tables/columns.ts';
import { folded } from '../tables/folded.ts';
import { ATTRIBUTES, COMPARED_NAMES, type ComparedName, keyOf } from './attributes.ts';

export type MemberField =
  | ComparedName
  | 'id'
  | 'state'
  | 'origin'
  | 'providerId'
  | 'roleId'
  | 'teamId'
  | 'roleLocked'
  | 'managed'
  | 'createdAt'
  | 'updatedAt'
  | 'version'
  | 'address'
  | 'query';
export type MemberLeaf =
  FieldCondition<MemberField> | ProfileCondition | ElementCondition | { team: OtherSide };
export type MemberCondition = Condition<MemberLeaf>;

/** The condition over the table `members`. */
export function memberCondition(session: Session, condition: MemberCondition): RawBuilder<SqlBool> {
  return compiled<MemberLeaf>(condition, leaf => {
    if ('profile' in leaf) return comparedProfile(sql`members.profile`, leaf);
    if ('team' in leaf) return inTeamWhere(session, leaf.team);
    if ('element' in leaf) return comparedElements(sql`members.profile`, leaf);
    return fields[leaf.field](leaf.op, leaf.value, leaf, session);
  });
}

/** Deleted members are left out unless the condition names their state. */
export function asksForDeleted(condition: MemberCondition | undefined): boolean {
  if (condition === undefined) return false;
  if ('and' in condition) return condition.and.some(asksForDeleted);
  if ('or' in condition) return condition.or.some(asksForDeleted);
  if ('not' in condition || !('field' in condition) || condition.field !== 'state') return false;
  return (
    condition.value === 'DELETED' ||
    (Array.isArray(condition.value) && condition.value.includes('DELETED'))
  );
}

type Compared = (
  op: ConditionOp,
  value: ConditionValue | undefined,
  leaf: FieldCondition<MemberField>,
  session: Session,
) => RawBuilder<SqlBool>;

const containing = (pattern: RawBuilder<string>) =>
  sql<SqlBool>`members.id = any(array(select members_containing(${pattern})))`;

/**
 * An attribute as its column is compared: by the folded one beside it where there is one, which has
 * the index.
 */
function attribute(name: ComparedName): Compared {
  const { compared } = ATTRIBUTES[name];
  if (compared === 'id') return idColumn(columnRef(name));
  const key = keyOf(name);
  const column: TextColumn = {
    written: columnRef(name),
    ...(key && { folded: columnRef(key) }),
    ...(compared === 'searched' && { containing }),
    ...(compared === 'exact' && { caseExact: true }),
  };
  return (op, value, { caseExact, commonTerms }) =>
    comparedText({ ...column, commonTerms }, op, value, caseExact);
}
const columnRef = (property: string) => sql.raw(`members.${columnOf(property)}`);

const attributes = Object.fromEntries(
  COMPARED_NAMES.map(name => [name, attribute(name)]),
) as Record<ComparedName, Compared>;

const fields: Record<MemberField, Compared> = {
  ...attributes,
  id: idColumn(sql`members.id`),
  state: wordColumn(sql`members.state`),
  origin: wordColumn(sql`members.origin`),
  providerId: idColumn(sql`members.provider_id`),
  roleId: idColumn(sql`members.role_id`),
  teamId: (op, value, _leaf, session) =>
    inTeams(
      session,
      op === 'present' ? null : op === 'in' ? (value as readonly string[]) : [textOf(value) ?? ''],
    ),
  roleLocked: flagColumn(sql<SqlBool>`members.role_locked`),
  managed: (op, value, _leaf, session) =>
    managedColumn(sql`members.provider_id`, session)(op, value),
  createdAt: instantColumn(sql`members.created_at`),
  updatedAt: instantColumn(sql`members.updated_at`),
  version: wordColumn(sql`members.version::text`),
  // Any address that a provider pushed, or the one in use.
  address: (_op, value) =>
    sql<SqlBool>`members.id in (select members_addressed(${folded(textOf(value) ?? '')}))`,
  query: (_op, value, { commonTerms }) => freeText(textOf(value) ?? '\0', commonTerms),
};

/** In one of these teams, or in any; a provider knows of its own teams only (rule 9). */
function inTeams(
  { tenantId, asProvider }: Session,
  ids: readonly string[] | null,
): RawBuilder<SqlBool> {
  const those = ids === null ? sql<SqlBool>`true` : anyOf(sql`held.team_id`, ids);
  const known =
    asProvider === null
      ? sql<SqlBool>`true`
      : sql<SqlBool>`held.team_id in (select own.id from teams as own
          where own.tenant_id = ${tenantId}::uuid and own.provider_id = ${asProvider}::uuid)`;
  return sql<SqlBool>`members.id in (select held.member_id from memberships as held
    where held.tenant_id = ${tenantId}::uuid and ${those} and ${known})`;
}

/** Each word occurs in the name to show, the user name or the address. */
function freeText(text: string, commonTerms: ReadonlySet<string> | undefined): RawBuilder<SqlBool> {
  const found = wordsOf(text).map(word =>
    comparedText(
      {
        written: sql`members.search_text`,
        folded: sql`members.search_text`,
        containing,
        commonTerms,
      },
      'contains',
      word,
    ),
  );
  return found.length === 0 ? sql<SqlBool>`true` : sql<SqlBool>`(${sql.join(found, sql` and `)})`;
}

/** The condition as it is best answered: what very many rows hold is not asked of an index. */
export const markCommonTermsForMembers = (
  session: Session,
  condition: MemberCondition | undefined,
): Promise<MemberCondition | undefined> =>
  markCommonTerms<MemberLeaf>(session, condition, sql`members_containing`);
