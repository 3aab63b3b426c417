import { sql } from 'kysely';
import { Actor } from '../actor.ts';
import { Directory } from '../directory.ts';
import { memberColumns, type MemberRow } from '../members/member-rows.ts';
import { displayNameOf } from '../members/names.ts';
import { subjectOf } from '../members/subject.ts';
import { ownerRoleId } from '../roles/owners.ts';
import { newId } from '../tables/ids.ts';
import type { Store } from '../tables/store.ts';
import { createTenant } from '../tenants/create-tenant.ts';

/**
 * The token of a first start is shown on a terminal: it is for trying things out, and ends by
 * itself after thirty days.
 */
const FIRST_TOKEN_MS = 30 * 86_400_000;

export interface FirstOwner {
  tenant: string;
  userName: string;
  givenName?: string;
  familyName?: string;
}

/**
 * The first tenant of an installation, the one that its command line speaks for. None in a fresh
 * database.
 */
export async function firstTenantId(store: Store): Promise<string | null> {
  const { rows } = await sql<{ id: string | null }>`select first_tenant() as id`.execute(
    store.systemTables,
  );
  return rows[0]?.id ?? null;
}

/** Creates a tenant with its owner: how an installation begins. */
export async function createFirstTenant(store: Store, facts: FirstOwner): Promise<Directory> {
  const id = newId();
  const directory = systemDirectory(store, id);
  await directory.change(async () => {
    await createTenant(directory, { id, name: facts.tenant });
    const roleId = await ownerRoleId(directory);
    const owner = (await directory.insert(
      'members',
      {
        id: newId(),
        user_name: facts.userName,
        email: facts.userName,
        given_name: facts.givenName ?? null,
        family_name: facts.familyName ?? null,
        display_name: displayNameOf(facts),
        role_id: roleId,
        hand_role_id: roleId,
      },
      memberColumns,
    )) as MemberRow;
    directory.record({
      action: 'tenant.created',
      subject: { type: 'Tenant', id, name: facts.tenant },
      changes: [{ name: 'name', after: facts.tenant }],
    });
    directory.record({
      action: 'member.created',
      subject: subjectOf(owner),
      changes: [
        { name: 'userName', after: owner.userName },
        { name: 'role', after: 'Owner' },
      ],
    });
  });
  return directory;
}

/** A directory in the hands of the service itself. */
export const systemDirectory = (
  store: Store,
  tenantId: string,
  correlationId = newId(),
): Directory => new Directory(store, Actor.system(tenantId), { correlationId });

/** An owner of the tenant who may sign in: the oldest one. */
export async function activeOwner(directory: Directory): Promise<MemberRow | null> {
  const owner = sql<string>`
    (select id from roles where tenant_id = ${directory.tenantId} and built_in = 'owner')`;
  return (
    (await directory
      .rows('members')
      .select(memberColumns)
      .where('role_id', '=', owner)
      .where('state', '=', 'ACTIVE')
      .orderBy('id')
      .limit(1)
      .executeTakeFirst()) ?? null
  );
}

/**
 * A token for the first tenant's owner, who has never had one; null as soon as they have. So it is
 * made once, however many starts that takes.
 */
export async function firstToken(store: Store): Promise<string | null> {
  const tenantId = await firstTenantId(store);
  const directory = tenantId && systemDirectory(store, tenantId);
  const owner = directory && (await activeOwner(directory));
  if (
    !owner ||
    (await directory
      .rows('credentials')
      .select('id')
      .where('member_id', '=', owner.id)
      .limit(1)
      .executeTakeFirst())
  )
    return null;
  const expiresAt = new Date(Date.now() + FIRST_TOKEN_MS);
  return (await directory.credentials.issuePersonal(owner.id, 'First start', { expiresAt })).secret;
}
