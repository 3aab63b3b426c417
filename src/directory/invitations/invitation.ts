import { defineEntity, p } from '@mikro-orm/postgresql';
import * as column from '../tables/columns.ts';

export const INVITATION_STATES = ['HELD', 'SENT', 'BOUNCED', 'COMPLETED'] as const;
/**
 * Its first mail is being handed over, and its link works already. To everybody who asks it is not
 * sent yet.
 */
const LEAVING = 'LEAVING';
export type InvitationState = (typeof INVITATION_STATES)[number];

/** The state of the invitation mail of a member. */
export const InvitationSchema = defineEntity({
  name: 'Invitation',
  tableName: 'invitations',
  properties: {
    tenantId: column.tenantId(),
    memberId: p.uuid().primary(),
    state: p.text().$type<InvitationState | typeof LEAVING>(),
    lastSentAt: column.instant().nullable(),
    sentCount: p.integer().default(0),
    linkDigest: p.text().nullable(),
    linkExpiresAt: column.instant().nullable(),
    deliveryError: p.text().nullable(),
    promisedDigest: p.text().nullable(),
    promisedUntil: column.instant().nullable(),
  },
  indexes: [
    {
      name: 'invitations_link_idx',
      properties: ['tenantId', 'linkDigest'],
      where: 'link_digest is not null',
    },
    {
      name: 'invitations_promised_idx',
      properties: ['tenantId', 'promisedDigest'],
      where: 'promised_digest is not null',
    },
  ],
  checks: [column.oneOf('invitations_state_known', 'state', [LEAVING, ...INVITATION_STATES])],
});
