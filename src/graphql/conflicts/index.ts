import { ConflictCaseFields } from './conflict-case.ts';
import { ConflictMutations } from './mutations.ts';

/** Everything that can be asked of conflicts and done with them. */
export const conflicts = [ConflictCaseFields, ConflictMutations];
