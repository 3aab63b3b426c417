import type { MemberRow, OwnMember } from '../directory/index.ts';
import { keepName } from './entra.ts';
import { notFound } from './errors.ts';
import { listResponseOf } from './lists.ts';
import {
  applyPatch,
  assertIfMatch,
  isNotModified,
  type JsonObject,
  type Projection,
  type Query,
  readPatch,
  readProjection,
  readQuery,
  readResource,
  readSearchRequest,
  replaceResource,
} from './protocol/index.ts';
import { limits } from './schemas.ts';
import {
  type ScimResponse,
  type ScimRequest,
  type Handler,
  etagOf,
  locationOf,
  prefers,
  type Scope,
} from './scope.ts';
import { memberCondition } from './users/conditions.ts';
import { factsOf, unchanged, userOf } from './users/mapping.ts';
import { memberOrders } from './users/orders.ts';
import { showUser, unlinkManager } from './users/show.ts';

/** RFC 7644 over the members that are linked to the acting provider. */
export const users = { list, search, get, create, replace, patch, remove } satisfies Record<
  string,
  Handler
>;

async function list(scope: Scope, request: ScimRequest): Promise<ScimResponse> {
  return page(scope, readQuery(request.query, scope.shapes.user, limits, scope));
}

async function search(scope: Scope, request: ScimRequest): Promise<ScimResponse> {
  return page(scope, readSearchRequest(request.body, scope.shapes.user, limits, scope));
}

export function page(scope: Scope, query: Query): Promise<ScimResponse> {
  const { directory, exchange } = scope;
  exchange.describeRequest(query.filter ? 'look up Users by a filter' : 'list the Users');
  const where = query.filter && memberCondition(query.filter, scope);
  return listResponseOf<OwnMember>(scope, query, {
    page: request =>
      directory.members.pageOfOwn({
        ...request,
        where,
        orderBy: memberOrders(query.sort),
        withTeams: showsGroups(scope, query.projection),
      }),
    count: () => directory.members.countOwn(where),
    show: async rows => rows.map(row => showUser(scope, row, query.projection)),
  });
}

async function get(scope: Scope, { id, query, ifNoneMatch }: ScimRequest): Promise<ScimResponse> {
  const projection = projectionOf(scope, query);
  scope.exchange.describeRequest(`read the User ${id}`);
  const member = await find(scope, id, showsGroups(scope, projection));
  if (!member) throw notFound();
  scope.exchange.describeRequest(`read the User ${member.displayName}`);
  scope.exchange.describeOutcome('It was sent.');
  if (isNotModified(ifNoneMatch, etagOf(member)) && !(await mayHideGroups(scope, id, projection)))
    return { status: 304, version: etagOf(member) };
  return userResponse(scope, 200, member, projection);
}

/**
 * The groups of a User are not part of its row and do not change its version. So a User that was
 * ever in a group is sent again rather than answered with 304.
 */
const mayHideGroups = async (
  { directory }: Scope,
  id: string,
  projection: Projection,
): Promise<boolean> => projection.wants('groups') && directory.members.everInTeam(id);

async function create(scope: Scope, { body, query, newId }: ScimRequest): Promise<ScimResponse> {
  const { directory, exchange, shapes } = scope;
  const projection = projectionOf(scope, query);
  exchange.describeRequest('create a User');
  const read = readResource(body, shapes.user, scope);
  exchange.noteRepairs(read);
  const facts = factsOf(unlinkManager(scope, read.resource), null);
  exchange.describeRequest(`create the User '${facts.userName}'`);
  const member = await directory.members.provision(facts, read.resource, newId);
  exchange.changed = true;
  exchange.describeOutcome(
    member.origin === 'SCIM' && member.version === 1
      ? `${member.displayName} was made a member.`
      : `${member.displayName}, who was here already, was linked, as the provider's adoption policy says.`,
  );
  return userResponse(scope, 201, member, projection);
}

/**
 * Attributes that a PUT leaves out are cleared, except `active`: leaving it out neither enables nor
 * disables a User.
 */
async function replace(scope: Scope, request: ScimRequest): Promise<ScimResponse> {
  scope.exchange.describeRequest(`replace the User ${request.id}`);
  const body = readResource(request.body, scope.shapes.user, scope);
  scope.exchange.noteRepairs(body);
  return rewrite(scope, request, 'replace', current =>
    replaceResource(current, body, scope.shapes.user),
  );
}

/** The body is judged before the User is looked for: a bad PATCH is a 400, whoever it is for. */
async function patch(scope: Scope, request: ScimRequest): Promise<ScimResponse> {
  scope.exchange.describeRequest(`change the User ${request.id}`);
  const read = readPatch(request.body, scope.shapes.user, scope);
  scope.exchange.noteRepairs(read);
  return rewrite(scope, request, 'change', current => {
    const patched = applyPatch(current, read);
    scope.exchange.noteRepairs(patched);
    return patched;
  });
}

async function remove(
  { directory, exchange }: Scope,
  { id, ifMatch }: ScimRequest,
): Promise<ScimResponse> {
  exchange.describeRequest(`delete the User ${id}`);
  await directory.change(async () => {
    const removed = await directory.members.remove(id);
    // The row was locked meanwhile and its version increased by one; If-Match is about the version
    // before.
    assertIfMatch(ifMatch, etagOf({ version: removed.version - 1 }));
    exchange.describeRequest(`delete the User ${removed.displayName}`);
  });
  exchange.changed = true;
  exchange.describeOutcome('The member was taken out; a person can bring it back for thirty days.');
  return { status: 204 };
}

type Rewriting = (current: JsonObject) => { resource: JsonObject; changed: boolean };

async function rewrite(
  scope: Scope,
  request: ScimRequest,
  verb: 'replace' | 'change',
  rewriting: Rewriting,
): Promise<ScimResponse> {
  const { directory, exchange, shapes } = scope;
  const projection = projectionOf(scope, request.query);
  let before: MemberRow | undefined;
  const isShown = !prefers(request, 'minimal') || projection.isRestricted;
  const withTeams = isShown && showsGroups(scope, projection);
  const rewritten = (member: MemberRow) => {
    before = member;
    scope.exchange.describeRequest(`${verb} the User ${member.displayName}`);
    assertIfMatch(request.ifMatch, etagOf(member));
    const { resource, changed } = rewriting(userOf(member, shapes));
    return changed
      ? factsOf(keepName(unlinkManager(scope, resource), member, exchange), member)
      : unchanged(member);
  };
  const written = await directory.members.rewrite(request.id, rewritten, { withTeams });
  exchange.changed = written.version !== before?.version;
  exchange.describeOutcome(outcome(before, written));
  return isShown
    ? userResponse(scope, 200, written, projection)
    : emptyResponse(scope, 204, written);
}

function outcome(
  before: MemberRow | undefined,
  { displayName, state, version }: MemberRow,
): string {
  if (before?.version === version)
    return `${displayName} was like that already; nothing was written.`;
  if (state === 'DISABLED' && before?.state !== 'DISABLED')
    return `${displayName} was switched off.`;
  if (state !== 'DISABLED' && before?.state === 'DISABLED')
    return `${displayName} was switched on again.`;
  return `${displayName} was updated.`;
}

const projectionOf = (scope: Scope, query: URLSearchParams): Projection =>
  readProjection(
    {
      attributes: query.get('attributes') ?? undefined,
      excludedAttributes: query.get('excludedAttributes') ?? undefined,
    },
    scope.shapes.user,
  );

/** Where groups are not accepted a User has no `groups` either. */
const showsGroups = ({ provider }: Scope, projection: Projection): boolean =>
  provider.features.acceptGroups && projection.wants('groups');

async function find(
  { directory }: Scope,
  id: string,
  withTeams: boolean,
): Promise<OwnMember | undefined> {
  return (
    await directory.members.pageOfOwn({
      where: { field: 'id', op: 'eq', value: id },
      first: 1,
      withTeams,
    })
  ).items[0]?.row;
}

function userResponse(
  scope: Scope,
  status: number,
  member: OwnMember,
  projection: Projection,
): ScimResponse {
  return { ...emptyResponse(scope, status, member), body: showUser(scope, member, projection) };
}

const emptyResponse = (
  scope: Scope,
  status: number,
  member: Pick<OwnMember, 'id' | 'version'>,
): ScimResponse => ({
  status,
  id: member.id,
  location: locationOf(scope, '/Users', member.id),
  version: etagOf(member),
});
