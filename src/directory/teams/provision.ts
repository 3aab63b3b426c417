import { sql } from 'kysely';
import { canAdminister } from '../authority.ts';
import { openCase, whoseOf } from '../conflicts/open-case.ts';
import { lockActingProvider } from '../identity-providers/lock.ts';
import type { ProviderRow } from '../identity-providers/provider-rows.ts';
import { Refusal } from '../refusal.ts';
import { roleById } from '../roles/lookup.ts';
import { lockRulebook } from '../roles/rulebook.ts';
import type { Session } from '../session.ts';
import { folded } from '../tables/folded.ts';
import { newId } from '../tables/ids.ts';
import { LostRace } from '../tables/lost-race.ts';
import { admitInto } from './admit.ts';
import { type Displays, redisplay } from './displays.ts';
import { assertNoStrangers } from './evict.ts';
import { linkTeam } from './link.ts';
import { subjectOf } from './lock.ts';
import { teamColumns, type TeamRow } from './team-rows.ts';

/** A group as a provider describes it, in the directory's words. */
export interface ProvisionedTeam {
  name: string;
  externalId: string | null;
}

/**
 * Makes the team that the acting provider describes, with its members. A team made by hand is never
 * taken over silently (rule 10).
 */
export function provision(
  session: Session,
  facts: ProvisionedTeam,
  memberIds: readonly string[],
  sent: Record<string, unknown>,
  { id, displays }: { id?: string | undefined; displays?: Displays } = {},
): Promise<TeamRow> {
  return session.change(async () => {
    const provider = await lockActingProvider(session, { rulebook: true });
    assertAcceptsGroups(provider);
    const team =
      (await insert(session, provider, facts, id)) ?? (await adopt(session, provider, facts, sent));
    await admitInto(session, { team, owner: provider }, memberIds);
    await redisplay(session, team.id, displays);
    return team;
  });
}

/** Makes a linked team and records it, unless the name is in use: then none. */
export async function insert(
  session: Session,
  provider: ProviderRow,
  facts: ProvisionedTeam,
  id = newId(),
): Promise<TeamRow | undefined> {
  const team = await session.insert(
    'teams',
    {
      id,
      name: facts.name,
      origin: 'SCIM',
      origin_provider_id: provider.id,
      provider_id: provider.id,
      external_id: facts.externalId,
      link_id: newId(),
    },
    teamColumns,
    {
      onConflict: sql`
        on conflict (tenant_id, name_key) where origin = 'MANUAL' or provider_id is not null
        do nothing`,
    },
  );
  if (team) {
    session.record({
      action: 'team.created',
      subject: subjectOf(team),
      providerId: provider.id,
      changes: [
        { name: 'name', after: team.name },
        ...(team.externalId === null ? [] : [{ name: 'externalId', after: team.externalId }]),
      ],
    });
  }
  return team;
}

async function adopt(
  session: Session,
  provider: ProviderRow,
  facts: ProvisionedTeam,
  sent: Record<string, unknown>,
): Promise<TeamRow> {
  const holder = await session
    .rows('teams')
    .select(teamColumns)
    .where('name_key', '=', folded(facts.name))
    .where(sql<boolean>`(origin = 'MANUAL' or provider_id is not null)`)
    .forUpdate()
    .executeTakeFirst();
  if (!holder) throw new LostRace('The name became free meanwhile.');
  if (holder.providerId === provider.id)
    throw new Refusal('name-taken', 'A team with this name already exists.', {
      field: ['name'],
      value: facts.name,
    });
  session.attempting('team.created', { type: 'Team', id: null, name: facts.name });
  if (
    holder.providerId === null &&
    provider.adoption === 'ADOPT' &&
    (await holdsOnly(session, provider, holder.id)) &&
    !(await givesAdministration(session, holder.id))
  )
    return linkTeam(session, holder, provider, facts);
  session.ifRefused(then =>
    openCase(then, {
      kind: 'team',
      providerId: provider.id,
      candidateId: holder.id,
      name: facts.name,
      sent,
      facts,
    }),
  );
  throw new Refusal(
    holder.providerId === null ? 'held-by-hand' : 'held-by-another-provider',
    `A Group with displayName '${facts.name}' already exists and ${whoseOf(holder)}. A person ` +
      'has to decide in the directory what becomes of it.',
    {
      field: ['name'],
      holderId: holder.id,
      providerId: provider.id,
    },
  );
}

/**
 * Whether the team is mapped to a role that can administer the tenant: who may say who is in it is
 * for a person to decide.
 */
async function givesAdministration(session: Session, teamId: string): Promise<boolean> {
  const { mappings } = await lockRulebook(session);
  const mapping = mappings.find(each => each.teamId === teamId);
  const role = mapping && (await roleById(session, mapping.roleId));
  return role ? canAdminister(role.permissions) : false;
}

async function holdsOnly(
  session: Session,
  provider: ProviderRow,
  teamId: string,
): Promise<boolean> {
  return assertNoStrangers(session, provider.id, teamId).then(
    () => true,
    error => {
      if (error instanceof Refusal) return false;
      throw error;
    },
  );
}

/** Refuses groups from a provider that is set up for users only: feature-off. */
export function assertAcceptsGroups(provider: ProviderRow): void {
  if (!provider.features.acceptGroups)
    throw new Refusal('feature-off', 'This directory does not accept groups from this provider.');
}
