import { AuditEntryAdded } from '../audit/audit-entry-added.ts';
import { MemberChanged } from '../members/member-changed.ts';
import { ScimRequestSeen } from '../scim-requests/scim-request-seen.ts';

/** Everything that can be listened to. */
export const subscriptions = [MemberChanged, AuditEntryAdded, ScimRequestSeen];
