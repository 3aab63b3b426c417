import type { Row } from './row.ts';
import { MEMBER_ROWS } from './rows/members.ts';
import { MEMBER_ROLE_ROWS } from './rows/member-roles.ts';
import { TEAM_ROWS } from './rows/teams.ts';
import { ROLE_ROWS } from './rows/roles.ts';
import { PROVIDER_ROWS } from './rows/providers.ts';

/**
 * Every mutation, and each way in which it reaches somebody. The first word of a title is the
 * mutation.
 */
export const ROWS: Record<string, Row> = {
  ...MEMBER_ROWS,
  ...MEMBER_ROLE_ROWS,
  ...TEAM_ROWS,
  ...ROLE_ROWS,
  ...PROVIDER_ROWS,
};
