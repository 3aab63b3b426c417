import type { ConflictChoice as Choice } from '../../directory/index.ts';
import { words } from '../schema/enums.ts';

export const ConflictChoice = words<Choice>('ConflictChoice', 'Choices on a conflict.', {
  LINK_KEEP: 'Link to the candidate and keep its data.',
  LINK_OVERWRITE: 'Link and let the provider overwrite.',
  CREATE_NEW: 'Rename the local one and create.',
  REJECT: 'Refuse from now on.',
});
