import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Setup, prepare } from './setup.ts';
import { measure } from './measure.ts';
import {
  end,
  Load,
  memoryOf,
  type Served,
  startAuditedFloor,
  startFloor,
  startMuster,
  startPostgraphile,
} from './processes.ts';
import { head, line, type Measured } from './table.ts';
import { workloads } from './workloads.ts';

const { values: said } = parseArgs({
  options: {
    users: { type: 'string', default: '100000' },
    only: { type: 'string' },
    clients: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    warm: { type: 'string' },
    short: { type: 'boolean', default: false },
    /**
     * Builds to measure beside one another, like `old=/some/dist/src/main.js`; without it, the one
     * in dist.
     */
    service: { type: 'string', multiple: true },
    json: { type: 'string' },
    profile: { type: 'string' },
    statements: { type: 'boolean', default: false },
  },
});
const users = Number(said.users);
const rounds = Number(said.rounds ?? (said.short ? 2 : 3));
const seconds = Number(said.seconds ?? (said.short ? 1 : 1.5));
const warm = Number(said.warm ?? (said.short ? 1 : 6));
const clients = said.clients?.split(',').map(Number) ?? (said.short ? [8] : undefined);
const chosen = workloads.filter(
  ({ name }) => !said.only || said.only.split(',').some(each => name.startsWith(each)),
);

const setup = await prepare(users);
const load = new Load();
const servers: Served[] = [];
const measured: Measured[] = [];
try {
  for (const started of starting(setup)) servers.push(await started());
  console.log(
    `${users} users; ${rounds} turns of ${seconds} s each after ${warm} s of warm-up, medians of the turns.`,
  );
  console.log(head(servers));
  for (const workload of chosen) {
    const against = servers.filter(
      ({ kind }) => kind === 'muster' || kind === 'floor' || workload.against?.includes(kind),
    );
    for await (const each of measure(workload, against, {
      setup,
      load,
      users,
      rounds,
      ms: seconds * 1_000,
      warmMs: warm * 1_000,
      clients: clients && workload.clients.length > 1 ? clients : workload.clients,
      showStatements: said.statements,
    })) {
      measured.push(each);
      console.log(line(servers, each));
    }
  }
  const memory = Object.fromEntries(servers.map(served => [served.name, memoryOf(served)]));
  for (const [name, { now, most }] of Object.entries(memory))
    console.log(`${name}: ${now} MB resident now, ${most} MB at most`);
  if (said.json)
    writeFileSync(
      said.json,
      JSON.stringify({ at: new Date(), users, rounds, seconds, warm, measured, memory }, null, 2),
    );
} finally {
  await load.end();
  await Promise.all(servers.map(({ child }) => end(child)));
  await setup.stop();
}

/**
 * The builds of the service, then what they are measured against, as far as a chosen workload is.
 */
function* starting({ musterUrl, tokenKey, folder, floorUrl, peerUrl }: Setup) {
  const profile = said.profile
    ? ['--cpu-prof', `--cpu-prof-dir=${path.resolve(said.profile)}`]
    : [];
  const built = path.join(import.meta.dirname, '../../dist/src/main.js');
  for (const text of said.service ?? [`muster=${built}`]) {
    const [name = '', main = ''] = text.split('=');
    const log = path.join(folder, `${name}.log`);
    yield () => startMuster(name, path.resolve(main), musterUrl, tokenKey, log, profile);
  }
  yield () => startFloor(floorUrl, users);
  if (chosen.some(({ against }) => against?.includes('floor+audit')))
    yield () => startAuditedFloor(floorUrl, users);
  if (chosen.some(({ against }) => against?.includes('postgraphile')))
    yield () => startPostgraphile(peerUrl);
}
