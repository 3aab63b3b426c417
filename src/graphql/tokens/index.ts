import { ApiTokenFields } from './api-token.ts';
import { TokenMutations } from './mutations.ts';
import { TokenQueries } from './queries.ts';

/** Everything that can be asked of API tokens and done with them. */
export const tokens = [ApiTokenFields, TokenQueries, TokenMutations];
