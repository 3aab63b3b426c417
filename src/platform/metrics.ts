import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type pg from 'pg';

export type Outcome = 'ok' | 'refused' | 'unavailable' | 'failed';

/** The service's metrics in Prometheus format. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'door' | 'route' | 'outcome'>;
  readonly #operations: Counter<'operation' | 'code'>;
  readonly #answers: Counter<'provider' | 'outcome'>;
  readonly #seen: Gauge<'provider'>;
  readonly #operationNames = new Labels(200);
  readonly #providerIds = new Labels(500);

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: 'muster_request_seconds',
      help: 'How long requests took, by the door they came through, what they asked for, and how it ended.',
      labelNames: ['door', 'route', 'outcome'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [this.#registry],
    });
    const registers = [this.#registry];
    this.#operations = new Counter({
      name: 'muster_graphql_operations_total',
      help: 'GraphQL operations by the name their client gave them and by what went wrong (OK: nothing).',
      labelNames: ['operation', 'code'],
      registers,
    });
    this.#answers = new Counter({
      name: 'muster_scim_answers_total',
      help: 'Answers to a provider, by how its requests ended.',
      labelNames: ['provider', 'outcome'],
      registers,
    });
    this.#seen = new Gauge({
      name: 'muster_provider_last_seen_timestamp_seconds',
      help: 'When this process last heard of a provider, in seconds since 1970.',
      labelNames: ['provider'],
      registers,
    });
  }

  /** An operation that ended, with the codes of what went wrong in it. */
  operation(name: string, codes: readonly string[]): void {
    const operation = this.#operationNames.of(name);
    for (const code of codes.length > 0 ? codes : ['OK']) this.#operations.inc({ operation, code });
  }

  /** An answer to a provider, which is alive. */
  provider(id: string, status: number): void {
    const provider = this.#providerIds.of(id);
    this.#answers.inc({ provider, outcome: outcomeOf(status) });
    this.#seen.setToCurrentTime({ provider });
  }

  request(door: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ door, route, outcome: outcomeOf(status) }, seconds);
  }

  /** A value read whenever somebody looks, e.g. how long the oldest unsent message has waited. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.#registry],
      // A value that cannot be read (the database is away) must not hide the others.
      async collect(): Promise<void> {
        gauge.set(
          await Promise.resolve()
            .then(read)
            .catch(() => Number.NaN),
        );
      },
    });
  }

  pool(pool: pg.Pool): void {
    this.gauge('muster_pool_connections', 'Connections to the database.', () => pool.totalCount);
    this.gauge(
      'muster_pool_idle',
      'Connections to the database that nobody uses.',
      () => pool.idleCount,
    );
    this.gauge(
      'muster_pool_waiting',
      'Statements waiting for a connection.',
      () => pool.waitingCount,
    );
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/**
 * Values of a label that callers choose: the first so many are kept and all others counted as one,
 * so that no caller can fill the memory with label values.
 */
class Labels {
  readonly #known = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  of(name: string): string {
    const label = name.slice(0, 100);
    if (this.#known.has(label)) return label;
    if (this.#known.size >= this.#most) return 'other';
    this.#known.add(label);
    return label;
  }
}

function outcomeOf(status: number): Outcome {
  if (status < 400) return 'ok';
  if (status < 500) return 'refused';
  return status === 503 ? 'unavailable' : 'failed';
}
