import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, endAll, makeFolder, ServiceProcess } from './service-process.ts';

const folder = makeFolder();
/** Takes the mail whole, and then says nothing: the relay never learns that it was taken. */
const read = Promise.withResolvers<string>();
const server = new SMTPServer({
  disabledCommands: ['STARTTLS'],
  authOptional: true,
  onData: stream => {
    let text = '';
    stream
      .setEncoding('utf8')
      .on('data', chunk => {
        text += chunk;
      })
      .once('end', () => read.resolve(text.replaceAll('=\r\n', '').replaceAll('=3D', '=')));
  },
});
server.on('error', () => {}); // the relay is killed while it speaks

beforeAll(async () => {
  build();
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
});
afterAll(async () => {
  await endAll(folder);
  await new Promise<void>(resolve => {
    server.close(() => resolve());
  });
});

test(
  'the link of a mail works although the relay was killed before it could note that the mail had left',
  { timeout: 120_000 },
  async () => {
    const environment = {
      DATA_DIR: path.join(folder, 'data'),
      SMTP_URL: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    };
    const first = await ServiceProcess.up(environment);
    const owner = first.as(first.printedToken!);
    const invited = await owner.does(
      'memberInvite',
      { email: 'nora@northwind.example' },
      'member { id }',
    );
    const { id } = invited['member'] as { id: string };
    const [, token] = /\/invitations\/(\S+)/.exec(await read.promise)!;
    expect(await first.end('SIGKILL')).toBe('SIGKILL');

    // without a mail server: nothing is sent meanwhile
    const second = await ServiceProcess.up({ DATA_DIR: environment.DATA_DIR });
    const link = `${second.origin}/invitations/${token}`;
    expect((await fetch(link)).status).toBe(200);
    expect((await fetch(link, { method: 'POST' })).ok).toBe(true);
    const { member } = await second
      .as(first.printedToken!)
      .ask('query ($id: ID!) { member(id: $id) { state onboarding { state } } }', { id });
    expect(member).toEqual({ state: 'ACTIVE', onboarding: { state: 'COMPLETED' } });
  },
);
