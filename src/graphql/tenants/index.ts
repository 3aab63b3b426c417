import { TenantMutations } from './mutations.ts';
import { TenantFields } from './tenant.ts';
import { WhatIf } from './what-if.ts';

/** Everything that can be asked of tenants as a whole and done with them. */
export const tenants = [TenantFields, WhatIf, TenantMutations];
