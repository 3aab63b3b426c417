import { TeamMembershipFields } from './membership.ts';
import { TeamMutations } from './mutations.ts';
import { TeamQueries } from './queries.ts';
import { TeamFields } from './team.ts';

/** The resolvers of teams. */
export const teams = [TeamFields, TeamMembershipFields, TeamQueries, TeamMutations];
