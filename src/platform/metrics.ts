import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type pg from 'pg';

export type Outcome = 'ok' | 'refused' | 'unavailable' | 'failed';

/** What an operator watches, in the words of Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'door' | 'route' | 'outcome'>;

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: 'muster_request_seconds',
      help: 'How long requests took, by the door they came through, what they asked for, and how it ended.',
      labelNames: ['door', 'route', 'outcome'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [this.#registry],
    });
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

function outcomeOf(status: number): Outcome {
  if (status < 400) return 'ok';
  if (status < 500) return 'refused';
  return status === 503 ? 'unavailable' : 'failed';
}
