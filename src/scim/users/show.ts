import { ENTERPRISE, isId, type OwnMember } from '../../directory/index.ts';
import { isObject, type JsonObject, own, type Projection } from '../protocol/index.ts';
import { etagOf, locationOf, type Scope } from '../scope.ts';
import { userOf } from './mapping.ts';

/** A member as the provider gets to see it. */
export function showUser(scope: Scope, member: OwnMember, projection: Projection): JsonObject {
  const user = userOf(member, scope.shapes);
  user['id'] = member.id;
  user['meta'] = {
    resourceType: 'User',
    created: member.createdAt.toISOString(),
    lastModified: member.updatedAt.toISOString(),
    location: locationOf(scope, '/Users', member.id),
    version: etagOf(member),
  };
  if (member.teams && member.teams.length > 0) {
    user['groups'] = member.teams.map(({ id, name }) => ({
      value: id,
      $ref: locationOf(scope, '/Groups', id),
      display: name,
      type: 'direct',
    }));
  }
  linkManager(scope, user);
  return projection.project(user);
}

/** A manager that could be one of ours is told with its address, unless the sender gave one. */
function linkManager(scope: Scope, user: JsonObject): void {
  const manager = managerOf(user);
  const id = manager && own(manager, 'value');
  if (!manager || Object.hasOwn(manager, '$ref') || typeof id !== 'string' || !isId(id)) return;
  putManager(user, { ...manager, $ref: locationOf(scope, '/Users', id) });
}

/**
 * The address that was told comes back in the body of whoever reads, changes and puts: it is not
 * kept, but told again.
 */
export function unlinkManager(scope: Scope, user: JsonObject): JsonObject {
  const { $ref, ...manager } = managerOf(user) ?? {};
  if (typeof $ref !== 'string' || !$ref.startsWith(locationOf(scope, '/Users', ''))) return user;
  const unlinked = { ...user };
  putManager(unlinked, manager);
  return unlinked;
}

function managerOf(user: JsonObject): JsonObject | undefined {
  const enterprise = own(user, ENTERPRISE);
  const manager = isObject(enterprise) ? own(enterprise, 'manager') : undefined;
  return isObject(manager) ? manager : undefined;
}

function putManager(user: JsonObject, manager: JsonObject): void {
  user[ENTERPRISE] = { ...(user[ENTERPRISE] as JsonObject), manager };
}
