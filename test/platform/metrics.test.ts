import { expect, test } from 'vitest';
import { Metrics } from '../../src/platform/index.ts';

test.each([
  [200, 'ok'],
  [304, 'ok'],
  [404, 'refused'],
  [429, 'refused'],
  [500, 'failed'],
  [503, 'unavailable'],
])('a status %i counts as %s', async (status, outcome) => {
  const metrics = new Metrics();
  metrics.request('scim', 'GET /Users', status, 0.003);
  const text = await metrics.text();
  expect(text).toContain(
    `muster_request_seconds_count{door="scim",route="GET /Users",outcome="${outcome}"} 1`,
  );
  expect(text).toContain('muster_request_seconds_bucket{le="0.005",door="scim"');
});

test('a gauge is read when looked at, and one that fails hides no other', async () => {
  const metrics = new Metrics();
  let lag = 1;
  metrics.gauge('outbox_lag', 'How long the oldest message waits.', async () => lag++);
  metrics.gauge('away', 'Cannot be read.', () => Promise.reject(new Error('gone')));
  metrics.gauge('thrown', 'Cannot be read.', () => {
    throw new Error('gone');
  });
  await metrics.text();
  const text = await metrics.text();
  expect(text).toContain('outbox_lag 2');
  expect(text).toContain('away Nan');
  expect(text).toContain('process_cpu_seconds_total');
});

test('operations are counted by name and by what went wrong, and names beyond a few hundred as one', async () => {
  const metrics = new Metrics();
  metrics.operation('Members', []);
  metrics.operation('Members', ['FORBIDDEN', 'NOT_FOUND']);
  for (let i = 0; i < 1_000; i++) metrics.operation(`made up ${i}`, []);
  const text = await metrics.text();
  const counted = (operation: string, code: string) =>
    `muster_graphql_operations_total{operation="${operation}",code="${code}"}`;
  expect(text).toContain(`${counted('Members', 'OK')} 1`);
  expect(text).toContain(`${counted('Members', 'FORBIDDEN')} 1`);
  expect(text).toContain(`${counted('Members', 'NOT_FOUND')} 1`);
  expect(text).toContain(`${counted('other', 'OK')} 801`);
  expect(text.match(/muster_graphql_operations_total\{/g)).toHaveLength(203);
});
