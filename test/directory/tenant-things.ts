import {
  Actor,
  Directory,
  ExchangeRecorder,
  newId,
  UseNotes,
  type Store,
} from '../../src/directory/index.ts';
import { inviteNew } from '../../src/directory/invitations/invite-new.ts';
import { described } from '../support/company.ts';

/** One of everything that a tenant holds, by id. */
export interface Things {
  tenant: string;
  member: string;
  disabled: string;
  deleted: string;
  provisioned: string;
  team: string;
  managedTeam: string;
  role: string;
  otherRole: string;
  mapping: string;
  provider: string;
  credential: string;
  token: string;
  conflict: string;
  candidate: string;
  exchange: string;
  entry: string;
}
export type Thing = keyof Things;

/** One of everything, in a tenant that may have nothing yet. */
export async function furnish(store: Store, system: Directory): Promise<Things> {
  const { tenantId: tenant } = system;
  const invited = (name: string) =>
    system.members.invite({ email: `${name}@${tenant.slice(-12)}.example`, givenName: name });
  const [member, disabled, deleted, holder] = [
    await invited('mona'),
    await invited('dirk'),
    await invited('dela'),
    await invited('hand'),
  ];
  await system.change(() => inviteNew(system, member.id, 'MANUAL'));
  await system.members.disable(disabled.id);
  await system.members.remove(deleted.id);
  const role = await system.roles.create({ name: 'Keepers', permissions: ['DIRECTORY_READ'] });
  const otherRole = await system.roles.create({ name: 'Others', permissions: ['DIRECTORY_READ'] });
  const team = await system.teams.create({ name: 'Keys', memberIds: [member.id] });
  const [mapping] = await system.roles.setMappings([{ teamId: team.id, roleId: role.id }]);
  const provider =
    (await system.identityProviders.all())[0] ??
    (await system.identityProviders.create({ name: 'Entra', kind: 'ENTRA_ID' })).provider;
  const entra = new Directory(
    store,
    new Actor({
      tenantId: tenant,
      record: { kind: 'provider', name: provider.name, providerId: provider.id },
      permissions: ['SCIM_INTEGRATE'],
    }),
    { correlationId: 'test', exchangeId: newId() },
  );
  const provisioned = await entra.members.provision(described('Petra'), {});
  const managedTeam = await entra.teams.provision(
    { name: 'Managed', externalId: 'g' },
    [provisioned.id],
    {},
  );
  await entra.members
    .provision(described('Hand', { userName: holder.userName, externalId: 'h' }), {})
    .catch(() => {});
  const conflict = (await system.conflicts.open(1))[0]!;
  const exchange = entra.trace.exchangeId as string;
  const recorder = new ExchangeRecorder(store);
  recorder.note({
    tenantId: tenant,
    id: exchange,
    providerId: provider.id,
    credentialId: null,
    method: 'POST',
    path: '/Users',
    status: 201,
    at: new Date(),
    durationMs: 1,
    explanation: 'Made Petra.',
    changed: true,
  });
  const uses = new UseNotes(store);
  uses.note({ tenantId: tenant, credentialId: null, providerId: provider.id });
  await Promise.all([recorder.close(), uses.close()]);
  const { token } = await system.credentials.createToken({
    name: 'Key',
    kind: 'SERVICE',
    permissions: ['DIRECTORY_READ'],
  });
  const [credential] = await system.credentials.ofProviders([provider.id]);
  const [entry] = (await system.audit.page({ subjectId: [member.id] })).items;
  return {
    tenant,
    member: member.id,
    disabled: disabled.id,
    deleted: deleted.id,
    provisioned: provisioned.id,
    team: team.id,
    managedTeam: managedTeam.id,
    role: role.id,
    otherRole: otherRole.id,
    mapping: mapping!.id,
    provider: provider.id,
    credential: credential!.id,
    token: token.id,
    conflict: conflict.id,
    candidate: holder.id,
    exchange,
    entry: entry!.row.id,
  };
}
