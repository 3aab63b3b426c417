import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { isByRank } from '../members/by-rank.ts';
import { membersAmong } from '../members/member-lists.ts';
import { memberKeys } from '../members/member-orders.ts';
import type { SortKey } from '../paging/page.ts';
import type { Session } from '../session.ts';
import { membersOf, teamsOf } from '../teams/membership-rows.ts';
import { teamKeys, teamsAmong } from '../teams/team-rows.ts';
import type { NounName } from './nouns.ts';
import { type ListRequest, NotShaped } from './shape.ts';

/** A list as its statement needs it: the rows, the order, and the noun of a row. */
export interface List {
  noun: NounName;
  table: string;
  from: RawBuilder<unknown>;
  where: RawBuilder<unknown>;
  keys: readonly SortKey<never>[];
}

type ListOf = (session: Session, row: string, request: ListRequest) => List;

const membership = (
  session: Session,
  { join, where }: { join: RawBuilder<unknown>; where: RawBuilder<unknown> },
  parent: RawBuilder<SqlBool>,
  key: { name: string; column: string },
): List => ({
  noun: 'membership',
  table: 'memberships',
  from: sql`memberships ${join}`,
  where: sql`memberships.tenant_id = ${session.tenantId}::uuid and ${parent} ${where}`,
  keys: [
    {
      name: key.name,
      type: 'uuid',
      expression: sql.raw(`memberships.${key.column}`),
      direction: 'asc',
      read: () => null,
    },
  ],
});

/** The lists that a shape can hold, by the noun that they hang on. */
export const LISTS: Readonly<Partial<Record<NounName, Readonly<Record<string, ListOf>>>>> = {
  tenant: {
    members: (session, _row, { members, membersBy }) => {
      const keys = memberKeys(membersBy);
      if (isByRank(keys)) throw new NotShaped(); // has a statement of its own
      return {
        noun: 'member',
        table: 'members',
        from: sql`members`,
        where: membersAmong(session, members),
        keys,
      };
    },
    identityProviders: ({ tenantId }) => ({
      noun: 'provider',
      table: 'identity_providers',
      from: sql`identity_providers`,
      where: sql`identity_providers.tenant_id = ${tenantId}::uuid
        and identity_providers.deleted_at is null`,
      keys: [
        {
          name: 'provider',
          type: 'uuid',
          expression: sql`identity_providers.id`,
          direction: 'asc',
          read: () => null,
        },
      ],
    }),
    teams: (session, _row, { teams, teamsBy }) => ({
      noun: 'team',
      table: 'teams',
      from: sql`teams`,
      where: teamsAmong(session, teams),
      keys: teamKeys(teamsBy),
    }),
  },
  member: {
    teams: (session, row, { teams }) =>
      membership(
        session,
        teamsOf(session, teams),
        sql<SqlBool>`memberships.member_id = ${sql.raw(`${row}.id`)}`,
        { name: 'team', column: 'team_id' },
      ),
  },
  team: {
    members: (session, row, { members }) =>
      membership(
        session,
        membersOf(session, members),
        sql<SqlBool>`memberships.team_id = ${sql.raw(`${row}.id`)}`,
        { name: 'member', column: 'member_id' },
      ),
  },
};
