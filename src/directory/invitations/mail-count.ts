import { defineEntity, p } from '@mikro-orm/postgresql';
import * as column from '../tables/columns.ts';

/**
 * How many mails were asked for in an hour: to one address, or, with an empty one, by the whole
 * tenant.
 */
export const MailCountSchema = defineEntity({
  name: 'MailCount',
  tableName: 'mail_counts',
  properties: {
    tenantId: column.tenantId(),
    addressKey: p.text().primary(),
    hour: column.instant().primary(),
    mails: p.integer(),
  },
  indexes: [{ name: 'mail_counts_hour_idx', properties: ['tenantId', 'hour'] }],
});
