import { expect, test, vi } from 'vitest';
import { type House, openHouse } from './support/people.ts';

const TIDY_EVERY_MS = 15_000;

test.each([
  ['7', ['6 days']],
  ['60', ['31 days', '20 days', '6 days']],
])(
  'with EXCHANGE_KEEP_DAYS %s the running service keeps no older exchanges',
  async (days, kept) => {
    let house: House | undefined;
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      house = await openHouse({ environment: { EXCHANGE_KEEP_DAYS: days } });
      const provider = await house.provider();
      for (let at = 0; at < 4; at++) await provider.scim('GET', '/ServiceProviderConfig');
      const paths = async () =>
        (await house!.query<{ path: string }>('select path from scim_exchanges order by at')).map(
          ({ path }) => path,
        );
      vi.advanceTimersByTime(TIDY_EVERY_MS);
      while ((await paths()).length < 4);
      await house.query(
        `update scim_exchanges e set path = age || ' days', at = now() - make_interval(days => age)
       from (select id, (array[61, 31, 20, 6])[row_number() over (order by id)] as age
         from scim_exchanges) aged
       where e.id = aged.id`,
      );
      expect(await paths()).toHaveLength(4);
      vi.advanceTimersByTime(TIDY_EVERY_MS);
      while ((await paths()).length > kept.length);
      expect(await paths()).toEqual(kept);
    } finally {
      vi.useRealTimers();
      await house?.close({ owed: 'anything' });
    }
  },
);
