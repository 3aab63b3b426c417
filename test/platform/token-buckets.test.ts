import { describe, expect, test } from 'vitest';
import { callerOf } from '../../src/platform/http/index.ts';
import { TokenBuckets } from '../../src/platform/index.ts';

describe('a bucket', () => {
  let now = 0;
  const buckets = (perSecond: number, burst: number, remembered = 10) => {
    now = 0;
    return new TokenBuckets({ perSecond, burst, remembered }, () => now);
  };

  test('gives its burst at once and then what flows in', () => {
    const bucket = buckets(2, 3);
    expect([1, 2, 3, 4].map(() => bucket.draw('a').allowed)).toEqual([true, true, true, false]);
    now = 500;
    expect(bucket.draw('a')).toEqual({ allowed: true, remaining: 0, retryAfter: 0 });
    expect(bucket.draw('a')).toEqual({ allowed: false, remaining: 0, retryAfter: 1 });
    now = 60_000;
    expect(bucket.draw('a').remaining).toBe(2);
  });

  test('says in whole seconds when the same draw will succeed', () => {
    const bucket = buckets(10, 100);
    bucket.draw('a', 100);
    expect(bucket.draw('a', 25)).toEqual({ allowed: false, remaining: 0, retryAfter: 3 });
    now = 3_000;
    expect(bucket.draw('a', 25).allowed).toBe(true);
  });

  test("is each caller's own", () => {
    const bucket = buckets(1, 1);
    expect([bucket.draw('a').allowed, bucket.draw('b').allowed, bucket.draw('a').allowed]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('is forgotten when unused for longest', () => {
    const bucket = buckets(1, 1, 2);
    bucket.draw('a');
    bucket.draw('b');
    bucket.draw('a');
    bucket.draw('c');
    expect([bucket.draw('a').allowed, bucket.draw('b').allowed]).toEqual([false, true]);
  });
});

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s is the caller %s', (address, caller) => {
  expect(callerOf(address)).toBe(caller);
});
