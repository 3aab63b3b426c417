import { describe, expect, test } from 'vitest';
import { FairShare } from '../../../src/platform/http/index.ts';

/** Whatever could begin has begun. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

/** Work that ends when it is told to, and says in which order it began. */
function desk(rules: { atOnce: number; waiting: number }) {
  let now = 0;
  const shares = new FairShare(rules, () => now);
  const begun: string[] = [];
  const ends: Record<string, () => void> = {};
  return {
    begun,
    later: (ms: number) => (now += ms),
    start: (key: string, name: string) =>
      shares.run(key, async () => {
        begun.push(name);
        await new Promise<void>(resolve => {
          ends[name] = resolve;
        });
      }),
    end: async (name: string) => {
      await settled();
      ends[name]!();
      await settled();
    },
  };
}

describe('turns of tenants', () => {
  test('one that is alone has half of the places, and the next waits', async () => {
    const { start, end, begun } = desk({ atOnce: 8, waiting: 10 });
    const all = Array.from({ length: 5 }, (_, i) => start('a', `a${i}`));
    await settled();
    expect(begun).toEqual(['a0', 'a1', 'a2', 'a3']);
    await end('a1');
    await settled();
    expect(begun).toEqual(['a0', 'a1', 'a2', 'a3', 'a4']);
    for (const name of ['a0', 'a2', 'a3', 'a4']) await end(name);
    await Promise.all(all);
  });

  test('another begins at once, however many of the first wait, and from then on they share', async () => {
    const { start, end, begun } = desk({ atOnce: 8, waiting: 100 });
    for (let i = 0; i < 50; i++) void start('a', `a${i}`);
    void start('b', 'b0');
    await settled();
    expect(begun.at(-1)).toBe('b0');
    await end('a0');
    await end('a1');
    await settled();
    expect(begun).toHaveLength(5); // four of a's, of which two ended, are now two: its part
    await end('a2');
    await settled();
    expect(begun.at(-1)).toBe('a4');
  });

  test('whoever is gone for two seconds leaves its part to the others', async () => {
    const { start, end, begun, later } = desk({ atOnce: 8, waiting: 100 });
    void start('b', 'b0');
    await end('b0');
    for (let i = 0; i < 6; i++) void start('a', `a${i}`);
    await settled();
    expect(begun).toEqual(['b0', 'a0', 'a1']);
    later(2_001);
    await end('a0');
    await settled();
    expect(begun).toEqual(['b0', 'a0', 'a1', 'a2']);
    await end('a1');
    await end('a2');
    await settled();
    expect(begun).toEqual(['b0', 'a0', 'a1', 'a2', 'a3', 'a4']);
  });

  test('those that wait are let in in turns', async () => {
    const { start, end, begun } = desk({ atOnce: 2, waiting: 100 });
    for (const key of ['a', 'b', 'c']) for (let i = 0; i < 3; i++) void start(key, key + i);
    await settled();
    expect(begun).toEqual(['a0', 'a1']);
    for (const name of ['a0', 'a1', 'b0', 'c0', 'a2', 'b1', 'c1', 'b2', 'c2']) await end(name);
    await settled();
    expect(begun).toEqual(['a0', 'a1', 'b0', 'c0', 'a2', 'b1', 'c1', 'b2', 'c2']);
  });

  test('beyond what may wait it is refused with a time, and others are not', async () => {
    const { start, begun } = desk({ atOnce: 4, waiting: 1 });
    void start('a', 'a0');
    void start('a', 'a1');
    void start('a', 'a2');
    await expect(start('a', 'a3')).rejects.toMatchObject({ status: 429, retryAfter: 1 });
    void start('b', 'b0');
    await settled();
    expect(begun).toEqual(['a0', 'a1', 'b0']);
  });

  test('work that fails gives its place back', async () => {
    const shares = new FairShare({ atOnce: 2, waiting: 1 });
    for (let i = 0; i < 5; i++)
      await expect(shares.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
