import { AuditEntryAdded } from './audit-entry-added.ts';
import { AuditEntryFields } from './audit-entry.ts';
import { AuditQueries } from './queries.ts';

/** The resolvers of the audit log. */
export const audit = [AuditEntryFields, AuditQueries, AuditEntryAdded];
