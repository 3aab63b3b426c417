import { TeamMembershipFields } from './membership.ts';
import { TeamMutations } from './mutations.ts';
import { TeamQueries } from './queries.ts';
import { TeamFields } from './team.ts';

/** Everything that can be asked of teams and done with them. */
export const teams = [TeamFields, TeamMembershipFields, TeamQueries, TeamMutations];
