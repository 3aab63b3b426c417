import { words } from '../schema/enums.ts';

export type TeamOrderWord = 'NAME' | 'CREATED_AT' | 'MEMBER_COUNT';
export const TeamOrderField = words<TeamOrderWord>(
  'TeamOrderField',
  'What teams can be sorted by.',
  {
    NAME: 'The name, whatever its case.',
    CREATED_AT: 'When the team was made.',
    MEMBER_COUNT: 'How many members the team has; counting them makes this the slowest order.',
  },
);
