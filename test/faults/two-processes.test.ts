import { createClient as createEventClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createEmptyDatabase } from '../support/cluster.ts';
import { Provider } from '../support/provider.ts';
import { build, command, endAll, ServiceProcess } from './service-process.ts';

const TENANT = '{ tenant { name } }';
let environment: Record<string, string>;

beforeAll(async () => {
  build();
  environment = {
    DATABASE_URL: await createEmptyDatabase(),
    TOKEN_KEY: 'the key of the tests, which is no secret',
    TENANT_NAME: 'Two at once',
    OWNER_EMAIL: 'olivia@two.example',
    DATABASE_POOL_MAX: '4',
  };
});
afterAll(() => endAll());

test(
  'two processes start at once on an empty database: one makes everything, both serve, and what is taken away in one is gone in the other on the next request',
  { timeout: 60_000 },
  async () => {
    const [one, other] = await Promise.all([
      ServiceProcess.up(environment),
      ServiceProcess.up(environment),
    ]);
    const printed = [one.printedToken, other.printedToken].filter(Boolean) as string[];
    expect(printed).toHaveLength(1);
    expect(
      [one, other].filter(service =>
        service.output.includes('The tables were brought up to date.'),
      ),
    ).toHaveLength(1);
    const owner = one.as(printed[0]!);
    for (const service of [one, other])
      expect(await service.as(printed[0]!).ask(TENANT)).toEqual({
        tenant: { name: 'Two at once' },
      });

    const made = await owner.does(
      'tokenCreate',
      { name: 'short-lived', kind: 'PERSONAL', permissions: ['DIRECTORY_READ'] },
      'token { id } secret',
    );
    const secret = made['secret'] as string;
    expect((await other.as(secret).graphql(TENANT)).status).toBe(200);
    await owner.does('tokenRevoke', { id: made['token'].id });
    expect((await other.as(secret).graphql(TENANT)).status).toBe(401);

    const provider = await Provider.create(owner, { name: 'Entra' });
    const there = new Provider(
      provider.id,
      provider.tenantUrl.replace(one.origin, other.origin),
      provider.secret,
    );
    expect((await there.scim('GET', '/Users')).status).toBe(200);
    await owner.does(
      'identityProviderUpdate',
      { id: provider.id, provisioning: 'OFF' },
      'identityProvider { id }',
    );
    expect((await there.scim('GET', '/Users')).status).toBe(401);

    expect(await command('token', environment)).toMatchObject({
      code: 0,
      lines: [expect.stringMatching(/^muster_pat_/)],
    });
    expect(await Promise.all([one.end('SIGTERM'), other.end('SIGTERM')])).toEqual([0, 0]);
  },
);

test(
  'what is done in one process is heard over the streams of the other, and they end with the token that opened them',
  { timeout: 60_000 },
  async () => {
    const [one, other] = await Promise.all([
      ServiceProcess.up(environment),
      ServiceProcess.up(environment),
    ]);
    const { lines } = await command('token', environment);
    const owner = one.as(lines.at(-1) as string);
    const made = await owner.does(
      'tokenCreate',
      {
        name: 'listener',
        kind: 'SERVICE',
        permissions: ['DIRECTORY_READ', 'AUDIT_READ', 'PROVISIONING_ADMIN', 'ROLE_ADMIN'],
      },
      'token { id } secret',
    );
    const authorization = `Bearer ${made['secret'] as string}`;
    const provider = await Provider.create(owner, { name: 'Okta', kind: 'OKTA' });
    const clients = [
      createSocketClient({
        url: `${other.origin.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        connectionParams: { authorization },
      }),
      createEventClient({
        url: `${other.origin}/graphql`,
        retryAttempts: 0,
        headers: { authorization },
      }),
    ];
    const questions = [
      'subscription { heard: memberChanged(filter: { userName: { startsWith: "heard" } }) { userName } }',
      'subscription { heard: auditEntryAdded(filter: { action: ["member.created"] }) { subjectName actor { ... on IdentityProviderActor { identityProvider { name } } } } }',
      `subscription { heard: scimRequestSeen(identityProviderId: "${provider.id}", filter: { method: ["post"], changed: true }) { method status } }`,
    ];
    const heard: unknown[][] = [];
    const ended = clients.flatMap(client =>
      questions.map((query, at) => {
        const got: unknown[] = [];
        heard.push(got);
        return new Promise<number>(resolve => {
          client.subscribe<{ heard: unknown }>(
            { query },
            {
              next: ({ data }) => got.push(data?.heard),
              error: () => resolve(at),
              complete: () => resolve(at),
            },
          );
        });
      }),
    );
    for (let number = 0; heard.some(got => got.length === 0); number++) {
      await provider.user(`${number % 2 ? 'heard' : 'unheard'}${number}@two.example`);
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    for (const [at, got] of heard.entries()) {
      const expected = [
        { userName: expect.stringMatching(/^heard/) },
        { subjectName: expect.any(String), actor: { identityProvider: { name: 'Okta' } } },
        { method: 'POST', status: 201 },
      ][at % 3];
      for (const each of got) expect(each).toEqual(expected);
    }
    await owner.does('tokenRevoke', { id: made['token'].id });
    expect(await Promise.all(ended)).toEqual([0, 1, 2, 0, 1, 2]);
    for (const client of clients) await client.dispose();
    expect(await Promise.all([one.end('SIGTERM'), other.end('SIGTERM')])).toEqual([0, 0]);
  },
);
