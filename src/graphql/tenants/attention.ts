import { Field, ObjectType } from 'type-graphql';
import {
  type ConflictCaseRow,
  type Directory,
  mayReadActivity,
  type ProviderRow,
  type RefusedSignIns,
  type TenantRow,
} from '../../directory/index.ts';
import { holderOf } from '../conflicts/conflict-case.ts';
import * as providerWords from '../identity-providers/enums.ts';
import {
  lastExpiryOf,
  EXPIRING_WITHIN,
  expirySentence,
  healthOf,
} from '../identity-providers/health.ts';
import type { Loaders } from '../loaders/loaders.ts';
import { Node, tagType } from '../schema/node.ts';

@ObjectType({ simpleResolvers: true, description: 'Something that a person should look at.' })
export class AttentionItem {
  @Field(() => providerWords.HealthStatus, { description: 'How bad it is; OK for a mere hint.' })
  severity!: providerWords.HealthWord;
  @Field(() => String, { description: 'One sentence for a person, in English.' }) message!: string;
  @Field(() => Node, { description: 'The object that it is about.' }) subject!: object;
  @Field(() => String, {
    nullable: true,
    description: 'Name of the mutation that would solve it; null when none would.',
  })
  suggestedMutation!: string | null;
}

const MOST_CONFLICTS = 100;
/** Rule 28: what became of a provider's requests is for those who administer providers. */
const PROVISIONING = ['PROVISIONING_ADMIN'] as const;

/** Everything that a person should look at now, in a fixed number of statements. */
export async function attentionOf(
  directory: Directory,
  loaders: Loaders,
  now = Date.now(),
): Promise<AttentionItem[]> {
  directory.require('DIRECTORY_READ');
  const [providers, conflicts, created, refused] = await Promise.all([
    directory.identityProviders.all(),
    mayReadActivity(directory, PROVISIONING) ? directory.conflicts.open(MOST_CONFLICTS) : [],
    directory.identityProviders.whoCreated(),
    mayReadActivity(directory, ['ROLE_ADMIN']) ? directory.signIns.refused() : null,
  ]);
  const tenant = refused && (await loaders.load('tenant', directory.tenantId));
  const beyond =
    conflicts.length < MOST_CONFLICTS ? [] : await conflictsBeyond(directory, providers);
  const names = new Map(providers.map(({ id, name }) => [id, name]));
  const aboutProviders = await Promise.all(
    providers.map(provider => aboutProvider(provider, loaders, created.has(provider.id), now)),
  );
  const aboutConflicts = await Promise.all(
    conflicts.map(async conflict => {
      const holder = await holderOf(loaders, conflict);
      return aboutConflict(
        conflict,
        names.get(conflict.providerId) ?? 'A provider',
        holder === null
          ? 'was made by hand'
          : `comes from ${names.get(holder) ?? 'another provider'}`,
      );
    }),
  );
  return [
    ...aboutConflicts,
    ...beyond,
    ...(refused && tenant ? [aboutSignIns(refused, tenant)] : []),
    ...aboutProviders.flat(),
  ];
}

/** One item for all conflicts beyond the listed ones, at the provider with most of them. */
async function conflictsBeyond(
  directory: Directory,
  providers: readonly ProviderRow[],
): Promise<AttentionItem[]> {
  const counts = await directory.conflicts.countOpenOf(providers.map(({ id }) => id));
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const [first] = providers
    .filter(({ id }) => counts.get(id) ?? 0)
    .toSorted((a, b) => (counts.get(b.id) ?? 0) - (counts.get(a.id) ?? 0));
  if (!first || total <= MOST_CONFLICTS) return [];
  return [
    {
      severity: 'FAILING',
      message:
        `${total - MOST_CONFLICTS} more conflicts are open that are not listed here; ` +
        `of the ${total} in all, ${first.name} has ${counts.get(first.id)}.`,
      subject: tagType('IdentityProvider', first),
      suggestedMutation: 'conflictResolve',
    },
  ];
}

function aboutSignIns({ count, claimed }: RefusedSignIns, tenant: TenantRow): AttentionItem {
  return {
    severity: 'FAILING',
    message:
      `${count === 1 ? 'A sign-in was' : `${count} sign-ins were`} refused within a day ` +
      `because it is not certain who is meant; the last one as "${claimed}". The log says why (signIn.refused).`,
    subject: tagType('Tenant', tenant),
    suggestedMutation: null,
  };
}

function aboutConflict(conflict: ConflictCaseRow, provider: string, whose: string): AttentionItem {
  const attempts = conflict.attempts === 1 ? 'once' : `${conflict.attempts} times`;
  return {
    severity: 'FAILING',
    message:
      `${provider} asked ${attempts} for the ${conflict.kind} ` +
      `"${nameIn(conflict)}", which ${whose}.`,
    subject: tagType('ConflictCase', conflict),
    suggestedMutation: 'conflictResolve',
  };
}

/** The name as the provider sent it; the key is case-folded. */
function nameIn({ kind, sent, nameKey }: ConflictCaseRow): string {
  const name = sent[kind === 'member' ? 'userName' : 'displayName'];
  return typeof name === 'string' ? name : nameKey;
}

async function aboutProvider(
  provider: ProviderRow,
  loaders: Loaders,
  hasCreated: boolean,
  now: number,
): Promise<AttentionItem[]> {
  if (provider.provisioning === 'OFF') return [];
  const item: Item = (severity, message, suggestedMutation = null) => ({
    severity,
    message,
    subject: tagType('IdentityProvider', provider),
    suggestedMutation,
  });
  return [
    ...(mayReadActivity(loaders.directory, PROVISIONING)
      ? await aboutActivity(provider, loaders, item, now)
      : []),
    ...(provider.provisioning === 'ON' && !provider.signIn
      ? [
          item(
            'OK',
            `Provisioning from ${provider.name} is on, but people cannot sign in with it yet: ` +
              'set up its sign-in.',
            'identityProviderUpdate',
          ),
        ]
      : []),
    ...(hasCreated
      ? [
          item(
            'OK',
            `Members and teams that come from ${provider.name} are edited there, not here.`,
          ),
        ]
      : []),
  ];
}

type Item = (
  severity: providerWords.HealthWord,
  message: string,
  suggestedMutation?: string | null,
) => AttentionItem;

async function aboutActivity(
  provider: ProviderRow,
  loaders: Loaders,
  item: Item,
  now: number,
): Promise<AttentionItem[]> {
  const [activity, credentials] = await Promise.all([
    loaders.load('activity', provider.id),
    loaders.load('credentialsOfProvider', provider.id),
  ]);
  const { status, summary } = healthOf(provider, activity, credentials, now);
  const end = lastExpiryOf(credentials);
  return [
    ...(status === 'FAILING' || status === 'SILENT' ? [item(status, summary)] : []),
    ...(end !== null && end - now <= EXPIRING_WITHIN
      ? [
          item(
            'CREDENTIAL_EXPIRING',
            expirySentence(provider.name, end, now),
            'identityProviderRotateCredential',
          ),
        ]
      : []),
  ];
}
