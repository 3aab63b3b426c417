import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog, createMailer, isRefusedMail } from '../../src/platform/index.ts';

const received: string[] = [];
let connections = 0;
const sink = new SMTPServer({
  disabledCommands: ['STARTTLS'],
  authOptional: true,
  onConnect: (_, done) => {
    connections++;
    done();
  },
  onRcptTo: ({ address }, _, done) =>
    done(
      address.startsWith('nobody')
        ? Object.assign(new Error('no such mailbox'), { responseCode: 550 })
        : address.startsWith('later')
          ? Object.assign(new Error('try later'), { responseCode: 450 })
          : null,
    ),
  onData: (stream, _, done) => {
    let text = '';
    stream
      .setEncoding('utf8')
      .on('data', chunk => {
        text += chunk;
      })
      .once('end', () => {
        received.push(text);
        done();
      });
  },
});

beforeAll(async () => {
  sink.listen(0, '127.0.0.1');
  await once(sink.server, 'listening');
});
afterAll(() => new Promise<void>(resolve => sink.close(resolve)));

const mailer = () =>
  createMailer({
    smtpUrl: `smtp://127.0.0.1:${(sink.server.address() as AddressInfo).port}`,
    from: 'Muster <muster@example.com>',
    log: createLog('silent'),
  });
const mail = {
  to: 'ada@example.com',
  subject: 'Überraschung',
  text: 'Welcome.',
  messageId: '<1@example.com>',
};

test('mails arrive, over one connection', async () => {
  const post = mailer();
  expect([await post.send(mail), await post.send(mail)]).toEqual(['sent', 'sent']);
  post.close();
  expect(connections).toBe(1);
  expect(received).toHaveLength(2);
  expect(received[0]).toMatch(/^From: Muster <muster@example.com>\r\nTo: ada@example.com/m);
  expect(received[0]).toContain('Message-ID: <1@example.com>');
});

test('an address never becomes a header, nor a path a file', async () => {
  const post = mailer();
  await post.send({ ...mail, subject: 'a\r\nBcc: eve@example.com' });
  post.close();
  expect(received.at(-1)).not.toMatch(/^Bcc:/m);
});

test('a no for good can be told from a no for now', async () => {
  const post = mailer();
  const fault = (to: string) =>
    post.send({ ...mail, to }).catch((caught: unknown) => isRefusedMail(caught));
  expect([await fault('nobody@example.com'), await fault('later@example.com')]).toEqual([
    true,
    false,
  ]);
  post.close();
});

test('a server that is not there is no refusal', async () => {
  const post = createMailer({
    smtpUrl: 'smtp://127.0.0.1:1',
    from: 'a@example.com',
    log: createLog('silent'),
  });
  expect(await post.send(mail).catch((caught: unknown) => isRefusedMail(caught))).toBe(false);
  post.close();
});

test('without a mail server the caller is told that the mail was kept', async () => {
  let lines = '';
  const post = createMailer({
    smtpUrl: undefined,
    from: 'a@example.com',
    log: createLog('info', {
      write: line => {
        lines += line;
      },
    }),
  });
  expect(await post.send(mail)).toBe('kept');
  post.close();
  expect(lines).toContain('SMTP_URL');
  expect(lines).not.toContain('ada@example.com');
});
