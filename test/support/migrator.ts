import { migrate } from '../../src/migrate.ts';
import { connectionOf } from '../../src/platform/index.ts';

// A process that starts beside others on the same database.
process.send?.(
  await migrate(connectionOf(process.env['MIGRATE_URL']!), { tokenKeys: ['k'.repeat(40)] }),
);
process.disconnect();
