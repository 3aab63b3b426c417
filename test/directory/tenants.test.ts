import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { Actor, Directory, entities, newId, Refusal } from '../../src/directory/index.ts';
import { type Company, stage } from '../support/company.ts';
import { furnish, type Things } from './tenant-things.ts';
import { ofTenants, verbs, withoutIds } from './tenant-verbs.ts';

const on = stage();
let home: Company;
let own: Things;
/** The tenants that are not ours: a stranger's, one of our children, and for a child its parent. */
const others = {} as Record<'a stranger' | 'a child', Things>;

beforeAll(async () => {
  home = await on.company();
  const stranger = await on.company();
  const child = (await home.system.tenants.createChild('Subsidiary')).id;
  own = await furnish(on.store, home.system);
  others['a stranger'] = await furnish(on.store, stranger.system);
  others['a child'] = await furnish(
    on.store,
    new Directory(on.store, Actor.system(child), { correlationId: 'test' }),
  );
});

/** Parts of the session that are no collections: a snapshot, and the tables under its tenant. */
const ofSession = new Set(['moment', 'tables']);

test('the table knows every verb of the directory', () => {
  const known = new Set([...verbs.map(([name]) => name), ...withoutIds, ...ofTenants]);
  const all = Object.entries(home.system)
    .filter(([name, held]) => isCollection(held) && !ofSession.has(name))
    .flatMap(([name, held]) =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(held))
        .filter(verb => verb !== 'constructor')
        .map(verb => `${name}.${verb}`),
    );
  expect(all.length).toBeGreaterThan(70);
  expect(all.filter(name => !known.has(name))).toEqual([]);
});

describe.each(['a stranger', 'a child'] as const)('what belongs to %s is', whose => {
  test.each(verbs.flatMap(([name, things, ask]) => things.map(thing => ({ name, thing, ask }))))(
    'to $name ($thing) the id of nothing',
    async ({ thing, ask }) => {
      const id = others[whose][thing];
      const here = { system: home.system, entra: home.entra, own };
      const before = await everything();
      const foreign = await outcome(() => ask(here, id), id);
      expect(await everything()).toEqual(before);
      const random = newId();
      expect(foreign).toEqual(await outcome(() => ask(here, random), random));
    },
  );
});

/**
 * Otherwise the table would prove nothing. Both directories plan, since either may be the one that
 * is asked.
 */
test.each(verbs)('%s, asked with the id of a %s, finds it at home', async (_, [thing], ask) => {
  const planned = async (id: string) => {
    let came: unknown;
    const asking = async () => {
      came = await outcome(() => ask({ system: home.system, entra: home.entra, own }, id), id);
    };
    const plans: unknown[] = [];
    const planning = (directory: Directory, work: () => Promise<unknown>) =>
      directory.plan(work).then(
        ({ entries }) => plans.push(entries),
        () => {},
      );
    await planning(home.entra, () => planning(home.system, asking));
    return { came, plans };
  };
  const before = await everything();
  expect(await planned(own[thing!])).not.toEqual(await planned(newId()));
  expect(await everything()).toEqual(before);
});

describe('a tenant', () => {
  const asStaffOf = (
    tenantId: string,
    permissions: ConstructorParameters<typeof Actor>[0]['permissions'],
  ) =>
    new Directory(
      on.store,
      new Actor({
        tenantId,
        record: { kind: 'token', name: 'staff', credentialId: newId() },
        permissions,
      }),
      { correlationId: 'test' },
    );

  test('is entered by whoever administers its parent, and by nobody else', async () => {
    const [child, stranger] = [others['a child'].tenant, others['a stranger'].tenant];
    expect((await home.system.enter(child)).tenantId).toBe(child);
    const attempts: [Directory, string][] = [
      [home.system, stranger],
      [asStaffOf(home.tenantId, ['DIRECTORY_READ', 'PROVISIONING_ADMIN', 'ROLE_ADMIN']), child],
      [asStaffOf(child, ['TENANT_ADMIN']), home.tenantId],
      [asStaffOf(stranger, ['TENANT_ADMIN']), child],
      [await home.system.enter(child), home.tenantId],
      [home.system, 'nonsense'],
    ];
    const nothing = await outcome(() => home.system.enter(newId()), '');
    for (const [directory, id] of attempts)
      expect(await outcome(() => directory.enter(id), id)).toEqual(nothing);
  });

  test("is seen by itself, its parent's administrators and its children, of which those see the name only", async () => {
    const [child, stranger] = [others['a child'].tenant, others['a stranger'].tenant];
    const seen = async (directory: Directory) =>
      (await directory.tenants.byIds([home.tenantId, child, stranger]))
        .map(({ id }) => id)
        .toSorted();
    expect(await seen(home.system)).toEqual([home.tenantId, child].toSorted());
    expect(await seen(asStaffOf(home.tenantId, ['DIRECTORY_READ']))).toEqual([home.tenantId]);
    expect(await seen(asStaffOf(child, ['TENANT_ADMIN']))).toEqual(
      [home.tenantId, child].toSorted(),
    );
    expect(await seen(asStaffOf(stranger, ['TENANT_ADMIN']))).toEqual([stranger]);
  });

  test('is worked in by its parent only once it was entered, and what is done there is written there', async () => {
    const { tenant, member } = others['a child'];
    const entered = await home.system.enter(tenant);
    const before = await everything();
    await entered.members.update(member, { givenName: 'Entered' });
    const after = await everything();
    expect(after[own.tenant]).toEqual(before[own.tenant]);
    expect((await entered.audit.page({ subjectId: [member] })).items[0]?.row).toMatchObject({
      action: 'member.updated',
      actor: { kind: 'system' },
    });
    await expect(entered.members.update(own.member, { givenName: 'Back' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('is the only one whose rows its connection sees, whatever a statement forgets', async () => {
    for (const { tableName } of entities.map(({ meta }) => meta)) {
      if (tableName === 'tenants') continue;
      const { rows } = await sql<{
        tenant: string;
      }>`select distinct tenant_id as tenant from ${sql.table(tableName)}`.execute(
        on.store.tablesOf(home.tenantId),
      );
      expect([tableName, rows.filter(row => row.tenant !== home.tenantId)]).toEqual([
        tableName,
        [],
      ]);
      expect([
        tableName,
        (await sql`select 1 from ${sql.table(tableName)} limit 1`.execute(on.store.systemTables))
          .rows,
      ]).toEqual([tableName, []]);
    }
  });
});

/** What came of it, in words that do not hold the id that was asked with. */
async function outcome(ask: () => unknown, id: string): Promise<unknown> {
  const plain = (value: unknown): unknown =>
    JSON.parse(
      (
        JSON.stringify(value, (_, each: unknown) => (each instanceof Map ? [...each] : each)) ??
        'null'
      ).replaceAll(id === '' ? '\0' : id, '<id>'),
    );
  try {
    return { answered: plain(await ask()) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { refused: plain([error.code, error.message, error.facts]) };
  }
}

/** Every row of every tenant here, but for when somebody was last seen. */
async function everything(): Promise<Record<string, unknown>> {
  const tables = entities.map(({ meta }) => meta.tableName).filter(name => name !== 'tenants');
  const tenants = [own, ...Object.values(others)].map(({ tenant }) => tenant);
  return Object.fromEntries(
    await Promise.all(
      tenants.map(async tenant => {
        const digests = tables.map(
          name =>
            sql`select ${sql.lit(name)} as name, count(*) as count, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as rows from ${sql.table(name)} t where tenant_id = ${tenant}::uuid`,
        );
        return [
          tenant,
          (await sql`${sql.join(digests, sql` union all `)}`.execute(on.store.tablesOf(tenant)))
            .rows,
        ];
      }),
    ),
  );
}

function isCollection(held: unknown): held is object {
  return (
    typeof held === 'object' &&
    held !== null &&
    Object.getPrototypeOf(held) !== Object.prototype &&
    !(held instanceof Actor)
  );
}
