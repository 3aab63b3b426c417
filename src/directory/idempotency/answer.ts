import { defineEntity, p } from '@mikro-orm/postgresql';
import * as column from '../tables/columns.ts';

/** The first answer to a mutation that carried an idempotency key, kept for a day. */
export const AnswerSchema = defineEntity({
  name: 'Answer',
  tableName: 'idempotent_answers',
  properties: {
    tenantId: column.tenantId(),
    /** The actor together with what its credential may do, as one digest. */
    actorId: p.uuid().primary(),
    key: p.text().primary(),
    fingerprint: p.text(),
    answer: p.json<Record<string, unknown>>().nullable(),
    createdAt: column.now(),
  },
  indexes: [{ name: 'idempotent_answers_created_idx', properties: ['tenantId', 'createdAt'] }],
});
