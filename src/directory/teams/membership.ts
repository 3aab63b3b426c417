import { defineEntity, p } from '@mikro-orm/postgresql';
import { ORIGINS, type Origin } from '../provenance.ts';
import * as column from '../tables/columns.ts';

/**
 * One person in one team, with its own origin: what a provider put there, only that provider takes
 * away.
 */
export const MembershipSchema = defineEntity({
  name: 'Membership',
  tableName: 'memberships',
  properties: {
    tenantId: column.tenantId(),
    teamId: p.uuid().primary(),
    memberId: p.uuid().primary(),
    /**
     * The display that the provider's group gave the member, and the display name that the member
     * had then.
     */
    display: p.text().nullable(),
    displayOf: p.text().nullable(),
    origin: p.text().$type<Origin>().default('MANUAL'),
    since: column.now(),
  },
  indexes: [{ name: 'memberships_member_idx', properties: ['tenantId', 'memberId', 'teamId'] }],
  checks: [column.oneOf('memberships_origin_known', 'origin', ORIGINS)],
});
