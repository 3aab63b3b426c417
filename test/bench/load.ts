import { Connection } from './connection.ts';
import type { Kind } from './workload.ts';
import { workloads } from './workloads.ts';

/** One turn of one workload against one server. */
export interface Turn {
  workload: string;
  kind: Kind;
  clients: number;
  port: number;
  token: string;
  scim: string;
  users: number;
  ms: number;
  most?: number;
}
export interface Count {
  units: number;
  ms: number;
  p50: number;
  p99: number;
  fault: string | null;
}

/** How far each workload has come at each server: its next turn goes on from there. */
const reached = new Map<string, number>();
const slots = new Map<number, number>();
const syncedAt = new Map<number, string[]>();

process.on('message', (turn: Turn) => void run(turn).then(count => process.send?.(count)));
process.on('disconnect', () => process.exit());

async function run({
  workload: name,
  kind,
  clients,
  port,
  token,
  scim,
  users,
  ms,
  most = Infinity,
}: Turn): Promise<Count> {
  const workload = workloads.find(each => each.name === name);
  if (!workload) throw new Error(`There is no workload ${name}.`);
  const key = `${name} ${port}`;
  // Builds that are compared share a database: each works on people of its own, and finds them as
  // they were filled in.
  if (!slots.has(port)) slots.set(port, slots.size);
  let at = reached.get(key) ?? (slots.get(port) as number) * (2 * users + 30_000);
  const synced = syncedAt.get(port) ?? [];
  syncedAt.set(port, synced);
  let units = 0;
  const faults: string[] = [];
  const times: number[] = [];
  const start = performance.now();
  const client = async (): Promise<void> => {
    const connection = new Connection(port, token);
    try {
      while (faults.length === 0 && units < most && performance.now() - start < ms) {
        units++;
        const before = performance.now();
        await workload.each({ connection, kind, scim, users, synced, at: at++ });
        times.push(performance.now() - before);
      }
    } catch (thrown) {
      faults.push((thrown as Error).message);
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const took = performance.now() - start;
  reached.set(key, at);
  times.sort((a, b) => a - b);
  const share = (part: number) =>
    times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
  return {
    units: times.length,
    ms: took,
    p50: share(0.5),
    p99: share(0.99),
    fault: faults[0] ?? null,
  };
}
