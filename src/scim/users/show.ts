import { isId, type OwnMember, versionOf } from '../../directory/index.ts';
import { isObject, type JsonObject, own, type Projection } from '../protocol/index.ts';
import { locationOf, type Scope } from '../scope.ts';
import { userOf } from './mapping.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** A member as the provider gets to see it. */
export function showUser(scope: Scope, member: OwnMember, projection: Projection): JsonObject {
  const user = userOf(member, scope.shapes);
  user['id'] = member.id;
  user['meta'] = {
    resourceType: 'User', created: member.createdAt.toISOString(), lastModified: member.updatedAt.toISOString(),
    location: locationOf(scope, '/Users', member.id), version: versionOf(member),
  };
  if (member.teams && member.teams.length > 0) {
    user['groups'] = member.teams.map(({ id, name }) => ({ value: id, $ref: locationOf(scope, '/Groups', id), display: name, type: 'direct' }));
  }
  linkManager(scope, user);
  return projection.project(user);
}

/** A manager that could be one of ours is told with its address, unless the sender gave one. */
function linkManager(scope: Scope, user: JsonObject): void {
  const enterprise = own(user, ENTERPRISE);
  const manager = isObject(enterprise) ? own(enterprise, 'manager') : undefined;
  if (!isObject(enterprise) || !isObject(manager) || Object.hasOwn(manager, '$ref')) return;
  const id = own(manager, 'value');
  if (typeof id === 'string' && isId(id)) user[ENTERPRISE] = { ...enterprise, manager: { ...manager, $ref: locationOf(scope, '/Users', id) } };
}
