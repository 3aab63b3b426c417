import { expect, test } from 'vitest';
import { openDatabase } from '../../src/database.ts';
import { Directory, systemDirectory } from '../../src/directory/index.ts';
import { connectionOf } from '../../src/platform/index.ts';
import { addMembers } from '../support/crowd.ts';
import { stage } from '../support/company.ts';

const here = stage();

const countIn = (directory: Directory): Promise<number> => directory.members.count();

test.each(['none', 'transaction'] as const)(
  'with pooler %s, what is read in one moment is of that moment, in every tenant; a change ends it',
  async pooler => {
    const [one, two] = [await here.company(), await here.company()];
    const database = openDatabase({
      connection: connectionOf(here.url),
      tokenKey: 'k'.repeat(40),
      poolMax: 2,
      pooler,
    });
    try {
      const reader = systemDirectory(database.store, one.tenantId);
      const other = new Directory(
        reader.store,
        reader.actor.of('Parent'),
        reader.trace,
        two.tenantId,
        reader.moment,
      );
      const before = await countIn(reader);
      await reader.inOneMoment(async () => {
        expect(await countIn(reader)).toBe(before);
        await addMembers(one.system, 1, () => ({}));
        await addMembers(two.system, 1, () => ({}));
        expect(await Promise.all([reader, other, reader].map(countIn))).toEqual([
          before,
          before,
          before,
        ]);
        await reader.change(async () => expect(await countIn(reader)).toBe(before + 1));
        expect([await countIn(other), await countIn(reader)]).toEqual([before + 1, before + 1]);
      });
      expect(await countIn(reader)).toBe(before + 1);
      // A failed statement spoils its own moment and no other.
      const wrong = reader.inOneMoment(() =>
        reader.db.selectFrom('members').select('id').where('id', '=', 'no id').execute(),
      );
      await expect(wrong).rejects.toMatchObject({ code: '22P02' });
      expect(await reader.inOneMoment(() => countIn(reader))).toBe(before + 1);
    } finally {
      await database.close();
    }
  },
);
