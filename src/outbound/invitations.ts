import { type Directory, tooManyOf, tooManyTo } from '../directory/index.ts';
import { isRefusedMail, type Mailer } from '../platform/index.ts';
import { type Consumer, Postponed } from './drain.ts';
import { invitationMail } from './invitation-mail.ts';

export interface InvitationParts {
  directoryOf: (tenantId: string) => Directory;
  mailer: Mailer;
  publicUrl: string;
}

/** One address, and nothing that a mail server would read as more. */
const ADDRESS = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/;

class NoAddress extends Error {}

/** Mails that ask members in. */
export function invitations({ directoryOf, mailer, publicUrl }: InvitationParts): Consumer {
  return {
    async deliver(message) {
      const directory = directoryOf(message.tenantId);
      const letter = await directory.invitations.mailContent(message);
      if (!letter) return directory.invitations.markUnneeded(message);
      if (!ADDRESS.test(letter.to))
        throw new NoAddress('This is not an address that a mail can be sent to.');
      switch (await directory.invitations.mayLeave(message)) {
        case 'address':
          return directory.invitations.markFailed(message, 'HELD', tooManyTo);
        case 'tenant':
          throw new Postponed(tooManyOf);
        case 'yes':
      }
      await directory.invitations.promiseLink(message);
      const outcome = await mailer.send(invitationMail(letter, publicUrl, message.id));
      if (outcome === 'kept')
        return directory.invitations.markFailed(message, 'HELD', 'No mail server is configured.');
      await directory.invitations.markSent(message);
    },
    giveUp: (message, error) =>
      directoryOf(message.tenantId).invitations.markFailed(message, 'BOUNCED', error),
    isFinal: fault => fault instanceof NoAddress || isRefused(fault),
  };
}

/**
 * The mail server refused this address or this mail for good. A refusal of the service itself (a
 * wrong password, say) can be repaired and is retried.
 */
function isRefused(fault: unknown): boolean {
  const { command } = (fault ?? {}) as { command?: unknown };
  return isRefusedMail(fault) && (command === 'RCPT TO' || command === 'DATA');
}
