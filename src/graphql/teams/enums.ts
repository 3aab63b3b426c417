import { words } from '../schema/enums.ts';

export type TeamOrderWord = 'NAME' | 'CREATED_AT' | 'MEMBER_COUNT';
export const TeamOrderField = words<TeamOrderWord>('TeamOrderField', 'Team sort fields.', {
  NAME: 'Name.',
  CREATED_AT: 'Created.',
  MEMBER_COUNT: 'Members.',
});
