import { ApiTokenFields } from './api-token.ts';
import { TokenMutations } from './mutations.ts';
import { TokenQueries } from './queries.ts';

/** The resolvers of API tokens. */
export const tokens = [ApiTokenFields, TokenQueries, TokenMutations];
