import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * PostGraphile over tables like those of the floor, from the folder in which it was installed for
 * the bench: nothing of the product depends on it.
 */
const [folder = '', connectionString = ''] = process.argv.slice(2);
const require = createRequire(path.join(folder, 'package.json'));
const { postgraphile } = require('postgraphile');
const { PostGraphileAmberPreset } = require('postgraphile/presets/amber');
const { makePgService } = require('postgraphile/adaptors/pg');
const { PostGraphileConnectionFilterPreset } = require('postgraphile-plugin-connection-filter');
const { grafserv } = require('postgraphile/grafserv/node');

const service = postgraphile({
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  pgServices: [makePgService({ connectionString, schemas: ['public'], poolSize: 10 })],
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false, maxRequestLength: 1_000_000 },
});
const server = createServer();
server.on('error', fault => {
  throw fault;
});
await service.createServ(grafserv).addTo(server);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as { port: number }).port));
process.on('disconnect', () => process.exit());
