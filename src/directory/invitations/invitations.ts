import { sql } from 'kysely';
import { type MemberRow, memberColumns } from '../members/member-rows.ts';
import { subjectOf } from '../members/subject.ts';
import type { ClaimedMessage } from '../outbox/outbox.ts';
import { invalid, notFound } from '../refusal.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { mailContent, markUnneeded, markSent, markFailed, promiseLink } from './delivery.ts';
import { invitationColumns, type InvitationRow, invitationsOf } from './invitation-rows.ts';
import type { InvitationState } from './invitation.ts';
import { countMails, mayLeave } from './mail-limits.ts';

/** How far a member has been asked in. NOT_SENT is the absence of everything else. */
export interface OnboardingRow extends Omit<InvitationRow, 'state'> {
  state: InvitationState | 'NOT_SENT';
}

const MOST_AT_ONCE = 500;

/** The mails that ask members in. */
export class Invitations {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The invitation of each of these members that has one. */
  sentTo(memberIds: readonly string[]) {
    return invitationsOf(this.#session, memberIds);
  }

  // Steps of the relay with an invitation that it has claimed. Only the system actor may call
  // these.

  mailContent(message: ClaimedMessage) {
    return mailContent(this.#session, message);
  }
  mayLeave(message: ClaimedMessage) {
    return mayLeave(this.#session, message);
  }
  promiseLink(message: ClaimedMessage) {
    return promiseLink(this.#session, message);
  }
  markSent(message: ClaimedMessage) {
    return markSent(this.#session, message);
  }
  markFailed(message: ClaimedMessage, state: 'BOUNCED' | 'HELD', error: string) {
    return markFailed(this.#session, message, state, error);
  }
  markUnneeded(message: ClaimedMessage) {
    return markUnneeded(this.#session, message);
  }

  /** Sends the mail, or sends it again. Who has already come in is left alone. */
  send(memberIds: readonly string[]): Promise<MemberRow[]> {
    const ids = [...new Set(memberIds)];
    return this.#session.change(async () => {
      this.#session.require('DIRECTORY_WRITE');
      if (ids.length > MOST_AT_ONCE)
        throw invalid(`At most ${MOST_AT_ONCE} members at once.`, 'ids');
      const members = await this.#addressees(memberIds);
      const joined = new Set(
        (await this.#rowsOf(ids))
          .filter(({ state }) => state === 'COMPLETED')
          .map(({ memberId }) => memberId),
      );
      for (const member of members) {
        if (joined.has(member.id)) continue;
        this.#session.record({
          action: 'member.activationSent',
          subject: subjectOf(member),
        });
        this.#session.enqueue('invitation', { memberId: member.id });
      }
      await countMails(
        this.#session,
        members.filter(({ id }) => !joined.has(id)).map(({ id }) => id),
        id => ['ids', String(memberIds.indexOf(id))],
      );
      return members;
    });
  }

  /**
   * One row for each member, in the order asked. Without the right to read the directory, only
   * one's own.
   */
  async ofMembers(memberIds: readonly string[]): Promise<OnboardingRow[]> {
    const { actor, tenantId } = this.#session;
    const own = actor.tenantId === tenantId ? actor.record.memberId : undefined;
    if (memberIds.some(id => id !== own)) this.#session.require('DIRECTORY_READ');
    const byMember = new Map((await this.#rowsOf(memberIds)).map(row => [row.memberId, row]));
    return memberIds.map(
      memberId =>
        byMember.get(memberId) ?? {
          memberId,
          state: 'NOT_SENT',
          lastSentAt: null,
          sentCount: 0,
          linkExpiresAt: null,
          deliveryError: null,
        },
    );
  }

  #rowsOf(memberIds: readonly string[]): Promise<OnboardingRow[]> {
    return this.#session
      .rows('invitations')
      .where('member_id', '=', sql<string>`any(${memberIds.filter(isId)}::uuid[])`)
      .where('state', '<>', 'LEAVING')
      .select(invitationColumns)
      .$narrowType<{ state: InvitationState }>()
      .execute();
  }

  async #addressees(asked: readonly string[]): Promise<MemberRow[]> {
    const rows = await this.#session
      .rows('members')
      .select(memberColumns)
      .where('id', '=', sql<string>`any(${asked.filter(isId)}::uuid[])`)
      .where('state', '<>', 'DELETED')
      .execute();
    const byId = new Map(rows.map(row => [row.id, row]));
    return [...new Set(asked)].map(id => {
      const member = byId.get(id);
      const at = ['ids', String(asked.indexOf(id))];
      if (!member) throw notFound('member').at(...at);
      if (member.state === 'DISABLED') throw invalid(`${member.displayName} is disabled.`, ...at);
      if (member.email === null) throw invalid(`${member.displayName} has no address.`, ...at);
      return member;
    });
  }
}
