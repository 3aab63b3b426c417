import { configureGlobal } from 'fast-check';

/**
 * A run says the same twice: chance begins where it began before. `CHANCE=$RANDOM npm test` looks
 * elsewhere.
 */
configureGlobal({ seed: Number(process.env['CHANCE'] ?? 20_261_120) });
