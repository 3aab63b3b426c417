import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  // graphql 16 offers two copies of itself, and type-graphql takes the CommonJS one: everybody has
  // to.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: false } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/bench/**'],
    globalSetup: ['test/support/cluster-for-all.ts'],
    setupFiles: ['reflect-metadata', 'test/support/chance.ts'],
    pool: 'forks',
    // each file has its own database; loading the house again for every file was a quarter of the
    // run
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    env: { NODE_ENV: 'test' },
  },
});
