import { defineEntity, p } from '@mikro-orm/postgresql';
import * as column from '../tables/columns.ts';

export const MESSAGE_KINDS = ['invitation'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/**
 * Word that a change owes to the outside: a row of the same transaction, delivered later, at least
 * once.
 */
export const MessageSchema = defineEntity({
  name: 'Message',
  tableName: 'outbox',
  properties: {
    tenantId: column.tenantId(),
    id: column.id(),
    kind: p.text().$type<MessageKind>(),
    payload: p.json<Record<string, unknown>>(),
    availableAt: column.now(),
    attempts: p.integer().default(0),
    lastError: p.text().nullable(),
    createdAt: column.now(),
  },
  indexes: [{ name: 'outbox_available_idx', properties: ['availableAt'] }],
});
