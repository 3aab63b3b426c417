import { Field, Int, ObjectType } from 'type-graphql';
import type { InvitationRow } from '../../directory/index.ts';
import { DateTime } from '../schema/scalars.ts';
import * as memberWords from './enums.ts';

@ObjectType({ simpleResolvers: true, description: 'Onboarding state of a member.' })
export class Onboarding implements Omit<InvitationRow, 'memberId' | 'state'> {
  @Field(() => memberWords.OnboardingState, { description: 'State.' })
  state!: memberWords.OnboardingWord;
  @Field(() => DateTime, { nullable: true, description: 'Last mail.' }) lastSentAt!: Date | null;
  @Field(() => Int, { description: 'Mails sent.' }) sentCount!: number;
  @Field(() => DateTime, { nullable: true, description: 'Link valid until.' })
  linkExpiresAt!: Date | null;
  @Field(() => String, { nullable: true, description: 'Delivery error.' }) deliveryError!:
    string | null;
}

const NOTHING_SENT: Onboarding = {
  state: 'NOT_SENT',
  lastSentAt: null,
  sentCount: 0,
  linkExpiresAt: null,
  deliveryError: null,
};

/** What was mailed when, and why it did not arrive, is for those who send it and for the person (rule 28). */
export function onboardingOf(invitation: InvitationRow | null, mayReadMails: boolean): Onboarding {
  if (!invitation) return NOTHING_SENT;
  return mayReadMails
    ? invitation
    : { ...invitation, lastSentAt: null, linkExpiresAt: null, deliveryError: null };
}
