import { ConflictCaseFields } from './conflict-case.ts';
import { ConflictMutations } from './mutations.ts';

/** The resolvers of conflicts. */
export const conflicts = [ConflictCaseFields, ConflictMutations];
