import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, endAll, isAlive, makeFolder, ServiceProcess } from './service-process.ts';

const folder = makeFolder();
let loopToken: string | undefined;

beforeAll(build);
afterAll(() => endAll(folder));

interface Answer {
  status: number;
  closing: boolean;
}

function post(origin: string, agent: Agent, token: string, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request(
      `${origin}/graphql`,
      {
        method: 'POST',
        agent,
        headers: { 'authorization': `Bearer ${token}`, 'content-type': 'application/json' },
      },
      answer => {
        answer
          .resume()
          .once('end', () =>
            resolve({ status: answer.statusCode!, closing: answer.headers.connection === 'close' }),
          );
      },
    );
    asking.once('error', reject).end(body);
  });
}

test(
  'told to end under load, twice, it drops no request, ends with 0 and stops its database last',
  { timeout: 60_000 },
  async () => {
    const environment = {
      DATA_DIR: path.join(folder, 'data'),
      DRAIN_DELAY_MS: '1500',
      DATABASE_POOL_MAX: '4',
    };
    const service = await ServiceProcess.up(environment);
    const pid = Number(
      readFileSync(path.join(environment.DATA_DIR, 'postgres', 'postmaster.pid'), 'utf8').split(
        '\n',
        1,
      )[0],
    );
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const token = service.printedToken!;
    const statuses = new Set<number>();
    let answered = 0;
    const client = async (name: number): Promise<void> => {
      for (let i = 0; ; i++) {
        const body = JSON.stringify({
          query:
            'mutation ($name: String!) { teamCreate(input: { name: $name }) { team { id } userErrors { code } } }',
          variables: { name: `client ${name} team ${i}` },
        });
        // a connection that is cut would throw here
        const { status, closing } = await post(service.origin, agent, token, body);
        statuses.add(status);
        if (++answered === 100)
          for (let told = 0; told < 2; told++) service.process.kill('SIGTERM');
        if (closing) return; // a balancer that was told sends the next one elsewhere
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, name) => client(name)));
    expect(await service.ended).toBe(0);
    expect([[...statuses], isAlive(pid)]).toEqual([[200], false]);
    expect(answered).toBeGreaterThanOrEqual(100);
    expect(
      service
        .log()
        .filter(line => ['warn', 'error', 'fatal'].includes(line['level'] as string))
        .map(line => line['msg']),
    ).toEqual([expect.stringMatching(/^Mail is not configured/)]);
    expect(readFileSync(path.join(environment.DATA_DIR, 'postgres.log'), 'utf8')).not.toMatch(
      /terminating connection/,
    ); // nobody was connected any more
    agent.destroy();
  },
);

/**
 * Asks again and again over kept-alive connections, as fast as it is answered, until nobody listens
 * any more.
 */
async function askUntilGone(
  ask: () => Promise<number>,
): Promise<{ ending: string; answered: number }> {
  for (let answered = 0; ; answered++) {
    try {
      const status = await ask();
      if (status !== 200) return { ending: `status ${status}`, answered };
    } catch (fault) {
      return { ending: (fault as { code?: string }).code ?? (fault as Error).message, answered };
    }
  }
}

const get = (url: string, agent: Agent, token: string): Promise<number> =>
  new Promise((resolve, reject) => {
    request(url, { agent, headers: { authorization: `Bearer ${token}` } }, answer => {
      answer.resume().once('end', () => resolve(answer.statusCode!));
    })
      .once('error', reject)
      .end();
  });

test.each(['0', '300', '0'])(
  'told to end with a drain of %s ms, it resets none of 32 clients that go on asking at both doors',
  { timeout: 120_000 },
  async drain => {
    const service = await ServiceProcess.up({
      DATA_DIR: path.join(folder, 'loop'),
      DRAIN_DELAY_MS: drain,
    });
    loopToken ??= service.printedToken!;
    const made = await service
      .as(loopToken)
      .does(
        'identityProviderCreate',
        { name: `Loop ${Math.random()}`, kind: 'OKTA' },
        'tenantUrl secretToken',
      );
    const agent = new Agent({ keepAlive: true, maxSockets: 32 });
    let answered = 0;
    const warm = Promise.withResolvers<void>();
    const counted = async (asked: Promise<number>): Promise<number> => {
      const status = await asked;
      if (++answered === 200) warm.resolve();
      return status;
    };
    const clients = Array.from({ length: 32 }, (_, i) =>
      askUntilGone(() =>
        counted(
          i % 2 === 0
            ? get(`${made['tenantUrl']}/Users?count=1`, agent, made['secretToken'] as string)
            : post(service.origin, agent, loopToken!, '{"query":"{ viewer { __typename } }"}').then(
                ({ status }) => status,
              ),
        ),
      ),
    );
    await warm.promise;
    service.process.kill('SIGTERM');
    const endings = await Promise.all(clients);
    expect(endings.map(({ ending }) => ending)).toEqual(Array(32).fill('ECONNREFUSED'));
    expect(await service.ended).toBe(0);
    agent.destroy();
  },
);
