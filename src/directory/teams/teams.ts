import type { MemberCondition } from '../members/member-conditions.ts';
import type { Session } from '../session.ts';
import { admit } from './admit.ts';
import { apply, type Expecting as Held, type TeamStep } from './apply.ts';
import { create } from './create.ts';
import type { Displays } from './displays.ts';
import { expel } from './expel.ts';
import { countJoinableTeams, type JoinableRequest, joinableTeams } from './joinable.ts';
import { membersOfOwnTeams } from './members-of-own-teams.ts';
import { countMembersOf, membershipsOfTeams } from './membership-rows.ts';
import { provision, type ProvisionedTeam } from './provision.ts';
import { purge } from './purge.ts';
import { remove } from './remove.ts';
import { rename } from './rename.ts';
import { restore } from './restore.ts';
import type { TeamCondition } from './team-conditions.ts';
import {
  countTeams,
  pageOfTeams,
  teamByName,
  type TeamRow,
  type TeamListRequest,
  teamsByIds,
} from './team-rows.ts';

interface Expecting {
  expectedVersion?: string | null | undefined;
}

/** The teams of one tenant: what can be asked about them, and every verb that changes one. */
export class Teams {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  page(request?: TeamListRequest) {
    return pageOfTeams(this.#session, request);
  }
  count(where?: TeamCondition) {
    return countTeams(this.#session, where);
  }
  byIds(ids: readonly string[]) {
    return teamsByIds(this.#session, ids);
  }
  byName(name: string) {
    return teamByName(this.#session, name);
  }
  async get(id: string): Promise<TeamRow | null> {
    return (await this.byIds([id]))[0] ?? null;
  }

  /** The teams that a member, or a person about to be invited, may be added to. */
  joinable(request: JoinableRequest) {
    return joinableTeams(this.#session, request);
  }
  countJoinable(request: JoinableRequest) {
    return countJoinableTeams(this.#session, request);
  }
  /** A page of members for each of these teams. */
  memberships(ids: readonly string[], request?: Parameters<typeof membershipsOfTeams>[2]) {
    return membershipsOfTeams(this.#session, ids, request);
  }
  countMembers(ids: readonly string[], where?: MemberCondition) {
    return countMembersOf(this.#session, ids, where);
  }
  /** Members of these teams of the acting provider (rule 9). */
  membersOfOwn(ids: readonly string[], most: number) {
    return membersOfOwnTeams(this.#session, ids, most);
  }

  create(facts: { name: string; memberIds?: readonly string[] | null | undefined }) {
    return create(this.#session, facts);
  }
  rename(id: string, name: string, expecting?: Expecting) {
    return rename(this.#session, id, name, expecting);
  }
  remove(id: string) {
    return remove(this.#session, id);
  }
  restore(id: string) {
    return restore(this.#session, id);
  }
  purge() {
    return purge(this.#session);
  }
  admit(id: string, memberIds: readonly string[]) {
    return admit(this.#session, id, memberIds);
  }
  expel(id: string, memberIds: readonly string[]) {
    return expel(this.#session, id, memberIds);
  }

  provision(
    facts: ProvisionedTeam,
    memberIds: readonly string[],
    sent: Record<string, unknown>,
    more?: { id?: string | undefined; displays?: Displays },
  ) {
    return provision(this.#session, facts, memberIds, sent, more);
  }
  apply(id: string, steps: readonly TeamStep[], expecting?: Held) {
    return apply(this.#session, id, steps, expecting);
  }
}
