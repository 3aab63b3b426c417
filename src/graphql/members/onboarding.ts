import { Field, Int, ObjectType } from 'type-graphql';
import type { InvitationRow } from '../../directory/index.ts';
import { DateTime } from '../schema/scalars.ts';
import * as memberWords from './enums.ts';

@ObjectType({ simpleResolvers: true, description: 'How far the invitation of a member has come.' })
export class Onboarding implements Omit<InvitationRow, 'memberId' | 'state'> {
  @Field(() => memberWords.OnboardingState, { description: 'What became of the last mail.' })
  state!: memberWords.OnboardingWord;
  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the last mail was sent; null when none was, and for viewers who may not ' +
      'read mails of others.',
  })
  lastSentAt!: Date | null;
  @Field(() => Int, { description: 'How many mails were sent.' }) sentCount!: number;
  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the link of the last mail stops working; null when none was sent, and for ' +
      'viewers who may not read mails of others.',
  })
  linkExpiresAt!: Date | null;
  @Field(() => String, {
    nullable: true,
    description:
      'What the mail server said when it refused; null when it did not, and for ' +
      'viewers who may not read mails of others.',
  })
  deliveryError!: string | null;
}

const NOTHING_SENT: Onboarding = {
  state: 'NOT_SENT',
  lastSentAt: null,
  sentCount: 0,
  linkExpiresAt: null,
  deliveryError: null,
};

/** Rule 28: times and errors of mails are for the member, and for those who may send them. */
export function onboardingOf(invitation: InvitationRow | null, mayReadMails: boolean): Onboarding {
  if (!invitation) return NOTHING_SENT;
  return mayReadMails
    ? invitation
    : { ...invitation, lastSentAt: null, linkExpiresAt: null, deliveryError: null };
}
