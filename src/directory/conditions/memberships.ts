import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { Session } from '../session.ts';
import { idColumn } from './columns.ts';
import { type Condition, compiled, type FieldCondition } from './condition.ts';
import { comparedText } from './text.ts';

/**
 * A condition on the other side of one membership: on a team of the member, or on a member of the
 * team.
 */
export type OtherSide = Condition<FieldCondition<'id' | 'name'>>;

type Column = RawBuilder<unknown>;
interface Side {
  id: Column;
  name: { written: Column; folded: Column };
}

/** Members who are in some team like that; a provider knows of its own teams only (rule 9). */
export function inTeamWhere(session: Session, where: OtherSide): RawBuilder<SqlBool> {
  const fits = compileSide(where, {
    id: sql`other.id`,
    name: { written: sql`other.name`, folded: sql`other.name_key` },
  });
  return sql<SqlBool>`members.id in (select held.member_id from memberships as held
    join teams as other on other.tenant_id = held.tenant_id and other.id = held.team_id
    where held.tenant_id = ${session.tenantId}::uuid and ${visibleMemberships(session)}
    and ${fits})`;
}

/** Teams with some member like that. */
export function withMemberWhere(session: Session, where: OtherSide): RawBuilder<SqlBool> {
  const fits = compileSide(where, {
    id: sql`other.id`,
    name: { written: sql`other.display_name`, folded: sql`other.display_name_key` },
  });
  return sql<SqlBool>`teams.id in (select held.team_id from memberships as held
    join members as other on other.tenant_id = held.tenant_id and other.id = held.member_id
    where held.tenant_id = ${session.tenantId}::uuid and ${visibleMemberships(session)}
    and ${fits})`;
}

const compileSide = (where: OtherSide, { id, name }: Side): RawBuilder<SqlBool> =>
  compiled(where, ({ field, op, value, caseExact }) =>
    field === 'id' ? idColumn(id)(op, value) : comparedText(name, op, value, caseExact),
  );

const visibleMemberships = ({ asProvider }: Session): RawBuilder<SqlBool> =>
  asProvider === null ? sql<SqlBool>`true` : sql<SqlBool>`other.provider_id = ${asProvider}::uuid`;
