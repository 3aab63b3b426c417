import { defineEntity, p } from '@mikro-orm/postgresql';
import { ORIGINS, type Origin } from '../provenance.ts';
import * as column from '../tables/columns.ts';

/** A group of members. Linked to a provider's group the way a member is linked to an account. */
export const TeamSchema = defineEntity({
  name: 'Team',
  tableName: 'teams',
  properties: {
    tenantId: column.tenantId(),
    id: column.id(),
    name: p.text(),
    nameKey: column.folded('name'),
    origin: p.text().$type<Origin>().default('MANUAL'),
    originProviderId: p.uuid().nullable(),
    providerId: p.uuid().nullable(),
    externalId: p.text().nullable(),
    linkId: p.uuid().nullable(),
    version: column.version(),
    createdAt: column.now(),
    updatedAt: column.now(),
  },
  indexes: [
    { name: 'teams_name_idx', properties: ['tenantId', 'nameKey', 'id'] },
    {
      name: 'teams_provider_idx',
      properties: ['tenantId', 'providerId', 'id'],
      where: 'provider_id is not null',
    },
    { name: 'teams_link_idx', properties: ['tenantId', 'linkId'], where: 'link_id is not null' },
    {
      name: 'teams_external_id_idx',
      properties: ['tenantId', 'providerId', 'externalId'],
      where: 'provider_id is not null',
    },
  ],
  uniques: [
    {
      name: 'teams_name_key',
      properties: ['tenantId', 'nameKey'],
      where: `origin = 'MANUAL' or provider_id is not null`,
    },
  ],
  checks: [column.oneOf('teams_origin_known', 'origin', ORIGINS)],
});
