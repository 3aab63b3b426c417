import { TenantMutations } from './mutations.ts';
import { TenantFields } from './tenant.ts';
import { WhatIf } from './what-if.ts';

/** The resolvers of tenants as a whole. */
export const tenants = [TenantFields, WhatIf, TenantMutations];
