import { expect, test } from 'vitest';
import { Recent } from '../../src/graphql/planned/recent.ts';

test('what was used last is kept, as much as fits a budget of characters', () => {
  const made: string[] = [];
  const recent = new Recent<string>(100, value => value.length);
  const get = (key: string, size: number) =>
    recent.get(key, () => {
      made.push(key);
      return 'x'.repeat(size);
    });
  get('a', 30);
  get('b', 30);
  get('a', 30);
  get('c', 60); // makes room for itself: b was used before a
  get('a', 30);
  get('c', 60);
  get('b', 30);
  expect(made).toEqual(['a', 'b', 'c', 'b']);
  expect(recent.size).toBeLessThanOrEqual(100);
  get('huge', 1_000);
  get('huge', 1_000);
  expect(made.filter(key => key === 'huge')).toHaveLength(2);
  for (let at = 0; at < 1_000; at++) get(`key${at}`, at % 90);
  expect(recent.size).toBeLessThanOrEqual(100);
});
