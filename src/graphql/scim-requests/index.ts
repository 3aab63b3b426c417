import { ScimRequestSeen } from './scim-request-seen.ts';
import { ScimRequestFields } from './scim-request.ts';

/** Everything that can be asked of SCIM requests. */
export const scimRequests = [ScimRequestFields, ScimRequestSeen];
