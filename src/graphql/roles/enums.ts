import type { RoleRule as Rule } from '../../directory/index.ts';
import { words } from '../schema/enums.ts';

export const RoleRule = words<Rule>('RoleRule', 'Rules that can decide a role.', {
  LOCK: 'Locked.',
  MANUAL: 'Set by a person.',
  TEAM_MAPPING: 'From a team mapping.',
  PUSHED_ROLE: 'From a mapping of a pushed role value.',
  DEFAULT: 'Default role.',
});
