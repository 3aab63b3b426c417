import type { MailContent } from '../directory/index.ts';
import { mailName } from './mail-name.ts';
import type { Mail } from '../platform/index.ts';

/** The invitation mail. */
export function invitationMail(
  { to, name, tenantName, token, linkDays }: MailContent,
  publicUrl: string,
  messageId: string,
): Mail {
  const tenant = mailName(tenantName) || 'a directory';
  const greeted = name.includes('@') ? '' : mailName(name); // without a name the address is shown
  const text = [
    greeted ? `Hello ${greeted},` : 'Hello,',
    `you have been invited to ${tenant}. Follow this link to come in:`,
    `${publicUrl}/invitations/${token}`,
    `The link works for ${linkDays} days and for nobody but you: please do not pass it on. If it has run out, ask an administrator of ${tenant} to send you a new one.`,
    'If you were not expecting this, there is nothing you need to do.',
  ];
  return {
    to,
    subject: `Your invitation to ${tenant}`,
    text: `${text.join('\n\n')}\n`,
    messageId: `<${messageId}@${new URL(publicUrl).hostname}>`,
  };
}
