import { graphqlWorkloads } from './graphql-workloads.ts';
import { scimWorkloads } from './scim-workloads.ts';
import type { Workload } from './workload.ts';

export const workloads: readonly Workload[] = [...scimWorkloads, ...graphqlWorkloads];
