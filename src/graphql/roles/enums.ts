import type { RoleRule as Rule } from '../../directory/index.ts';
import { words } from '../schema/enums.ts';

export const RoleRule = words<Rule>(
  'RoleRule',
  'The rules that can decide a role, strongest first.',
  {
    LOCK: 'The role is locked.',
    MANUAL: 'A person set it by hand, for a member that no provider owns.',
    TEAM_MAPPING: 'A mapping of a team that the member is in.',
    PUSHED_ROLE: 'A mapping of a role value that the provider pushes.',
    DEFAULT: 'The default role of the tenant.',
  },
);
