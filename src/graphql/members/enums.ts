import type { MemberState as State } from '../../directory/index.ts';
import { words } from '../schema/enums.ts';

export const MemberState = words<State>('MemberState', 'Life-cycle state of a member.', {
  INVITED: 'Invited, not yet joined.',
  ACTIVE: 'May sign in.',
  DISABLED: 'Switched off by a provider or a person; shown as Disabled.',
  DELETED: 'Soft-deleted, restorable until `purgeAt`.',
});

export type OnboardingWord = 'NOT_SENT' | 'HELD' | 'SENT' | 'BOUNCED' | 'COMPLETED';
export const OnboardingState = words<OnboardingWord>('OnboardingState', 'Onboarding states.', {
  NOT_SENT: 'No mail yet.',
  HELD: 'Waiting for release.',
  SENT: 'Sent.',
  BOUNCED: 'Bounced.',
  COMPLETED: 'Opened and finished.',
});

export type MemberOrderWord =
  'DISPLAY_NAME' | 'EMAIL' | 'CREATED_AT' | 'UPDATED_AT' | 'ROLE' | 'DEPARTMENT';
export const MemberOrderField = words<MemberOrderWord>('MemberOrderField', 'Member sort fields.', {
  DISPLAY_NAME: 'Display name.',
  EMAIL: 'Address.',
  CREATED_AT: 'Created.',
  UPDATED_AT: 'Changed.',
  ROLE: 'Role rank.',
  DEPARTMENT: 'Department.',
});
