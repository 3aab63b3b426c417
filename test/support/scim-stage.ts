import { type Company, type Stage, stage } from './company.ts';
import { PUBLIC_URL, type ScimClient } from './scim-client.ts';

/** A stage with the service, where each test has a company and its provider's client. */
export interface ScimStage extends Stage {
  scene(): Promise<Scene>;
}

export interface Scene {
  company: Company;
  entra: ScimClient;
  secret: string;
}

export function scimStage(): ScimStage {
  const environment = { PUBLIC_URL, LOG_LEVEL: 'debug', DATABASE_POOL_MAX: '10' };
  return Object.assign(stage({ service: true, environment }), {
    async scene(this: ScimStage) {
      const company = await this.company();
      const entra = await company.scim();
      return { company, entra, secret: entra.token };
    },
  });
}
