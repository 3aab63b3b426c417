import { readFileSync } from 'node:fs';
import type { Setup } from './setup.ts';

/**
 * What the database says it was asked while `work` ran, each statement by its beginning. What the
 * service writes down beside its requests is left out.
 */
export async function statementsDuring(
  { admin, postgres }: Setup,
  work: () => Promise<number>,
): Promise<{ each: number; texts: string[] }> {
  const log = `${postgres.dataDir}.log`;
  await logging(admin, 'all');
  const before = readFileSync(log).length;
  const units = await work();
  await logging(admin, 'none');
  const said = readFileSync(log).subarray(before).toString('utf8');
  const texts = [...said.matchAll(/(?:execute [^:]*|statement): \s*(.*(?:\n\t.*)*)/g)]
    .map(match => (match[1] ?? '').replaceAll(/\s+/g, ' ').trim())
    .filter(text => !BESIDE.test(text));
  return { each: texts.length / units, texts };
}

const BESIDE =
  /scim_exchanges|credential_uses|provider_activity|claim_messages|outbox_backlog|tenants_with_work|alter system|pg_reload_conf|delete claim_messages|outbox_backlog|update outbox/i;

async function logging(admin: Setup['admin'], what: 'all' | 'none'): Promise<void> {
  await admin.query(`alter system set log_statement = '${what}'`);
  await admin.query('select pg_reload_conf()');
  await new Promise(resolve => setTimeout(resolve, 300));
}
