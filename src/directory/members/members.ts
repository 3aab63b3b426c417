import type { Session } from '../session.ts';
import { invite, type InvitationFacts, join, type JoiningFacts } from './invite.ts';
import { disable, enable, remove, restore } from './life.ts';
import { setLink } from './link.ts';
import {
  countMembers,
  memberByHandle,
  type MemberHandle,
  type MemberRow,
  type MembersAsked,
  membersByIds,
  pageOfMembers,
} from './member-rows.ts';
import type { MemberCondition } from './member-conditions.ts';
import { type Description, type ProvisionedMember, provision, rewrite } from './provision.ts';
import { purge } from './purge.ts';
import {
  type LockFacts,
  lockRole,
  releaseExpiredLocks,
  setRole,
  unlockRole,
} from './roles-of-members.ts';
import { type MemberEdit, update } from './update.ts';

interface Expecting {
  expectedVersion?: string | null | undefined;
}

/** The people of one tenant: what can be asked about them, and every verb that changes one. */
export class Members {
  readonly #directory: Session;

  constructor(directory: Session) {
    this.#directory = directory;
  }

  page(request?: MembersAsked) {
    return pageOfMembers(this.#directory, request);
  }
  count(where?: MemberCondition) {
    return countMembers(this.#directory, where);
  }
  byIds(ids: readonly string[]) {
    return membersByIds(this.#directory, ids);
  }
  byHandle(handle: MemberHandle) {
    return memberByHandle(this.#directory, handle);
  }
  async get(id: string): Promise<MemberRow | null> {
    return (await this.byIds([id]))[0] ?? null;
  }

  invite(facts: InvitationFacts) {
    return invite(this.#directory, facts);
  }
  join(facts: JoiningFacts) {
    return join(this.#directory, facts);
  }
  update(id: string, edit: MemberEdit, expecting?: Expecting) {
    return update(this.#directory, id, edit, expecting);
  }
  disable(id: string, reason?: string | null) {
    return disable(this.#directory, id, reason);
  }
  enable(id: string, reason?: string | null) {
    return enable(this.#directory, id, reason);
  }
  remove(id: string, reason?: string | null) {
    return remove(this.#directory, id, reason);
  }
  restore(id: string, reason?: string | null) {
    return restore(this.#directory, id, reason);
  }
  setRole(id: string, roleId: string, how?: { lock?: boolean }) {
    return setRole(this.#directory, id, roleId, how);
  }
  lockRole(id: string, facts: LockFacts) {
    return lockRole(this.#directory, id, facts);
  }
  unlockRole(id: string, reason?: string | null) {
    return unlockRole(this.#directory, id, reason);
  }
  setLink(id: string, providerId: string, externalId: string | null) {
    return setLink(this.#directory, id, providerId, externalId);
  }

  provision(facts: ProvisionedMember, sent: Record<string, unknown>, id?: string) {
    return provision(this.#directory, facts, sent, id);
  }
  rewrite(id: string, description: Description, expecting?: { expectedVersion?: string | null }) {
    return rewrite(this.#directory, id, description, expecting);
  }

  releaseExpiredLocks() {
    return releaseExpiredLocks(this.#directory);
  }
  purge() {
    return purge(this.#directory);
  }
}
