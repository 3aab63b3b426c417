import { Actor } from '../actor.ts';
import { Directory } from '../directory.ts';
import type { MemberRow } from '../members/member-rows.ts';
import { newId } from '../tables/ids.ts';
import type { Store } from '../tables/store.ts';
import { createFirstTenant } from './first-tenant.ts';

const PEOPLE = [
  ['Grace', 'Okafor', 'admin'],
  ['Ingrid', 'Solberg', 'auditor'],
  ['Mateo', 'Rossi', null],
  ['Yuki', 'Tanaka', null],
  ['Leila', 'Haddad', null],
  ['Tomasz', 'Nowak', null],
] as const;

/**
 * A small company to look at: people by hand, teams, a mapping, and one identity provider waiting
 * for its first request.
 */
export async function createDemoCompany(store: Store): Promise<Directory> {
  const system = await createFirstTenant(store, {
    tenant: 'Northwind Demo',
    userName: 'ada@northwind.example',
    givenName: 'Ada',
    familyName: 'Lindqvist',
  });
  const directory = new Directory(store, Actor.system(system.tenantId, 'demo'), {
    correlationId: newId(),
  });
  await directory.change(async () => {
    const roles = new Map((await directory.roles.all()).map(role => [role.builtIn, role.id]));
    const people = new Map<string, MemberRow>();
    for (const [givenName, familyName, role] of PEOPLE) {
      people.set(
        givenName,
        await directory.members.join({
          userName: `${givenName.toLowerCase()}@northwind.example`,
          givenName,
          familyName,
          roleId: role ? roles.get(role) : null,
        }),
      );
    }
    const ids = (...names: string[]) => names.map(name => people.get(name)?.id as string);
    const engineering = await directory.teams.create({
      name: 'Engineering',
      memberIds: ids('Grace', 'Mateo', 'Yuki'),
    });
    await directory.teams.create({ name: 'Finance', memberIds: ids('Ingrid', 'Leila') });
    const auditors = await directory.teams.create({
      name: 'Security Reviews',
      memberIds: ids('Leila', 'Tomasz'),
    });
    await directory.roles.setMappings([
      { teamId: auditors.id, roleId: roles.get('auditor') as string },
      { teamId: engineering.id, roleId: roles.get('member') as string },
    ]);
    await directory.identityProviders.create({ name: 'Microsoft Entra ID', kind: 'ENTRA_ID' });
  });
  return directory;
}
