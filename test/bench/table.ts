import type { Served } from './processes.ts';

/**
 * Of one server in one turn: requests a second, processor microseconds a request (its own, the
 * database's), the 99th percentile in ms.
 */
export interface Figures {
  perSecond: number;
  cpu: number;
  database: number;
  p99: number;
}

export interface Measured {
  name: string;
  says: string;
  clients: number;
  /** Of one request, by server. */
  statements: Record<string, number>;
  figures: Record<string, Figures>;
}

export const median = (figures: readonly Figures[]): Figures => ({
  perSecond: middle(figures.map(({ perSecond }) => perSecond)),
  cpu: middle(figures.map(({ cpu }) => cpu)),
  database: middle(figures.map(({ database }) => database)),
  p99: middle(figures.map(({ p99 }) => p99)),
});

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.floor(half)]! + sorted[Math.ceil(half) - 1]!) / 2;
}

/** Markdown, so that it can be put into the README as it is. */
export function head(servers: readonly Served[]): string {
  const columns = [
    '',
    'workload',
    'clients',
    ...servers.map(({ name }) => `${name} /s, us, db, p99`),
    'of the others, /s',
    'statements',
  ];
  return `${row(columns)}\n${row(columns.map(() => '---'))}`;
}

export function line(servers: readonly Served[], measured: Measured): string {
  const { name, says, clients, figures, statements } = measured;
  const services = servers.filter(({ kind }) => kind === 'muster');
  const others = servers.filter(each => each.kind !== 'muster' && figures[each.name]);
  const ratios = services.flatMap(service =>
    others.map(other => {
      const ratio = figures[service.name]!.perSecond / figures[other.name]!.perSecond;
      const of = services.length > 1 ? `${service.name}: ` : '';
      return `${of}${ratio.toFixed(2)} of ${other.name}`;
    }),
  );
  const asked = servers.flatMap(each => statements[each.name]?.toFixed(1) ?? []);
  return row([
    name,
    says,
    String(clients),
    ...servers.map(each => cell(figures[each.name])),
    ratios.join(', '),
    asked.join(' / '),
  ]);
}

const cell = (figures: Figures | undefined): string =>
  figures === undefined
    ? ''
    : `${[figures.perSecond, figures.cpu, figures.database].map(Math.round).join(', ')}, ${figures.p99.toFixed(1)}`;
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
