import type { Permission } from '../actor.ts';
import type { Owner } from '../provenance.ts';
import type { Session } from '../session.ts';
import { everInTeam, countTeamsOf, membershipsOfMembers } from '../teams/membership-rows.ts';
import type { TeamCondition } from '../teams/team-conditions.ts';
import { editableFields } from './editable.ts';
import { invite, type InvitationFacts } from './invite.ts';
import { join, type JoiningFacts } from './join.ts';
import { disable, enable, remove, restore } from './lifecycle.ts';
import { setLink } from './link.ts';
import type { MemberCondition } from './member-conditions.ts';
import { countMembers, type MemberListRequest, pageOfMembers } from './member-lists.ts';
import { memberByHandle, type MemberHandle, type MemberRow, membersByIds } from './member-rows.ts';
import { countOwnMembers, pageOfOwnMembers } from './own-members.ts';
import { provision } from './provision.ts';
import type { ProvisionedMember } from './provisioned.ts';
import { purge } from './purge.ts';
import { type Description, rewrite } from './rewrite.ts';
import { type LockFacts, lockRole, releaseExpiredLocks, unlockRole } from './role-locks.ts';
import { setRole } from './roles-of-members.ts';
import { type MemberEdit, update } from './update.ts';

interface Expecting {
  expectedVersion?: string | null | undefined;
}

/** The people of one tenant: what can be asked about them, and every verb that changes one. */
export class Members {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  page(request?: MemberListRequest) {
    return pageOfMembers(this.#session, request);
  }
  count(where?: MemberCondition) {
    return countMembers(this.#session, where);
  }
  byIds(ids: readonly string[]) {
    return membersByIds(this.#session, ids);
  }
  byHandle(handle: MemberHandle) {
    return memberByHandle(this.#session, handle);
  }
  async get(id: string): Promise<MemberRow | null> {
    return (await this.byIds([id]))[0] ?? null;
  }

  /** The members of the acting provider (rule 9). */
  pageOfOwn(request?: Parameters<typeof pageOfOwnMembers>[1]) {
    return pageOfOwnMembers(this.#session, request);
  }
  countOwn(where?: MemberCondition) {
    return countOwnMembers(this.#session, where);
  }
  /** A page of teams for each of these members. */
  memberships(ids: readonly string[], request?: Parameters<typeof membershipsOfMembers>[2]) {
    return membershipsOfMembers(this.#session, ids, request);
  }
  countTeams(ids: readonly string[], where?: TeamCondition) {
    return countTeamsOf(this.#session, ids, where);
  }
  everInTeam(id: string) {
    return everInTeam(this.#session, id);
  }
  editableFields(member: MemberRow, owner: Owner | null, held: readonly Permission[]) {
    return editableFields(this.#session, member, owner, held);
  }

  invite(facts: InvitationFacts) {
    return invite(this.#session, facts);
  }
  join(facts: JoiningFacts) {
    return join(this.#session, facts);
  }
  update(id: string, edit: MemberEdit, expecting?: Expecting) {
    return update(this.#session, id, edit, expecting);
  }
  disable(id: string, reason?: string | null) {
    return disable(this.#session, id, reason);
  }
  enable(id: string, reason?: string | null) {
    return enable(this.#session, id, reason);
  }
  remove(id: string, reason?: string | null) {
    return remove(this.#session, id, reason);
  }
  restore(id: string, reason?: string | null) {
    return restore(this.#session, id, reason);
  }
  setRole(id: string, roleId: string, how?: { lock?: boolean }) {
    return setRole(this.#session, id, roleId, how);
  }
  lockRole(id: string, facts: LockFacts) {
    return lockRole(this.#session, id, facts);
  }
  unlockRole(id: string, reason?: string | null) {
    return unlockRole(this.#session, id, reason);
  }
  setLink(id: string, providerId: string, externalId: string | null) {
    return setLink(this.#session, id, providerId, externalId);
  }

  provision(facts: ProvisionedMember, sent: Record<string, unknown>, id?: string) {
    return provision(this.#session, facts, sent, id);
  }
  rewrite(id: string, description: Description, options?: Parameters<typeof rewrite>[3]) {
    return rewrite(this.#session, id, description, options);
  }

  releaseExpiredLocks() {
    return releaseExpiredLocks(this.#session);
  }
  purge() {
    return purge(this.#session);
  }
}
