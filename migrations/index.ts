import { TheDirectory } from './0001-the-directory.ts';
import { EveryAddress } from './0002-every-address.ts';

/** Every step of the tables, in order. Named here, not found by a pattern, so that a build and a test run the same ones. */
export const migrations = [{ name: '0001-the-directory', class: TheDirectory }, { name: '0002-every-address', class: EveryAddress }];
