import { migrate } from '../../src/migrate.ts';
import { connectionOf } from '../../src/platform/index.ts';

/** The tests' template is made by the migrations that an installation runs. */
export async function migrateTestTemplate(url: string): Promise<void> {
  await migrate(connectionOf(url));
}
