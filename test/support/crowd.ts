import { sql } from 'kysely';
import type { Directory } from '../../src/directory/index.ts';

type Columns = Record<string, unknown>;

/**
 * Many members at once, written straight into the table: for what is about reading them. Their ids,
 * in the order of creation.
 */
export async function addMembers(
  directory: Directory,
  count: number,
  columns: (at: number) => Columns,
): Promise<string[]> {
  const [role] = (await directory.roles.all()).filter(each => each.builtIn === 'member');
  const ids = await idsInOrder(directory, count);
  await insert(
    directory,
    'members',
    ids.map((id, at) => ({
      tenant_id: directory.tenantId,
      id,
      role_id: role!.id,
      user_name: `${id}@example.com`,
      display_name: `Member ${at}`,
      ...columns(at),
    })),
  );
  return ids;
}

export async function addTeams(
  directory: Directory,
  count: number,
  columns: (at: number) => Columns = () => ({}),
): Promise<string[]> {
  const ids = await idsInOrder(directory, count);
  await insert(
    directory,
    'teams',
    ids.map((id, at) => ({
      tenant_id: directory.tenantId,
      id,
      name: `Team ${id}`,
      ...columns(at),
    })),
  );
  return ids;
}

export async function addMemberships(
  directory: Directory,
  pairs: readonly (readonly [teamId: string, memberId: string])[],
): Promise<void> {
  await insert(
    directory,
    'memberships',
    pairs.map(([team_id, member_id]) => ({ tenant_id: directory.tenantId, team_id, member_id })),
  );
}

async function idsInOrder({ db }: Directory, count: number): Promise<string[]> {
  const { rows } = await sql<{
    id: string;
  }>`select uuidv7() as id from generate_series(1, ${count})`.execute(db);
  return rows.map(row => row.id);
}

async function insert(
  directory: Directory,
  table: 'members' | 'teams' | 'memberships',
  rows: Columns[],
): Promise<void> {
  const names = Object.keys(rows[0] ?? {});
  if (names.length === 0) return;
  const columns = sql.join(names.map(name => sql.ref(name)));
  await directory.change(async () => {
    await sql`insert into ${sql.table(table)} (${columns}) select ${columns} from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)`.execute(
      directory.db,
    );
  });
}
