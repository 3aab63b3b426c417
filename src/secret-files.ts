import { readFileSync } from 'node:fs';

/**
 * Variables that hold a secret. Each may be given as a file (NAME_FILE): container platforms mount
 * secrets as files, so that they appear in no process listing.
 */
const SECRETS = [
  'DATABASE_URL',
  'DATABASE_APP_URL',
  'DATABASE_REPLICA_URL',
  'TOKEN_KEY',
  'TOKEN_KEY_PREVIOUS',
  'SMTP_URL',
  'METRICS_TOKEN',
] as const;

/**
 * The environment with the contents of the named files in place of their names, and the complaints
 * about files that cannot be used.
 */
export function withSecretFiles(environment: NodeJS.ProcessEnv): {
  environment: NodeJS.ProcessEnv;
  complaints: string[];
} {
  const whole = { ...environment };
  const complaints: string[] = [];
  for (const name of SECRETS) {
    const file = environment[`${name}_FILE`]?.trim();
    if (!file) continue;
    if (environment[name]?.trim()) {
      complaints.push(`${name} and ${name}_FILE must not both be set.`);
      continue;
    }
    try {
      whole[name] = readFileSync(file, 'utf8').trim();
      if (!whole[name]) complaints.push(`${name}_FILE must name a file that is not empty.`);
    } catch {
      complaints.push(`${name}_FILE must name a file that can be read.`);
    }
  }
  return { environment: whole, complaints };
}
