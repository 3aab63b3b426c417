import {
  Actor,
  createDemoCompany,
  createFirstTenant,
  Directory,
  type Permission,
  type ProviderRow,
} from '../../src/directory/index.ts';
import { openStage, type Stage } from '../support/company.ts';

export const PUBLIC_URL = 'https://directory.example.com';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: Record<string, unknown>;
}

/**
 * A company whose records are reached over real HTTP, and a stranger's company in the same
 * database.
 */
export interface Company extends Pick<Stage, 'database' | 'flush' | 'stop'> {
  system: Directory;
  stranger: Directory;
  /** The log. */
  log(): string;
  send(
    path: string,
    request?: { method?: string; headers?: object; body?: string },
  ): Promise<Answer>;
  /** A token with these permissions, of nobody in particular. */
  token(permissions: readonly Permission[], directory?: Directory): Promise<string>;
  /** The directory in the hands of a provider. */
  entra(provider: ProviderRow): Directory;
}

export async function startCompany(environment: Record<string, string> = {}): Promise<Company> {
  const here = await openStage({
    service: true,
    // A proxy in front, so that each request can come from an address of its own: only the limit
    // of the credential is met.
    environment: { PUBLIC_URL, LOG_LEVEL: 'debug', TRUST_PROXY: '1', ...environment },
  });
  const { store, database, lines } = here;
  const system = await createDemoCompany(store);
  const stranger = await createFirstTenant(store, {
    tenant: 'Elsewhere',
    userName: 'eve@elsewhere.example',
    givenName: 'Eve',
    familyName: 'Else',
  });
  let sent = 0;
  return {
    database,
    system,
    stranger,
    flush: () => here.flush(),
    stop: () => here.stop(),
    log: () => lines.map(line => JSON.stringify(line)).join(''),
    async send(path, { headers, ...request } = {}) {
      const answer = await fetch(here.origin + path, {
        ...request,
        headers: { ...headers, 'x-forwarded-for': `10.0.${sent >> 8}.${sent++ & 255}` },
      });
      const text = await answer.text();
      return {
        status: answer.status,
        headers: answer.headers,
        text,
        json: (text ? JSON.parse(text) : {}) as Record<string, unknown>,
      };
    },
    async token(permissions, directory = system) {
      return (
        await directory.credentials.createToken({
          name: `with ${permissions.join(' ')}`,
          kind: 'SERVICE',
          permissions,
        })
      ).secret;
    },
    entra: provider =>
      new Directory(
        store,
        new Actor({
          tenantId: system.tenantId,
          record: { kind: 'provider', name: provider.name, providerId: provider.id },
          permissions: ['SCIM_INTEGRATE'],
        }),
        { correlationId: 'entra' },
      ),
  };
}

export const person = (userName: string) => ({
  userName,
  email: userName,
  givenName: 'Ann',
  familyName: 'Example',
  displayName: 'Ann Example',
  active: true,
  externalId: userName,
  profile: {},
  pushedRoles: [],
});
