import type { MemberState as State } from '../../directory/index.ts';
import { words } from '../schema/enums.ts';

export const MemberState = words<State>('MemberState', 'Where a member stands in its life cycle.', {
  INVITED: 'Was asked to join and has not accepted yet.',
  ACTIVE: 'Has joined and may sign in.',
  DISABLED: 'Switched off by a person or a provider: no credential works; teams and role are kept.',
  DELETED: 'Deleted; can be restored until `purgeAt`. Listed only when asked for by this state.',
});

export type OnboardingWord = 'NOT_SENT' | 'HELD' | 'SENT' | 'BOUNCED' | 'COMPLETED';
export const OnboardingState = words<OnboardingWord>(
  'OnboardingState',
  'How far the invitation of a member has come.',
  {
    NOT_SENT: 'No mail was sent, and none is waiting.',
    HELD: 'A mail waits until a person releases it with membersSendActivation.',
    SENT: 'The last mail was handed to the mail server.',
    BOUNCED: 'The mail server refused the last mail; see `deliveryError`.',
    COMPLETED: 'The member followed the link and joined.',
  },
);

export type MemberOrderWord =
  'DISPLAY_NAME' | 'EMAIL' | 'CREATED_AT' | 'UPDATED_AT' | 'ROLE' | 'DEPARTMENT';
export const MemberOrderField = words<MemberOrderWord>(
  'MemberOrderField',
  'What members can be sorted by.',
  {
    DISPLAY_NAME: 'The name to show, whatever its case.',
    EMAIL: 'The address, whatever its case.',
    CREATED_AT: 'When the member was made.',
    UPDATED_AT: 'When the member was last changed.',
    ROLE: 'The rank of the role, strongest first when ascending.',
    DEPARTMENT: 'The department, whatever its case.',
  },
);
