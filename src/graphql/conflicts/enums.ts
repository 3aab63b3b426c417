import type { ConflictChoice as Choice } from '../../directory/index.ts';
import { words } from '../schema/enums.ts';

export const ConflictChoice = words<Choice>(
  'ConflictChoice',
  'What a person can decide about a conflict.',
  {
    LINK_KEEP:
      'Link the candidate to the provider and keep its data until the provider changes it.',
    LINK_OVERWRITE: 'Link the candidate to the provider and take over what the provider sent.',
    CREATE_NEW: 'Give the candidate another name and create a new one for the provider.',
    REJECT: 'Refuse this name to the provider from now on. Can be decided anew later.',
  },
);
