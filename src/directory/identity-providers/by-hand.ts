import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { AttributeChange } from '../audit/audit-entry.ts';
import { assertMayReach, assertMayUseSecretOf } from '../authority.ts';
import type { Session } from '../session.ts';
import { assertNameFree } from '../tables/names.ts';
import { isId, newId } from '../tables/ids.ts';
import { invalid, notFound } from '../refusal.ts';
import { forgetRolesByHand } from '../roles/forget.ts';
import { settle } from '../roles/settle.ts';
import { assertRoom } from '../tables/row-limits.ts';
import { assertNoStrangers, evictStrangers } from '../teams/evict.ts';
import { assertName } from '../tables/text.ts';
import { assertAttributes } from './extension-attributes.ts';
import type {
  AdoptionPolicy,
  ExtensionAttribute,
  Features,
  ProviderKind,
  ProvisioningState,
  SignIn,
} from './identity-provider.ts';
import { type ProviderRow, providerColumns } from './provider-rows.ts';
import {
  issueForProvider,
  retireForProvider,
  revokeForProvider,
} from '../credentials/provider-secrets.ts';

export interface NewProvider {
  name: string;
  kind: ProviderKind;
  signIn?: SignIn | null | undefined;
  provisioning?: ProvisioningState | null | undefined;
  adoption?: AdoptionPolicy | null | undefined;
}
export interface ProviderEdit {
  name?: string | null | undefined;
  isActive?: boolean | null | undefined;
  signIn?: SignIn | null | undefined;
  provisioning?: ProvisioningState | null | undefined;
  adoption?: AdoptionPolicy | null | undefined;
  evictManualMembers?: boolean | null | undefined;
  features?: { [Name in keyof Features]?: Features[Name] | null | undefined } | null | undefined;
  extensionAttributes?: readonly ExtensionAttribute[] | null | undefined;
  strict?: boolean | null | undefined;
}
/** The provider, and the secret when one was made: it is never told again. */
export interface ProviderSecret {
  provider: ProviderRow;
  secretToken: string | null;
}

const FEATURES: Features = { acceptGroups: true, invitations: 'IMMEDIATE' };

export const subjectOf = (provider: Pick<ProviderRow, 'id' | 'name'>) => ({
  type: 'IdentityProvider' as const,
  id: provider.id,
  name: provider.name,
});

/** Adds a provider. With provisioning on it can be pasted into the other side at once: URL and secret are the answer. */
export function create(session: Session, facts: NewProvider): Promise<ProviderSecret> {
  return session.change(async () => {
    session.require('PROVISIONING_ADMIN');
    const provisioning = facts.provisioning ?? 'ON';
    const name = assertName(facts.name, 'name');
    await assertNameFree(session, 'identity_providers', name);
    await assertRoom(session, 'identity_providers');
    const provider = (await session.insert(
      'identity_providers',
      {
        id: newId(),
        name,
        kind: facts.kind,
        provisioning,
        adoption: facts.adoption ?? 'ASK',
        features: FEATURES,
        sign_in: facts.signIn ? plain(facts.signIn) : null,
      },
      providerColumns,
    )) as ProviderRow;
    session.record({
      action: 'identityProvider.created',
      subject: subjectOf(provider),
      providerId: provider.id,
      changes: [
        { name: 'name', after: provider.name },
        { name: 'kind', after: provider.kind },
        { name: 'provisioning', after: provisioning },
      ],
    });
    session.attempting('identityProvider.created', { ...subjectOf(provider), id: null });
    if (provisioning !== 'OFF') await assertMayUseSecretOf(session, provider.id, 'provisioning');
    const secretToken =
      provisioning === 'OFF' ? null : (await issueForProvider(session, provider.id)).text;
    return { provider, secretToken };
  });
}

/** Changes a provider. The switch is one row: what is managed follows from it, and so does what its credentials open. */
export function update(session: Session, id: string, edit: ProviderEdit): Promise<ProviderSecret> {
  return session.change(async () => {
    session.require('PROVISIONING_ADMIN');
    const provider = await holdForUpdate(session, id);
    const wanted = {
      name: edit.name == null ? provider.name : assertName(edit.name, 'name'),
      isActive: edit.isActive ?? provider.isActive,
      provisioning: edit.provisioning ?? provider.provisioning,
      adoption: edit.adoption ?? provider.adoption,
      strict: edit.strict ?? provider.strict,
      features: {
        acceptGroups: edit.features?.acceptGroups ?? provider.features.acceptGroups,
        invitations: edit.features?.invitations ?? provider.features.invitations,
      },
      signIn: edit.signIn === undefined ? provider.signIn : plain(edit.signIn),
      extensionAttributes:
        edit.extensionAttributes == null
          ? provider.extensionAttributes
          : assertAttributes(edit.extensionAttributes),
    };
    const changes = changesBetween(provider, wanted);
    if (changes.length === 0) return { provider, secretToken: null };
    await assertNameFree(session, 'identity_providers', wanted.name, id);
    const set = {
      name: wanted.name,
      is_active: wanted.isActive,
      provisioning: wanted.provisioning,
      adoption: wanted.adoption,
      strict: wanted.strict,
      features: wanted.features,
      sign_in: wanted.signIn,
      extension_attributes: wanted.extensionAttributes,
    };
    const written = await session.update('identity_providers', id, set, providerColumns);
    session.record({
      action: actionOf(provider, written),
      subject: subjectOf(written),
      providerId: id,
      changes,
    });
    return {
      provider: written,
      secretToken: await switched(session, provider, written, edit.evictManualMembers === true),
    };
  });
}

/** Only what is said counts: what is left out and what is said to be nothing are the same record. */
function plain(signIn: SignIn | null): SignIn | null {
  if (!signIn) return null;
  const { protocol, signInUrl, entityIdUrl, signatureAlgorithm } = signIn;
  return {
    protocol,
    ...(signInUrl != null && { signInUrl }),
    ...(entityIdUrl != null && { entityIdUrl }),
    ...(signatureAlgorithm != null && { signatureAlgorithm }),
  };
}

/** The provider's row, locked against its writers: whoever depends on the switch waits, or has finished. */
export async function holdForUpdate(session: Session, id: string): Promise<ProviderRow> {
  const provider = isId(id)
    ? await session
        .rows('identity_providers')
        .select(providerColumns)
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .forUpdate()
        .executeTakeFirst()
    : undefined;
  if (!provider) throw notFound('identity provider');
  return provider;
}

/** What follows from the switch: off kills every credential; on again needs a new one, and teams without strangers (rule 8). */
async function switched(
  session: Session,
  before: ProviderRow,
  after: ProviderRow,
  evict: boolean,
): Promise<string | null> {
  if (before.provisioning !== 'OFF' && after.provisioning === 'OFF')
    await revokeForProvider(session, after.id);
  if (before.provisioning !== 'OFF' || after.provisioning === 'OFF') return null;
  session.attempting('identityProvider.switchedOn', subjectOf(before));
  await assertMayUseSecretOf(session, after.id, 'provisioning');
  if (evict) await evictStrangers(session, after.id);
  else await assertNoStrangers(session, after.id);
  // What was set by hand while it was off gives way to the rules, for good: the next OFF must not bring it back unasked.
  const made = sql`target.provider_id = ${after.id}::uuid and target.origin <> 'MANUAL'`;
  const forgotten = await forgetRolesByHand(session, made);
  const roleIds = [...new Set(forgotten.map(({ handRoleId }) => handRoleId))];
  await assertMayReach(session, { roleIds, by: 'switching provisioning on' }, 'provisioning');
  await settle(
    session,
    forgotten.map(({ id }) => id),
  );
  return (await issueForProvider(session, after.id)).text;
}

const SAID = [
  'name',
  'isActive',
  'provisioning',
  'adoption',
  'strict',
  'features',
  'signIn',
  'extensionAttributes',
] as const;

function changesBetween(before: ProviderRow, after: Pick<ProviderRow, (typeof SAID)[number]>) {
  return SAID.filter(name => !isDeepStrictEqual(before[name], after[name])).map(name => ({
    name,
    before: before[name],
    after: after[name],
  }));
}

function actionOf(before: ProviderRow, after: ProviderRow): string {
  if (before.provisioning === after.provisioning) return 'identityProvider.updated';
  return {
    ON: 'identityProvider.switchedOn',
    PAUSED: 'identityProvider.paused',
    OFF: 'identityProvider.switchedOff',
  }[after.provisioning];
}

/** A new secret. The old one keeps working for the overlap, marked as retiring. */
export function rotate(
  session: Session,
  id: string,
  {
    overlapHours = 72,
    expiresAt = null,
  }: { overlapHours?: number | null | undefined; expiresAt?: Date | null | undefined } = {},
): Promise<ProviderSecret> {
  return session.change(async () => {
    session.require('PROVISIONING_ADMIN');
    const provider = await holdForUpdate(session, id);
    session.attempting('identityProvider.credentialRotated', subjectOf(provider));
    assertOn(provider);
    await assertMayUseSecretOf(session, id, 'id');
    const hours = overlapHours ?? 72;
    if (!Number.isFinite(hours) || hours < 0 || hours > 24 * 365)
      throw invalid('`overlapHours` is from 0 to 8760.', 'overlapHours');
    if (expiresAt && expiresAt.getTime() <= Date.now())
      throw invalid('`expiresAt` must be in the future.', 'expiresAt');
    if (hours === 0) await revokeForProvider(session, id);
    else await retireForProvider(session, id, new Date(Date.now() + hours * 3_600_000));
    const { text, row } = await issueForProvider(session, id, { expiresAt });
    session.record({
      action: 'identityProvider.credentialRotated',
      subject: subjectOf(provider),
      providerId: id,
      changes: [
        { name: 'credential', after: row.lastFour },
        { name: 'overlapHours', after: hours },
      ],
    });
    return { provider, secretToken: text };
  });
}

/** Cuts the integration at once: the old secrets are dead, the links are dropped, and a new secret starts from nothing. */
export function replace(session: Session, id: string): Promise<ProviderSecret> {
  return session.change(async () => {
    session.require('PROVISIONING_ADMIN');
    const provider = await holdForUpdate(session, id);
    session.attempting('identityProvider.credentialReplaced', subjectOf(provider));
    assertOn(provider);
    await assertMayUseSecretOf(session, id, 'id');
    await revokeForProvider(session, id);
    const { text, row } = await issueForProvider(session, id);
    session.record({
      action: 'identityProvider.credentialReplaced',
      subject: subjectOf(provider),
      providerId: id,
      changes: [{ name: 'credential', after: row.lastFour }],
    });
    await dropLinks(session, id);
    return { provider, secretToken: text };
  });
}

function assertOn(provider: ProviderRow): void {
  if (provider.provisioning === 'OFF')
    throw invalid('Provisioning is off; switching it on makes a new secret.', 'id');
}

/** Cuts every link of a provider: two statements, and one entry for each member and team. No role follows: teams, pushed roles and locks stay. */
export async function dropLinks(session: Session, providerId: string): Promise<void> {
  const unlinked = { provider_id: null, external_id: null, link_id: null };
  const where = sql`target.provider_id = ${providerId}::uuid`;
  const external = sql`old.external_id as "externalId"`;
  const teams = await session.updateMany<'teams', Unlinked>('teams', unlinked, {
    where,
    returning: sql`target.id, target.name, ${external}`,
  });
  const members = await session.updateMany<'members', Unlinked & { handle: string }>(
    'members',
    { ...unlinked, link_authority: [] },
    {
      where,
      returning: sql`target.id, target.display_name as name, target.user_name as handle, ${external}`,
    },
  );
  await assertMayReach(session, { members }, 'id');
  await session.recordAll([
    ...teams.map(({ externalId, ...team }) => ({
      action: 'team.unlinked',
      providerId,
      subject: { type: 'Team' as const, ...team },
      changes: cut(providerId, externalId),
    })),
    ...members.map(({ externalId, ...member }) => ({
      action: 'member.unlinked',
      providerId,
      subject: { type: 'Member' as const, ...member },
      changes: cut(providerId, externalId),
    })),
  ]);
}

interface Unlinked {
  id: string;
  name: string;
  externalId: string | null;
}

/** What the log says of a link that was cut: whose it was. */
const cut = (providerId: string, externalId: string | null): AttributeChange[] => [
  { name: 'providerId', before: providerId, after: null },
  ...(externalId === null ? [] : [{ name: 'externalId', before: externalId, after: null }]),
];
