import { CompiledQuery, Kysely, sql, type Generated } from 'kysely';
import type pg from 'pg';
import { parse } from 'pg-connection-string';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createPool,
  isOutage,
  isRetryable,
  PoolDialect,
  type PoolDialectOptions,
  withCommit,
  withNext,
} from '../../src/platform/index.ts';
import { createEmptyDatabase } from '../support/cluster.ts';

interface Tables {
  note: { id: Generated<number>; tenant: Generated<string>; text: string };
}

let url: string;
let pool: pg.Pool;
let statements: string[];
const opened: pg.Pool[] = [];

const connection = () => {
  const { host, port, user, password, database } = parse(url);
  return { host: host!, port: Number(port), user: user!, password: password!, database: database! };
};
const open = (max: number, answerWithinMs?: number) => {
  const made = createPool(connection(), { max, ...(answerWithinMs && { answerWithinMs }) });
  opened.push(made);
  return made;
};
const database = (tenant: string, options: Partial<PoolDialectOptions> = {}, from = pool) =>
  new Kysely<Tables>({
    dialect: new PoolDialect(from, {
      session: { 'app.tenant': tenant },
      prepare: true,
      onStatement: text => statements.push(text),
      ...options,
    }),
  });
const driver = () => new PoolDialect(pool, { session: {}, prepare: true }).createDriver();
const tenantOf = async (db: Kysely<Tables>) =>
  (await sql<{ tenant: string }>`select current_setting('app.tenant', true) as tenant`.execute(db))
    .rows[0]?.tenant;
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'fine',
    (fault: { code?: string; message: string }) => fault.code ?? fault.message,
  );
const settled = (work: Promise<unknown>[]) => Promise.all(work.map(codeOf));

beforeAll(async () => {
  url = await createEmptyDatabase();
  const setUp = open(1);
  await setUp.query(
    `create table note (id int generated always as identity primary key, tenant text not null default current_setting('app.tenant'), text text not null unique deferrable initially immediate)`,
  );
  await setUp.query(`create table list (id int primary key, name text)`);
});
beforeEach(() => {
  pool = open(1);
  statements = [];
});
afterAll(() => Promise.all(opened.map(each => each.end())));

describe('the session', () => {
  test('belongs to the tenant of the dialect, whoever had the connection before', async () => {
    const a = database('a');
    const b = database('b');
    expect([await tenantOf(a), await tenantOf(b), await tenantOf(a)]).toEqual(['a', 'b', 'a']);
  });

  test('costs a statement only when the tenant changes', async () => {
    const a = database('a');
    await tenantOf(a);
    await tenantOf(a);
    await tenantOf(database('a'));
    expect(statements.filter(text => text.includes('set_config'))).toHaveLength(1);
  });

  test('leaves no setting of the one before', async () => {
    await tenantOf(database('a', { session: { 'app.tenant': 'a', 'app.actor': 'ada' } }));
    const actor = await sql<{
      actor: string;
    }>`select current_setting('app.actor', true) as actor`.execute(database('b'));
    expect(actor.rows).toEqual([{ actor: '' }]);
  });

  test('survives a transaction that is rolled back', async () => {
    const a = database('a');
    await codeOf(
      a.transaction().execute(async trx => {
        await tenantOf(trx);
        throw new Error('no');
      }),
    );
    expect(await tenantOf(a)).toBe('a');
  });

  test('when it cannot be set, nothing is answered and the connection is thrown away', async () => {
    expect(await codeOf(tenantOf(database('a', { session: { 'no such name': 'x' } })))).toBe(
      '42704',
    );
    expect(pool.totalCount).toBe(0);
    expect(await tenantOf(database('a'))).toBe('a');
  });

  test('belongs to the transaction behind a transaction pooler, a lone statement included', async () => {
    const a = database('a', { pooler: 'transaction', prepare: false });
    expect(await tenantOf(a)).toBe('a');
    expect(await a.transaction().execute(tenantOf)).toBe('a');
    expect((await pool.query(`select current_setting('app.tenant', true) as tenant`)).rows).toEqual(
      [{ tenant: '' }],
    );
    expect(await codeOf(sql`select 1 / 0`.execute(a))).toBe('22012');
    expect(await tenantOf(a)).toBe('a');
    await a.insertInto('note').values({ text: 'pooled' }).execute();
    expect(
      await a.selectFrom('note').select('tenant').where('text', '=', 'pooled').execute(),
    ).toEqual([{ tenant: 'a' }]);
  });
});

describe('statements sent without waiting', () => {
  test('one that fails spoils no other outside a transaction', async () => {
    const connection = await driver().acquireConnection();
    const answers = await settled(
      ['select 1', 'select 1 / 0', 'selec', 'select 2'].map(text =>
        connection.executeQuery(CompiledQuery.raw(text)),
      ),
    );
    await driver().releaseConnection(connection);
    expect(answers).toEqual(['fine', '22012', '42601', 'fine']);
    expect(pool.totalCount).toBe(1);
  });

  test('answers reach the statement that asked', async () => {
    const a = database('a');
    const numbers = Array.from({ length: 50 }, (_, i) => i);
    const answers = await a
      .transaction()
      .execute(trx =>
        Promise.all(numbers.map(n => sql<{ n: number }>`select ${n}::int as n`.execute(trx))),
      );
    expect(answers.map(({ rows }) => rows[0]?.n)).toEqual(numbers);
  });

  test('in a transaction the first failure is its own, the others say that it was aborted', async () => {
    const answers = await database('a')
      .transaction()
      .execute(trx =>
        settled([
          sql`select 1`.execute(trx),
          sql`select 1 / 0`.execute(trx),
          sql`select 2`.execute(trx),
          sql`select ${3}::int`.execute(trx),
        ]),
      )
      .catch((fault: Error) => fault.message);
    expect(answers).toBe(
      'The transaction had already failed; the database rolled it back instead of committing it.',
    );
    const inside: string[] = [];
    await codeOf(
      database('a')
        .transaction()
        .execute(async trx => {
          inside.push(
            ...(await settled([
              sql`select 1`.execute(trx),
              sql`select 1 / 0`.execute(trx),
              sql`select 2`.execute(trx),
              sql`select ${3}::int`.execute(trx),
            ])),
          );
          throw new Error('rolled back');
        }),
    );
    expect(inside).toEqual(['fine', '22012', '25P02', '25P02']);
    expect(pool.totalCount).toBe(1);
    expect(await tenantOf(database('a'))).toBe('a');
  });

  test('of several at once the real failure is the one that is told', async () => {
    const work = database('a')
      .transaction()
      .execute(trx =>
        Promise.all([
          sql`select 1 / 0`.execute(trx),
          sql`select 2`.execute(trx),
          sql`select 3`.execute(trx),
        ]),
      );
    expect(await codeOf(work)).toBe('22012');
    expect(pool.totalCount).toBe(1);
  });

  test('what still waits when the transaction is rolled back is never run', async () => {
    const a = database('a');
    const late: Promise<unknown>[] = [];
    const failing = a.transaction().execute(trx => {
      const first = sql`select 1 / 0`.execute(trx);
      late.push(
        ...['late 1', 'late 2', 'late 3', 'late 4'].map(text =>
          trx.insertInto('note').values({ text }).execute(),
        ),
      );
      return Promise.all([first, ...late]);
    });
    expect(await codeOf(failing)).toBe('22012');
    expect((await settled(late)).filter(answer => answer === 'fine')).toEqual([]);
    expect(
      await a.selectFrom('note').select('text').where('text', 'like', 'late%').execute(),
    ).toEqual([]);
    expect(pool.totalCount).toBe(1);
  });

  test('begin waits for nothing: two statements and a commit are three waits', async () => {
    const a = database('a');
    await a.transaction().execute(async trx => {
      await trx.insertInto('note').values({ text: 'begun' }).execute();
      await trx.selectFrom('note').select('id').execute();
    });
    expect(statements.map(text => text.split(' ')[0])).toEqual([
      'select',
      'begin',
      'insert',
      'select',
      'commit',
    ]);
  });

  test('a begin that the server refuses surfaces on the next statement', async () => {
    const a = database('a');
    const work = a.connection().execute(async one => {
      await sql`begin`.execute(one);
      await sql`select 1 / 0`.execute(one).catch(() => {});
      await one.transaction().execute(trx => sql`select 1`.execute(trx));
    });
    expect(await codeOf(work)).toBe('25P02');
    expect(await tenantOf(a)).toBe('a');
  });
});

describe('transactions', () => {
  test('take an isolation level and an access mode', async () => {
    const settings = await database('a')
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(trx =>
        sql`select current_setting('transaction_isolation') as level, current_setting('transaction_read_only') as read_only`.execute(
          trx,
        ),
      );
    expect(settings.rows).toEqual([{ level: 'repeatable read', read_only: 'on' }]);
  });

  test('a savepoint undoes its part and no more', async () => {
    const a = database('a');
    const trx = await a.startTransaction().execute();
    await trx.insertInto('note').values({ text: 'outside' }).execute();
    const inner = await trx.savepoint('inner').execute();
    await inner.insertInto('note').values({ text: 'inside' }).execute();
    expect(await codeOf(inner.insertInto('note').values({ text: 'inside' }).execute())).toBe(
      '23505',
    );
    const back = await inner.rollbackToSavepoint('inner').execute();
    await back.releaseSavepoint('inner').execute();
    await trx.commit().execute();
    const texts = await a
      .selectFrom('note')
      .select('text')
      .where('text', 'in', ['outside', 'inside'])
      .execute();
    expect(texts).toEqual([{ text: 'outside' }]);
  });

  describe('a statement that goes with the next one', () => {
    const insert = (db: Kysely<Tables>, text: string) =>
      db.executeQuery(withNext(db.insertInto('note').values({ text }).returning('text').compile()));

    test('is executed before it, which sees what it did, and has its rows by then', async () => {
      const a = database('a');
      await a.transaction().execute(async trx => {
        const { rows } = await insert(trx, 'ahead');
        expect(rows).toEqual([]);
        const seen = await trx.selectFrom('note').select('text').execute();
        expect(seen).toContainEqual({ text: 'ahead' });
        expect(rows).toEqual([{ text: 'ahead' }]);
      });
    });

    test('fails the next one, or the commit', async () => {
      const a = database('a');
      await a.insertInto('note').values({ text: 'taken' }).execute();
      for (const next of [
        (trx: Kysely<Tables>) => trx.insertInto('note').values({ text: 'beside' }).execute(),
        async () => {},
      ]) {
        const work = a.transaction().execute(async trx => {
          await insert(trx, 'taken');
          await next(trx);
        });
        expect(await codeOf(work)).toBe('23505');
      }
      const texts = await a.selectFrom('note').select('text').execute();
      expect(texts).not.toContainEqual({ text: 'beside' });
      expect(pool.totalCount).toBe(1);
    });

    test('goes without the guard of the next one, which answers for both', async () => {
      const refused = new Error('Not any more.');
      const guard = {
        holds: false,
        condition: () => ({ sql: 'false', values: [] }),
        conclude: () => {
          throw refused;
        },
      };
      const guarded = database('a', { guard });
      const work = guarded.transaction().execute(async trx => {
        await insert(trx, 'unproven');
        await trx.selectFrom('note').select('text').execute();
      });
      expect(await codeOf(work)).toBe(refused.message);
      const texts = await database('a').selectFrom('note').select('text').execute();
      expect(texts).not.toContainEqual({ text: 'unproven' });
    });
  });

  describe('the statement that goes with the commit', () => {
    const insert = (db: Kysely<Tables>, text: string) =>
      db.executeQuery(withCommit(db.insertInto('note').values({ text }).compile()));
    const notes = async (db: Kysely<Tables>) =>
      (await db.selectFrom('note').select('text').orderBy('text').execute()).map(row => row.text);

    test('is sent last, in one flight with it', async () => {
      const a = database('a');
      await a.transaction().execute(async trx => {
        await insert(trx, 'last');
        await trx.insertInto('note').values({ text: 'before' }).execute();
      });
      expect(statements.map(text => text.split(' ')[0])).toEqual([
        'select',
        'begin',
        'insert',
        'insert',
        'commit',
      ]);
      expect(
        (await a.selectFrom('note').select(['id', 'text']).orderBy('id').execute()).at(-1)?.text,
      ).toBe('last');
    });

    test('takes everything with it when it fails, and its failure is the one that is told', async () => {
      const a = database('a');
      await a.insertInto('note').values({ text: 'twin' }).execute();
      const work = a.transaction().execute(async trx => {
        await trx.insertInto('note').values({ text: 'with the twin' }).execute();
        await insert(trx, 'twin');
      });
      expect(await codeOf(work)).toBe('23505');
      expect(await notes(a)).not.toContain('with the twin');
      expect(pool.totalCount).toBe(1);
    });

    test('is never sent when the transaction is rolled back', async () => {
      const a = database('a');
      const work = a.transaction().execute(async trx => {
        await insert(trx, 'never');
        throw new Error('Changed my mind.');
      });
      expect(await codeOf(work)).toBe('Changed my mind.');
      await a.transaction().execute(trx => insert(trx, 'after'));
      expect(await notes(a)).toContain('after');
      expect(await notes(a)).not.toContain('never');
    });

    test('outside a transaction is sent as any other', async () => {
      const a = database('a');
      await insert(a, 'alone');
      expect(await notes(a)).toContain('alone');
    });
  });

  test('a failure at commit is told, and nothing remains', async () => {
    const a = database('a');
    await a.insertInto('note').values({ text: 'once' }).execute();
    const work = a.transaction().execute(async trx => {
      await sql`set constraints all deferred`.execute(trx);
      await trx.insertInto('note').values({ text: 'once' }).execute();
      await trx.insertInto('note').values({ text: 'with it' }).execute();
    });
    expect(await codeOf(work)).toBe('23505');
    expect(
      await a.selectFrom('note').select('text').where('text', '=', 'with it').execute(),
    ).toEqual([]);
  });

  test('a connection given back in the middle of a transaction is thrown away', async () => {
    await database('a')
      .connection()
      .execute(one => sql`begin`.execute(one));
    expect(pool.totalCount).toBe(0);
  });

  test.each(['statement', 'commit', 'rollback'] as const)(
    'a connection that is lost before the %s is given up, and the next one works',
    async when => {
      for (let i = 0; i < 3; i++) {
        const transaction = await database('a').startTransaction().execute();
        const {
          rows: [session],
        } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction);
        const admin = open(1);
        await admin.query('select pg_terminate_backend($1, 5000)', [session!.pid]);
        if (when === 'statement')
          await expect(sql`select 1`.execute(transaction)).rejects.toSatisfy(isOutage);
        if (when === 'commit')
          await expect(transaction.commit().execute()).rejects.toSatisfy(isOutage);
        await transaction.rollback().execute();
      }
      expect([await tenantOf(database('a')), pool.totalCount, pool.waitingCount]).toEqual([
        'a',
        1,
        0,
      ]);
    },
  );

  test('a statement of the pool itself that is cut fails, and nothing else does', async () => {
    const admin = open(1);
    for (let i = 0; i < 20; i++) {
      const {
        rows: [session],
      } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
      const cut = pool.query('select pg_sleep(30)').catch((fault: unknown) => fault);
      await admin.query('select pg_terminate_backend($1, 5000)', [session!.pid]);
      expect(await cut).toSatisfy(isOutage);
    }
  });

  test('a server that says nothing any more is given up in time, and not asked for a rollback', async () => {
    pool = open(1, 300);
    const transaction = await database('a').startTransaction().execute();
    const start = performance.now();
    await expect(sql`select pg_sleep(30)`.execute(transaction)).rejects.toSatisfy(isOutage);
    await transaction.rollback().execute();
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(statements).not.toContain('rollback');
    expect(await tenantOf(database('b'))).toBe('b');
  });

  test('the loser of a serialization race can be told from a mistake', async () => {
    const two = open(2);
    const a = database('a', {}, two);
    await sql`insert into list values (1, 'x')`.execute(a);
    const first = await a.startTransaction().setIsolationLevel('repeatable read').execute();
    await sql`select * from list`.execute(first);
    await sql`update list set name = 'y'`.execute(a);
    const fault: unknown = await sql`update list set name = 'z'`
      .execute(first)
      .catch((caught: unknown) => caught);
    await first.rollback().execute();
    expect(isRetryable(fault)).toBe(true);
    expect(isOutage(fault)).toBe(false);
  });
});

describe('prepared statements', () => {
  const prepared = async (like: string) =>
    Number(
      (
        await pool.query(
          'select count(*) as n from pg_prepared_statements where statement like $1',
          [`%${like}%`],
        )
      ).rows[0].n,
    );
  const ask = (db: Kysely<Tables>, n: number) =>
    sql<{ n: number }>`select ${n}::int as n, 'asked twice'`.execute(db);

  test('a text that recurs is prepared once', async () => {
    const a = database('a');
    for (const n of [1, 2, 3, 4]) expect((await ask(a, n)).rows[0]?.n).toBe(n);
    expect(await prepared('asked twice')).toBe(1);
  });

  test('the same text twice in flight is answered twice', async () => {
    const connection = await driver().acquireConnection();
    const ask = (n: number) =>
      connection.executeQuery<{ n: number }>(
        CompiledQuery.raw(`select $1::int as n, 'asked twice'`, [n]),
      );
    for (const asked of [
      [1, 2, 3, 4, 5],
      [6, 7],
      [8, 9],
    ]) {
      const answers = await Promise.all(asked.map(ask));
      expect(answers.map(({ rows }) => rows[0]?.n)).toEqual(asked);
    }
    await driver().releaseConnection(connection);
    expect(await prepared('asked twice')).toBe(1);
  });

  test('a text that fails keeps failing by itself, and works when it can', async () => {
    const a = database('a');
    const read = () => codeOf(sql`select ${1}::int from later`.execute(a));
    expect([await read(), await read(), await read()]).toEqual(['42P01', '42P01', '42P01']);
    expect(
      await a
        .connection()
        .execute(one =>
          settled([
            sql`select ${1}::int from later`.execute(one),
            sql`select ${1}::int from later`.execute(one),
          ]),
        ),
    ).toEqual(['42P01', '42P01']);
    await sql`create table later (id int)`.execute(a);
    expect([await read(), await read()]).toEqual(['fine', 'fine']);
  });

  test('a division by zero does not unprepare its text', async () => {
    const a = database('a');
    const divide = (n: number) => codeOf(sql`select 6 / ${n}::int as sixth`.execute(a));
    expect([await divide(1), await divide(2), await divide(0), await divide(3)]).toEqual([
      'fine',
      'fine',
      '22012',
      'fine',
    ]);
    expect(await prepared('sixth')).toBe(1);
  });

  test('are not made when turned off, nor for texts without values', async () => {
    const a = database('a', { prepare: false });
    for (const n of [1, 2, 3]) await ask(a, n);
    for (let i = 0; i < 3; i++) await sql`select 'no values'`.execute(database('a'));
    expect(await prepared('asked twice')).toBe(0);
    expect(await prepared('no values')).toBe(0);
  });

  test('stop at a bound', async () => {
    const a = database('a');
    for (let i = 0; i < 520; i++) {
      const text = `select $1::int as bounded_${i}`;
      await a.connection().execute(async one => {
        for (const n of [1, 2]) await one.executeQuery(CompiledQuery.raw(text, [n]));
      });
    }
    expect(await prepared('bounded')).toBeLessThanOrEqual(500);
    expect(await prepared('bounded')).toBeGreaterThan(400);
  });

  test('a migration under a prepared statement is not noticed, or can be retried', async () => {
    const a = database('a');
    const read = (db: Kysely<Tables>) => sql`select * from list where id = ${1}`.execute(db);
    await read(a);
    await read(a);
    await read(a);
    await sql`alter table list add column one text`.execute(a);
    expect(await codeOf(read(a))).toBe('fine');
    await read(a);
    await sql`alter table list add column two text`.execute(a);
    const fault: unknown = await a
      .transaction()
      .execute(read)
      .catch((caught: unknown) => caught);
    expect(isRetryable(fault)).toBe(true);
    expect(await codeOf(a.transaction().execute(read))).toBe('fine');
  });
});

test('values arrive as what they are', async () => {
  const { rows } =
    await sql`select 9007199254740991::int8 as big, '2024-02-29'::date as day, '2024-02-29T12:00:00Z'::timestamptz as moment, '{"a":[1]}'::jsonb as json, 1.50::numeric as exact`.execute(
      database('a'),
    );
  expect(rows).toEqual([
    {
      big: 9007199254740991,
      day: '2024-02-29',
      moment: new Date('2024-02-29T12:00:00Z'),
      json: { a: [1] },
      exact: '1.50',
    },
  ]);
});

test('changed rows are counted', async () => {
  const a = database('a');
  const inserted = await a
    .insertInto('note')
    .values([{ text: 'counted 1' }, { text: 'counted 2' }])
    .executeTakeFirst();
  const deleted = await a.deleteFrom('note').where('text', 'like', 'counted%').executeTakeFirst();
  expect([inserted.numInsertedOrUpdatedRows, deleted.numDeletedRows]).toEqual([2n, 2n]);
});

describe('streams', () => {
  const count = sql<{ n: number }>`(select n from generate_series(1, ${2500}::int) n)`;

  test('hand out every row, inside a transaction or alone', async () => {
    const a = database('a');
    const read = async (db: Kysely<Tables>) => {
      let sum = 0;
      for await (const row of db.selectFrom(count.as('t')).selectAll().stream(1000)) sum += row.n;
      return sum;
    };
    expect(await read(a)).toBe(3126250);
    expect(await a.transaction().execute(read)).toBe(3126250);
    expect(pool.totalCount).toBe(1);
  });

  test('may be left early', async () => {
    const a = database('a');
    for await (const row of a.selectFrom(count.as('t')).selectAll().stream(10))
      if (row.n === 5) break;
    expect(await tenantOf(a)).toBe('a');
    expect(pool.totalCount).toBe(1);
  });
});

describe('a guard', () => {
  const guardOf = (condition: string) => {
    const guard = {
      holds: false,
      condition: (first: number) => ({ sql: `${condition} = $${first}::text`, values: ['here'] }),
      conclude(held: boolean) {
        if (!held) throw new Error('It does not hold.');
        guard.holds = true;
      },
    };
    return guard;
  };

  test('goes with the first statements, and with none after them', async () => {
    const guard = guardOf(`current_setting('app.tenant')`);
    const db = database('here', { guard });
    expect((await sql`select 1 as one, ${'two'}::text as two`.execute(db)).rows).toEqual([
      { one: 1, two: 'two' },
    ]);
    expect(statements.at(-1)).toContain('app.tenant');
    expect((await sql`select 2 as two`.execute(db)).rows).toEqual([{ two: 2 }]);
    expect(statements.at(-1)).toBe('select 2 as two');
  });

  test('gives no row where there is none, and keeps the order of rows', async () => {
    const none = database('here', { guard: guardOf(`'here'`) });
    expect((await sql`select 1 as one where false`.execute(none)).rows).toEqual([]);
    const some = database('here', { guard: guardOf(`'here'`) });
    const { rows } = await sql`select n from generate_series(3, 1, -1) n order by n desc`.execute(
      some,
    );
    expect(rows).toEqual([{ n: 3 }, { n: 2 }, { n: 1 }]);
  });

  test('that does not hold lets nothing through', async () => {
    const refused = database('elsewhere', { guard: guardOf(`current_setting('app.tenant')`) });
    const before = (await database('x').selectFrom('note').select('id').execute()).length;
    await expect(sql`select 1`.execute(refused)).rejects.toThrow('does not hold');
    await expect(refused.insertInto('note').values({ text: 'never' }).execute()).rejects.toThrow(
      'does not hold',
    );
    await expect(
      refused
        .transaction()
        .execute(each => each.insertInto('note').values({ text: 'never' }).execute()),
    ).rejects.toThrow('does not hold');
    expect((await database('x').selectFrom('note').select('id').execute()).length).toBe(before);
  });

  test('keeps statements of one turn in their order', async () => {
    const db = database('here', { guard: guardOf(`'here'`) });
    await db.transaction().execute(async each => {
      const [, read] = await Promise.all([
        sql`with made as (select set_config('app.order', 'first', true)) select from made`.execute(
          each,
        ),
        sql`select current_setting('app.order', true) as said`.execute(each),
      ]);
      expect(read.rows).toEqual([{ said: 'first' }]);
    });
  });
});
