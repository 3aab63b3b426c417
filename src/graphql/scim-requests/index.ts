import { ScimRequestSeen } from './scim-request-seen.ts';
import { ScimRequestFields } from './scim-request.ts';

/** The resolvers of SCIM requests. */
export const scimRequests = [ScimRequestFields, ScimRequestSeen];
