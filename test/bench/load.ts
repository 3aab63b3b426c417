import { Connection } from './connection.ts';
import { workloads } from './workloads.ts';

/** One turn of one workload against one server. */
export interface Turn { workload: string; port: number; token: string; scim: string; users: number; ms: number; most?: number }
export interface Count { units: number; ms: number; p50: number; p99: number; fault: string | null }

/** How far each workload has come at each server: its next turn goes on from there. */
const reached = new Map<string, number>();
const syncedAt = new Map<number, string[]>();

process.on('message', (turn: Turn) => void run(turn).then(count => process.send?.(count)));
process.on('disconnect', () => process.exit());

async function run({ workload: name, port, token, scim, users, ms, most = Infinity }: Turn): Promise<Count> {
  const workload = workloads.find(each => each.name === name);
  if (!workload) throw new Error(`There is no workload ${name}.`);
  const key = `${name} ${port}`;
  let at = reached.get(key) ?? 0;
  const synced = syncedAt.get(port) ?? [];
  syncedAt.set(port, synced);
  let units = 0;
  let fault: string | null = null;
  const times: number[] = [];
  const start = performance.now();
  const client = async (): Promise<void> => {
    const connection = new Connection(port, token);
    try {
      while (fault === null && units < most && performance.now() - start < ms) {
        units++;
        const before = performance.now();
        await workload.each({ connection, scim, users, synced, at: at++ });
        times.push(performance.now() - before);
      }
    } catch (thrown) {
      fault ??= (thrown as Error).message;
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: workload.clients }, client));
  const took = performance.now() - start;
  reached.set(key, at);
  times.sort((a, b) => a - b);
  const share = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
  return { units: times.length, ms: took, p50: share(0.5), p99: share(0.99), fault };
}
