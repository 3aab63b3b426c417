import { fields } from '../types/index.ts';
import { Reads } from './reads.ts';

/** Everything that is only read: the questions, and what hangs on their answers. */
export const reads = [Reads, ...fields] as const;
