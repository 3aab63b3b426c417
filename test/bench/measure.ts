import type { Setup } from './setup.ts';
import { cpuOf, cpuOfDatabase, type Load, type Served } from './processes.ts';
import { statementsDuring } from './statements.ts';
import { type Figures, median, type Measured } from './table.ts';
import type { Workload } from './workload.ts';

export interface Manner {
  setup: Setup;
  load: Load;
  users: number;
  rounds: number;
  ms: number;
  warmMs: number;
  clients: readonly number[];
  showStatements: boolean;
}

/**
 * One workload at all servers, for each number of clients. The servers take turns, so that whatever
 * else the machine does meets all of them.
 */
export async function* measure(
  workload: Workload,
  servers: readonly Served[],
  manner: Manner,
): AsyncGenerator<Measured> {
  const most = Math.max(...manner.clients);
  for (const served of servers) await turn(workload, served, manner, most, manner.warmMs);
  const statements = new Map<string, number>();
  for (const served of servers)
    statements.set(served.name, await statementsOf(workload, served, manner));
  for (const clients of manner.clients) {
    const turns = new Map<string, Figures[]>(servers.map(({ name }) => [name, []]));
    for (let round = 0; round < manner.rounds; round++)
      for (const served of round % 2 === 0 ? servers : servers.toReversed())
        turns.get(served.name)!.push(await timed(workload, served, manner, clients));
    const { name, says } = workload;
    yield {
      name,
      says,
      clients,
      statements: Object.fromEntries(statements),
      figures: Object.fromEntries([...turns].map(([server, figures]) => [server, median(figures)])),
    };
  }
}

async function timed(
  workload: Workload,
  served: Served,
  manner: Manner,
  clients: number,
): Promise<Figures> {
  const { dataDir } = manner.setup.postgres;
  const [before, databaseBefore] = [cpuOf(served), cpuOfDatabase(dataDir)];
  const { units, ms, p99 } = await turn(workload, served, manner, clients, manner.ms);
  return {
    perSecond: (units / ms) * 1_000,
    cpu: (cpuOf(served) - before) / units,
    database: (cpuOfDatabase(dataDir) - databaseBefore) / units,
    p99,
  };
}

async function statementsOf(workload: Workload, served: Served, manner: Manner): Promise<number> {
  const { each, texts } = await statementsDuring(
    manner.setup,
    async () => (await turn(workload, served, manner, 1, 2_000, 16)).units,
  );
  if (manner.showStatements)
    for (const [text, same] of Map.groupBy(texts, whole => whole.slice(0, 230)))
      console.log(`      ${served.name} ${same.length} ${text}`);
  return each;
}

async function turn(
  { name }: Workload,
  { name: server, kind, port }: Served,
  { setup, load, users }: Manner,
  clients: number,
  ms: number,
  most?: number,
) {
  const count = await load.run({
    workload: name,
    kind,
    clients,
    port,
    token: name.startsWith('S') ? setup.providerSecret : setup.serviceToken,
    scim: `/scim/v2/${setup.providerId}`,
    users,
    ms,
    ...(most !== undefined && { most }),
  });
  if (count.fault) throw new Error(`${name} at ${server}: ${count.fault}`);
  return count;
}
