import { Field, Int, ObjectType } from 'type-graphql';
import type {
  ProviderActivityRow,
  ProviderCredentialRow,
  ProviderRow,
} from '../../directory/index.ts';
import { DateTime } from '../schema/scalars.ts';
import * as providerWords from './enums.ts';

@ObjectType({ simpleResolvers: true, description: 'How the requests of a provider went lately.' })
export class ProvisioningHealth {
  @Field(() => providerWords.HealthStatus, { description: 'The worst of what is the case now.' })
  status!: providerWords.HealthWord;
  @Field(() => DateTime, {
    nullable: true,
    description: 'When the last request of any kind came in; null when none did.',
  })
  lastSeenAt!: Date | null;
  @Field(() => DateTime, {
    nullable: true,
    description: 'When a request last changed something here; null when none did.',
  })
  lastChangeAt!: Date | null;
  @Field(() => String, {
    nullable: true,
    description:
      'The longest silence that counts as normal, as an ISO 8601 duration like PT3H; ' +
      'null before the first request.',
  })
  expectedEvery!: string | null;
  @Field(() => Int, {
    description:
      'Requests of the last 24 hours that were answered with 400 or above. What is ' +
      'refused because it is switched off here (groups of a users-only provider) is no ' +
      'failure.',
  })
  failures24h!: number;
  @Field(() => Int, {
    description:
      'Requests of the last 24 hours that were answered with 400 to 499, those that ' +
      'were refused at the door included (at most one a second of these is kept).',
  })
  refused24h!: number;
  @Field(() => String, { description: 'One sentence for a person, in English.' }) summary!: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
export const EXPIRING_WITHIN = 14 * DAY;

/**
 * The shortest silence that counts as long. Entra ID sends about every 40 minutes. A provider with
 * longer pauses gets twice its longest recent one.
 */
const NORMAL_SILENCE = { ENTRA_ID: 3 * HOUR, others: 2 * DAY };

/** The health of a provider: the worst of what is the case. */
export function healthOf(
  provider: ProviderRow,
  activity: ProviderActivityRow | null,
  credentials: readonly ProviderCredentialRow[],
  now = Date.now(),
): ProvisioningHealth {
  const {
    lastSeenAt = null,
    lastChangeAt = null,
    failures24h = 0,
    refused24h = 0,
    alarming24h = 0,
    longestSilenceMs = null,
  } = activity ?? {};
  const normalSilence = Math.max(
    provider.kind === 'ENTRA_ID' ? NORMAL_SILENCE.ENTRA_ID : NORMAL_SILENCE.others,
    (longestSilenceMs ?? 0) * 2,
  );
  const healthAs = (status: providerWords.HealthWord, summary: string): ProvisioningHealth => ({
    status,
    lastSeenAt,
    lastChangeAt,
    failures24h,
    refused24h,
    summary,
    expectedEvery: lastSeenAt && `PT${Math.ceil(normalSilence / HOUR)}H`,
  });

  if (provider.provisioning === 'OFF')
    return healthAs('OK', `Provisioning from ${provider.name} is switched off.`);
  if (alarming24h > 0)
    return healthAs(
      'FAILING',
      `${provider.name}: ${alarming24h} ${alarming24h === 1 ? 'request' : 'requests'} ` +
        'failed in the last 24 hours.',
    );
  if (!lastSeenAt)
    return healthAs('NEVER_CONNECTED', `${provider.name} has not sent anything yet.`);
  const end = lastExpiryOf(credentials);
  if (end !== null && end - now <= EXPIRING_WITHIN)
    return healthAs('CREDENTIAL_EXPIRING', expirySentence(provider.name, end, now));
  const silence = now - lastSeenAt.getTime();
  if (silence > normalSilence)
    return healthAs('SILENT', `${provider.name} was last heard of ${inWords(silence)} ago.`);
  return healthAs(
    'OK',
    provider.provisioning === 'PAUSED'
      ? `Provisioning from ${provider.name} is paused.`
      : `${provider.name} was last heard of ${inWords(silence)} ago.`,
  );
}

/** When the last secret that is not retiring expires; null when one of them does not. */
export function lastExpiryOf(credentials: readonly ProviderCredentialRow[]): number | null {
  const ends = credentials
    .filter(credential => !credential.retiring)
    .map(credential => credential.expiresAt?.getTime() ?? Infinity);
  const last = ends.length === 0 ? Infinity : Math.max(...ends);
  return last === Infinity ? null : last;
}

export const expirySentence = (name: string, end: number, now: number): string =>
  end <= now
    ? `The credential of ${name} has expired.`
    : `The credential of ${name} expires in ${inWords(end - now)}.`;

function inWords(ms: number): string {
  const [amount, unit] =
    ms >= 2 * DAY
      ? [ms / DAY, 'day']
      : ms >= 2 * HOUR
        ? [ms / HOUR, 'hour']
        : [ms / MINUTE, 'minute'];
  const whole = Math.floor(amount);
  return whole < 1 ? 'less than a minute' : `${whole} ${unit}${whole === 1 ? '' : 's'}`;
}
