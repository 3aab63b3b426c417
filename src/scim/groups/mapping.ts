import {
  assertFits,
  type ProvisionedTeam,
  type TeamField,
  type TeamRow,
  type TeamSortField,
} from '../../directory/index.ts';
import type { Json, JsonObject } from '../protocol/index.ts';
import { etagOf, locationOf, type Scope } from '../scope.ts';

interface Mapped {
  field: TeamField;
  sort: TeamSortField;
  name: keyof ProvisionedTeam;
  read: (team: TeamRow) => Json | undefined;
}

/** The attributes of a Group that the directory keeps; who is in it is told beside them. */
export const mapped: Readonly<Record<string, Mapped>> = {
  displayName: { field: 'name', sort: 'name', name: 'name', read: team => team.name },
  externalId: {
    field: 'externalId',
    sort: 'externalId',
    name: 'externalId',
    read: team => team.externalId ?? undefined,
  },
};

/** The team's facts in a Group; attributes that it does not mention are left out. */
export function factsOf(group: JsonObject): Partial<ProvisionedTeam> {
  const facts: { name?: string; externalId?: string | null } = {};
  for (const [path, { name }] of Object.entries(mapped)) {
    const value = group[path];
    if (value === undefined || (value === null && name === 'name')) continue;
    if (typeof value === 'string') assertFits(path, value);
    facts[name] = value as string;
  }
  return facts;
}

/** A team as a Group. Without `members` it says nothing of who is in it. */
export function groupOf(
  scope: Scope,
  team: TeamRow,
  members?: readonly { id: string; display: string }[],
): JsonObject {
  const group: JsonObject = { schemas: [scope.shapes.group.core.id], id: team.id };
  for (const [path, { read }] of Object.entries(mapped)) {
    const value = read(team);
    if (value !== undefined) group[path] = value;
  }
  if (members)
    group['members'] = members.map(({ id, display }) => ({
      value: id,
      $ref: locationOf(scope, '/Users', id),
      display,
      type: 'User',
    }));
  group['meta'] = {
    resourceType: 'Group',
    created: team.createdAt.toISOString(),
    lastModified: team.updatedAt.toISOString(),
    location: locationOf(scope, '/Groups', team.id),
    version: etagOf(team),
  };
  return group;
}
