import { parseArgs } from 'node:util';
import path from 'node:path';
import { prepare } from './ground.ts';
import {
  cpuOf,
  cpuOfDatabase,
  end,
  Load,
  memoryOf,
  type Served,
  startFloor,
  startMuster,
} from './processes.ts';
import { statementsDuring } from './statements.ts';
import { workloads } from './workloads.ts';

const { values: said } = parseArgs({
  options: {
    users: { type: 'string', default: '100000' },
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '1.5' },
    warm: { type: 'string', default: '2' },
    /** Builds to measure beside one another, like `old=/some/dist/src/main.js`; without it, the one in dist. */
    service: { type: 'string', multiple: true },
    profile: { type: 'string' },
    statements: { type: 'boolean', default: false },
    metrics: { type: 'boolean', default: false },
  },
});
const users = Number(said.users);
const rounds = Number(said.rounds);
const ms = Number(said.seconds) * 1_000;
const chosen = workloads.filter(
  ({ name }) => !said.only || said.only.split(',').some(each => name.startsWith(each)),
);

interface Sum {
  units: number;
  ms: number;
  cpu: number;
  database: number;
  p99: number[];
}

const ground = await prepare(users);
const load = new Load();
const servers: Served[] = [];
try {
  for (const [name, main] of services()) {
    servers.push(
      await startMuster(
        name,
        main,
        ground.musterUrl,
        ground.tokenKey,
        path.join(ground.folder, `${name}.log`),
        said.profile ? ['--cpu-prof', `--cpu-prof-dir=${path.resolve(said.profile)}`] : [],
      ),
    );
  }
  servers.push(await startFloor(ground.floorUrl, users));
  console.log(
    `${users} users; ${rounds} turns of ${said.seconds} s each. us = processor time of the server, db = of the database's processes, for one request.`,
  );
  console.log(
    [
      '   ',
      'workload'.padEnd(34),
      ...servers.map(({ name }) => `${name.padStart(6)}/s     us     db   p99`),
      'ratio /s',
      'ratio us',
      'statements',
    ].join(' | '),
  );
  for (const { name, says } of chosen) await measure(name, says);
  for (const served of servers) {
    if (said.metrics)
      console.log(
        (await (await fetch(`http://127.0.0.1:${served.port}/metrics`)).text())
          .split('\n')
          .filter(line =>
            /^nodejs_(heap_size|external|heap_space_size_used)|^process_resident/.test(line),
          )
          .join('\n'),
      );
    const { now, most } = memoryOf(served);
    console.log(`${served.name}: ${now} MB resident now, ${most} MB at most`);
  }
} finally {
  await load.end();
  await Promise.all(servers.map(({ child }) => end(child)));
  await ground.stop();
}

function services(): [name: string, main: string][] {
  const built = path.join(import.meta.dirname, '../../dist/src/main.js');
  return (
    said.service?.map(text => [
      text.split('=')[0] ?? '',
      path.resolve(text.split('=')[1] ?? ''),
    ]) ?? [['muster', built]]
  );
}

/** The servers take turns, so that whatever else the machine does meets all of them. */
async function measure(name: string, says: string): Promise<void> {
  const sums = new Map(
    servers.map(served => [served, { units: 0, ms: 0, cpu: 0, database: 0, p99: [] } as Sum]),
  );
  for (const served of servers) await turn(name, served, Number(said.warm) * 1_000);
  for (let round = 0; round < rounds; round++) {
    for (const served of round % 2 === 0 ? servers : servers.toReversed()) {
      const sum = sums.get(served) as Sum;
      const [before, databaseBefore] = [cpuOf(served), cpuOfDatabase(ground.postgres.dataDir)];
      const { units, ms: took, p99 } = await turn(name, served, ms);
      sum.cpu += cpuOf(served) - before;
      sum.database += cpuOfDatabase(ground.postgres.dataDir) - databaseBefore;
      sum.units += units;
      sum.ms += took;
      sum.p99.push(p99);
    }
  }
  const asked: string[] = [];
  for (const served of servers) {
    const { each, texts } = await statementsDuring(
      ground,
      async () => (await turn(name, served, 2_000, 16)).units,
    );
    asked.push(each.toFixed(1));
    if (said.statements)
      console.log(
        [...Map.groupBy(texts, text => text.slice(0, 230))]
          .map(([text, same]) => `      ${same.length} ${text}`)
          .join('\n'),
      );
  }
  const rates = servers.map(served => rateOf(sums.get(served) as Sum));
  const floor = rates.at(-1) as ReturnType<typeof rateOf>;
  const ratios = (pick: (rate: typeof floor) => number) =>
    rates
      .slice(0, -1)
      .map(rate => pick(rate).toFixed(2))
      .join(' ');
  console.log(
    [
      name.padEnd(3),
      says.padEnd(34),
      ...rates.map(
        ({ perSecond, cpu, database, p99 }) =>
          `${perSecond.toFixed(0).padStart(8)} ${cpu.toFixed(0).padStart(6)} ${database.toFixed(0).padStart(6)} ${p99.toFixed(1).padStart(6)}`,
      ),
      ratios(rate => rate.perSecond / floor.perSecond),
      ratios(rate => floor.cpu / rate.cpu),
      asked.join(' / '),
    ].join(' | '),
  );
}

function rateOf({ units, ms: took, cpu, database, p99 }: Sum) {
  return {
    perSecond: (units / took) * 1_000,
    cpu: cpu / units,
    database: database / units,
    p99: p99.toSorted((a, b) => a - b)[Math.floor(p99.length / 2)] ?? 0,
  };
}

async function turn(workload: string, { name, port }: Served, duration: number, most?: number) {
  const token = workload.startsWith('S') ? ground.providerSecret : ground.serviceToken;
  const count = await load.run({
    workload,
    port,
    token,
    scim: `/scim/v2/${ground.providerId}`,
    users,
    ms: duration,
    ...(most !== undefined && { most }),
  });
  if (count.fault) throw new Error(`${workload} at ${name}: ${count.fault}`);
  return count;
}
