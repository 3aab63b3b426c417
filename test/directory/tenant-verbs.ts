import { type Directory, newId } from '../../src/directory/index.ts';
import { described } from '../support/company.ts';
import type { Thing, Things } from './tenant-things.ts';

export interface Here {
  system: Directory;
  entra: Directory;
  own: Things;
}
export type Ask = (here: Here, id: string) => unknown;

const eq = (field: string, value: string) => ({ field, op: 'eq', value }) as never;
const pushed = () =>
  described('Nobody', { userName: `nobody.${newId()}@north.example`, externalId: newId() });

/**
 * Every verb that takes an id of a thing, by its name in the directory: what it is given, and how
 * it is asked.
 */
export const verbs: readonly (readonly [name: string, things: readonly Thing[], ask: Ask])[] = [
  [
    'members.get',
    ['member', 'disabled', 'deleted', 'provisioned'],
    ({ system }, id) => system.members.get(id),
  ],
  ['members.byIds', ['member', 'deleted'], ({ system }, id) => system.members.byIds([id])],
  [
    'members.byHandle',
    ['member', 'provisioned'],
    ({ system }, id) => system.members.byHandle({ id } as never),
  ],
  ['members.page', ['role'], ({ system }, id) => system.members.page({ where: eq('roleId', id) })],
  ['members.page', ['team'], ({ system }, id) => system.members.page({ where: eq('teamId', id) })],
  [
    'members.page',
    ['provider'],
    ({ system }, id) => system.members.page({ where: { not: { not: eq('providerId', id) } } }),
  ],
  ['members.page', ['member'], ({ system }, id) => system.members.page({ where: eq('id', id) })],
  ['members.count', ['team'], ({ system }, id) => system.members.count(eq('teamId', id))],
  [
    'members.invite',
    ['team', 'managedTeam'],
    ({ system }, id) => system.members.invite({ email: 'new@north.example', teamIds: [id] }),
  ],
  [
    'members.invite',
    ['role'],
    ({ system }, id) => system.members.invite({ email: 'new@north.example', roleId: id }),
  ],
  [
    'members.update',
    ['member', 'disabled', 'deleted', 'provisioned'],
    ({ system }, id) => system.members.update(id, { givenName: 'Changed' }),
  ],
  [
    'members.disable',
    ['member', 'disabled', 'provisioned'],
    ({ system }, id) => system.members.disable(id),
  ],
  [
    'members.enable',
    ['member', 'disabled', 'deleted'],
    ({ system }, id) => system.members.enable(id),
  ],
  [
    'members.remove',
    ['member', 'deleted', 'provisioned'],
    ({ system }, id) => system.members.remove(id),
  ],
  ['members.restore', ['deleted', 'member'], ({ system }, id) => system.members.restore(id)],
  [
    'members.setRole',
    ['member', 'provisioned'],
    ({ system, own: { role } }, id) => system.members.setRole(id, role),
  ],
  [
    'members.setRole',
    ['role'],
    ({ system, own: { member } }, id) => system.members.setRole(member, id),
  ],
  [
    'members.setRole',
    ['role'],
    ({ system, own: { member } }, id) => system.members.setRole(member, id, { lock: true }),
  ],
  [
    'members.lockRole',
    ['member', 'provisioned'],
    ({ system }, id) => system.members.lockRole(id, {}),
  ],
  [
    'members.lockRole',
    ['role'],
    ({ system, own: { member } }, id) => system.members.lockRole(member, { roleId: id }),
  ],
  ['members.unlockRole', ['member'], ({ system }, id) => system.members.unlockRole(id)],
  [
    'members.setLink',
    ['member', 'provisioned'],
    ({ system, own: { provider } }, id) => system.members.setLink(id, provider, 'there'),
  ],
  [
    'members.setLink',
    ['provisioned'],
    ({ system, own: { provider } }, id) => system.members.setLink(id, provider, null),
  ],
  [
    'members.setLink',
    ['provider'],
    ({ system, own: { member } }, id) => system.members.setLink(member, id, 'there'),
  ],
  [
    'members.setLink',
    ['provider'],
    ({ system, own: { provisioned } }, id) => system.members.setLink(provisioned, id, null),
  ],
  [
    'members.rewrite',
    ['provisioned', 'member', 'deleted'],
    ({ entra }, id) =>
      entra.members.rewrite(id, { ...pushed(), userName: 'n@north.example', externalId: 'n' }),
  ],
  ['members.get', ['provisioned', 'member'], ({ entra }, id) => entra.members.get(id)],
  ['members.remove', ['provisioned', 'member'], ({ entra }, id) => entra.members.remove(id)],
  [
    'members.page',
    ['managedTeam'],
    ({ entra }, id) => entra.members.page({ where: eq('teamId', id) }),
  ],

  ['teams.get', ['team', 'managedTeam'], ({ system }, id) => system.teams.get(id)],
  ['teams.byIds', ['team'], ({ system }, id) => system.teams.byIds([id])],
  [
    'teams.page',
    ['member', 'provisioned'],
    ({ system }, id) => system.teams.page({ where: eq('memberId', id) }),
  ],
  [
    'teams.page',
    ['provider'],
    ({ system }, id) => system.teams.page({ where: eq('providerId', id) }),
  ],
  ['teams.count', ['member'], ({ system }, id) => system.teams.count(eq('memberId', id))],
  [
    'teams.create',
    ['member', 'provisioned', 'deleted'],
    ({ system }, id) => system.teams.create({ name: 'New', memberIds: [id] }),
  ],
  ['teams.rename', ['team', 'managedTeam'], ({ system }, id) => system.teams.rename(id, 'Changed')],
  ['teams.remove', ['team', 'managedTeam'], ({ system }, id) => system.teams.remove(id)],
  ['teams.restore', ['team', 'managedTeam'], ({ system }, id) => system.teams.restore(id)],
  [
    'teams.admit',
    ['team', 'managedTeam'],
    ({ system, own: { member } }, id) => system.teams.admit(id, [member]),
  ],
  [
    'teams.admit',
    ['member', 'provisioned', 'deleted'],
    ({ system, own: { team } }, id) => system.teams.admit(team, [id]),
  ],
  [
    'teams.expel',
    ['team', 'managedTeam'],
    ({ system, own: { member } }, id) => system.teams.expel(id, [member]),
  ],
  ['teams.expel', ['member'], ({ system, own: { team } }, id) => system.teams.expel(team, [id])],
  [
    'teams.provision',
    ['provisioned', 'member'],
    ({ entra }, id) => entra.teams.provision({ name: 'Pushed', externalId: 'p' }, [id], {}),
  ],
  [
    'teams.apply',
    ['managedTeam', 'team'],
    ({ entra }, id) => entra.teams.apply(id, [{ kind: 'empty' }]),
  ],
  [
    'teams.apply',
    ['provisioned', 'member'],
    ({ entra, own: { managedTeam } }, id) =>
      entra.teams.apply(managedTeam, [{ kind: 'admit', memberIds: [id] }]),
  ],
  [
    'teams.apply',
    ['provisioned'],
    ({ entra, own: { managedTeam } }, id) =>
      entra.teams.apply(managedTeam, [{ kind: 'expel', memberIds: [id] }]),
  ],
  [
    'teams.apply',
    ['provisioned'],
    ({ entra, own: { managedTeam, provisioned } }, id) =>
      entra.teams.apply(managedTeam, [{ kind: 'replace', memberIds: [provisioned, id] }]),
  ],
  ['teams.get', ['managedTeam', 'team'], ({ entra }, id) => entra.teams.get(id)],
  ['teams.remove', ['managedTeam', 'team'], ({ entra }, id) => entra.teams.remove(id)],

  ['roles.get', ['role'], ({ system }, id) => system.roles.get(id)],
  ['roles.byIds', ['role'], ({ system }, id) => system.roles.byIds([id])],
  ['roles.mappingsByIds', ['mapping'], ({ system }, id) => system.roles.mappingsByIds([id])],
  ['roles.explain', ['member', 'provisioned'], ({ system }, id) => system.roles.explain([id])],
  ['roles.update', ['role'], ({ system }, id) => system.roles.update(id, { name: 'Changed' })],
  ['roles.remove', ['role'], ({ system }, id) => system.roles.remove(id)],
  ['roles.remove', ['otherRole'], ({ system, own: { role } }, id) => system.roles.remove(role, id)],
  [
    'roles.setMappings',
    ['team', 'managedTeam'],
    ({ system, own: { role } }, id) => system.roles.setMappings([{ teamId: id, roleId: role }]),
  ],
  [
    'roles.setMappings',
    ['role'],
    ({ system, own: { team } }, id) => system.roles.setMappings([{ teamId: team, roleId: id }]),
  ],

  ['identityProviders.get', ['provider'], ({ system }, id) => system.identityProviders.get(id)],
  [
    'identityProviders.byIds',
    ['provider'],
    ({ system }, id) => system.identityProviders.byIds([id]),
  ],
  [
    'identityProviders.update',
    ['provider'],
    ({ system }, id) => system.identityProviders.update(id, { provisioning: 'OFF' }),
  ],
  [
    'identityProviders.rotate',
    ['provider'],
    ({ system }, id) => system.identityProviders.rotate(id),
  ],
  [
    'identityProviders.replace',
    ['provider'],
    ({ system }, id) => system.identityProviders.replace(id),
  ],
  [
    'identityProviders.remove',
    ['provider'],
    ({ system }, id) => system.identityProviders.remove(id, 'Entra'),
  ],

  [
    'credentials.issuePersonal',
    ['provisioned', 'member'],
    ({ system }, id) => system.credentials.issuePersonal(id, 'stolen'),
  ],
  [
    'credentials.revokeToken',
    ['token', 'credential'],
    ({ system }, id) => system.credentials.revokeToken(id),
  ],
  [
    'credentials.byIds',
    ['token', 'credential'],
    ({ system }, id) => system.credentials.byIds([id]),
  ],
  [
    'credentials.ofProviders',
    ['provider'],
    ({ system }, id) => system.credentials.ofProviders([id]),
  ],
  [
    'credentials.ofProvidersByIds',
    ['credential', 'token'],
    ({ system }, id) => system.credentials.ofProvidersByIds([id]),
  ],

  ['conflicts.byIds', ['conflict'], ({ system }, id) => system.conflicts.byIds([id])],
  [
    'conflicts.resolve',
    ['conflict'],
    ({ system }, id) => system.conflicts.resolve([id], 'LINK_KEEP'),
  ],
  [
    'conflicts.resolve',
    ['conflict'],
    ({ system, own: { conflict } }, id) => system.conflicts.resolve([conflict, id], 'REJECT'),
  ],
  [
    'conflicts.resolve',
    ['candidate'],
    ({ system, own: { conflict } }, id) => system.conflicts.resolve([conflict], 'LINK_KEEP', id),
  ],

  ['members.everInTeam', ['member'], ({ system }, id) => system.members.everInTeam(id)],
  ['teams.membersOfOwn', ['managedTeam'], ({ entra }, id) => entra.teams.membersOfOwn([id], 10)],
  ['roles.spokenOf', ['role'], ({ system }, id) => system.roles.spokenOf([id])],
  ['signIns.unbind', ['member'], ({ system }, id) => system.signIns.unbind(id)],
  ['audit.newestOfProvider', ['provider'], ({ system }, id) => system.audit.newestOfProvider(id)],
  [
    'audit.lastHeard',
    ['provisioned'],
    ({ system, own: { provider } }, id) => system.audit.lastHeard([`${id} ${provider}`]),
  ],
  [
    'invitations.send',
    ['member', 'provisioned', 'disabled', 'deleted'],
    ({ system }, id) => system.invitations.send([id]),
  ],
  ['invitations.ofMembers', ['member'], ({ system }, id) => system.invitations.ofMembers([id])],

  ['exchanges.page', ['provider'], ({ system }, id) => system.exchanges.page(id)],
  ['exchanges.count', ['provider'], ({ system }, id) => system.exchanges.count(id)],
  [
    'exchanges.pagesOf',
    ['provider'],
    async ({ system }, id) => [...(await system.exchanges.pagesOf([id])).values()],
  ],
  [
    'exchanges.countsOf',
    ['provider'],
    async ({ system }, id) => [...(await system.exchanges.countsOf([id])).values()],
  ],
  ['exchanges.byIds', ['exchange'], ({ system }, id) => system.exchanges.byIds([id])],
  ['exchanges.bodiesOf', ['exchange'], ({ system }, id) => system.exchanges.bodiesOf([id])],
  ['exchanges.since', ['provider'], ({ system }, id) => system.exchanges.since(id, new Date(0))],

  [
    'audit.page',
    ['member', 'team', 'provider', 'token'],
    ({ system }, id) => system.audit.page({ subjectId: [id] }),
  ],
  ['audit.page', ['provider', 'member'], ({ system }, id) => system.audit.page({ actorId: [id] })],
  ['audit.count', ['provider'], ({ system }, id) => system.audit.count({ providerId: [id] })],
  ['audit.byIds', ['entry'], ({ system }, id) => system.audit.byIds([id])],
  ['audit.historyOf', ['member', 'provisioned'], ({ system }, id) => system.audit.historyOf([id])],
  ['audit.countHistoryOf', ['member'], ({ system }, id) => system.audit.countHistoryOf([id])],
  [
    'audit.lastWriters',
    ['member', 'provisioned'],
    ({ system }, id) => system.audit.lastWriters([id]),
  ],
  ['audit.changesOf', ['exchange'], ({ system }, id) => system.audit.changesOf([id])],
  ['audit.countChangesOf', ['exchange'], ({ system }, id) => system.audit.countChangesOf([id])],
  [
    'audit.report',
    ['provisioned', 'member'],
    ({ system }, id) => system.audit.report({ endUser: id }),
  ],
  ['audit.report', ['provider'], ({ system }, id) => system.audit.report({ application: id })],
  [
    'audit.reportCount',
    ['provider'],
    ({ system }, id) => system.audit.reportCount({ application: id }),
  ],

  ['tenants.setDefaultRole', ['role'], ({ system }, id) => system.tenants.setDefaultRole(id)],

  [
    'identityProviders.activity',
    ['provider'],
    ({ system }, id) => system.identityProviders.activity([id]),
  ],
  ['conflicts.openOf', ['provider'], ({ system }, id) => system.conflicts.openOf([id])],
  ['conflicts.countOpenOf', ['provider'], ({ system }, id) => system.conflicts.countOpenOf([id])],
  ['invitations.sentTo', ['member'], ({ system }, id) => system.invitations.sentTo([id])],
  ['roles.mappingsOfTeams', ['team'], ({ system }, id) => system.roles.mappingsOfTeams([id])],
  ['roles.countHolders', ['role'], ({ system }, id) => system.roles.countHolders([id])],
  [
    'members.memberships',
    ['member', 'provisioned'],
    ({ system }, id) => system.members.memberships([id]),
  ],
  [
    'teams.memberships',
    ['team', 'managedTeam'],
    ({ system }, id) => system.teams.memberships([id]),
  ],
  ['teams.countMembers', ['team'], ({ system }, id) => system.teams.countMembers([id])],
  ['members.countTeams', ['member'], ({ system }, id) => system.members.countTeams([id])],
  [
    'teams.joinable',
    ['member', 'provisioned'],
    ({ system }, id) => system.teams.joinable({ memberId: id }),
  ],
  [
    'teams.countJoinable',
    ['member'],
    ({ system }, id) => system.teams.countJoinable({ memberId: id }),
  ],
  [
    'locate',
    [
      'member',
      'team',
      'role',
      'mapping',
      'provider',
      'credential',
      'token',
      'conflict',
      'exchange',
      'entry',
    ],
    ({ system }, id) => system.locate([id]),
  ],
];

/**
 * Verbs that take no id of a thing, or that only the directory itself calls, inside a change that
 * has found the thing already.
 */
export const withoutIds = new Set([
  'members.join',
  'members.provision',
  'members.purge',
  'members.pageOfOwn',
  'members.countOwn',
  'members.editableFields',
  'members.releaseExpiredLocks',
  'teams.byName',
  'teams.purge',
  'roles.all',
  'roles.mappings',
  'roles.create',
  'identityProviders.all',
  'identityProviders.whoCreated',
  'identityProviders.page',
  'identityProviders.count',
  'identityProviders.create',
  'credentials.createToken',
  'credentials.tokens',
  'signIns.refused',
  'conflicts.open',
  'invitations.mailContent',
  'invitations.mayLeave',
  'invitations.promiseLink',
  'invitations.markSent',
  'invitations.markFailed',
  'invitations.markUnneeded',
  'audit.since',
  'tenants.own',
  'tenants.children',
  'tenants.countChildren',
  'tenants.enterable',
  'tenants.countEnterable',
  'tenants.createChild',
  'tenants.rename',
  'idempotency.once',
  'idempotency.sweep',
]);
/** Where children and the parent are meant to be found: told by a test of its own. */
export const ofTenants = new Set(['tenants.byIds']);
