import { createTransport } from 'nodemailer';
import type { Log } from './log.ts';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html?: string;
  /** The same for every attempt at the same mail, so that a second delivery can be recognised. */
  messageId?: string;
}

export interface Mailer {
  /** `kept`: no mail server is configured, and the mail went nowhere. */
  send(mail: Mail): Promise<'sent' | 'kept'>;
  close(): void;
}

export function createMailer(options: {
  smtpUrl: string | undefined;
  from: string;
  log: Log;
}): Mailer {
  const { smtpUrl, from, log } = options;
  if (!smtpUrl) return keepingMailer(log);
  const transport = createTransport(
    {
      url: smtpUrl,
      pool: true,
      maxConnections: 2,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 30_000,
    },
    { from },
  );
  return {
    async send(mail) {
      await transport.sendMail({ ...mail, disableFileAccess: true, disableUrlAccess: true });
      return 'sent';
    },
    close: () => transport.close(),
  };
}

/** The mail server refused for good (a reply of 500 or above): sending again would be of no use. */
export function isRefusedMail(error: unknown): boolean {
  const { responseCode } = error as { responseCode?: unknown };
  return typeof responseCode === 'number' && responseCode >= 500;
}

function keepingMailer(log: Log): Mailer {
  log.warn('Mail is not configured (SMTP_URL): mails are kept and not sent.');
  return {
    async send({ subject }) {
      log.info({ subject }, 'A mail was kept: mail is not configured.');
      return 'kept';
    },
    close() {},
  };
}
