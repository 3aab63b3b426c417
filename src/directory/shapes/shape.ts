import type { MemberCondition } from '../members/member-conditions.ts';
import type { MemberOrder } from '../members/member-orders.ts';
import type { PageRequest } from '../paging/page.ts';
import type { TeamCondition } from '../teams/team-conditions.ts';
import type { TeamOrder } from '../teams/team-rows.ts';

/**
 * The wanted form of an answer, in the words of the directory: an object is a list of keys, each
 * with what stands there. One statement of the database writes it as JSON.
 */
export type ObjectShape = readonly Entry[];

export interface Entry {
  key: string;
  value: Value;
}

export type Value =
  /** A constant, as JSON. */
  | { json: string }
  /** A property of the row. */
  | { property: string }
  /** A row that hangs on this one, or part of it. */
  | { one: string; shape: ObjectShape }
  /** A page of rows that hang on this one. */
  | { list: string; page: ListRequest; shape: ConnectionShape };

export interface ListRequest extends PageRequest {
  members?: MemberCondition | undefined;
  teams?: TeamCondition | undefined;
  membersBy?: readonly MemberOrder[] | undefined;
  teamsBy?: readonly TeamOrder[] | undefined;
}

export type ConnectionShape = readonly { key: string; value: ConnectionValue }[];
export type ConnectionValue =
  | { json: string }
  | { nodes: ObjectShape }
  | { edges: readonly { key: string; value: { json: string } | 'cursor' | ObjectShape }[] }
  | { pageInfo: readonly { key: string; value: { json: string } | PageFact }[] }
  | { totalCount: true };
export type PageFact = 'hasNextPage' | 'hasPreviousPage' | 'startCursor' | 'endCursor';

/** An id that is given when the statement runs, by its place among the values. */
export class Parameter {
  readonly at: number;
  constructor(at: number) {
    this.at = at;
  }
}

/** What an answer can begin with: the tenant itself, or a row found by its id. */
export type RootValue =
  | { json: string }
  | { tenant: ObjectShape }
  | { found: 'member' | 'team'; id: string | Parameter; shape: ObjectShape };
export type RootShape = readonly { key: string; value: RootValue }[];

/** The shape holds something that one statement cannot answer as the ordinary reads do. */
export class NotShaped extends Error {}
