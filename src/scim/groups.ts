import type { ProvisionedTeam, TeamRow, TeamStep } from '../directory/index.ts';
import { notFound } from './errors.ts';
import { teamCondition, teamOrders } from './groups/conditions.ts';
import { factsOf } from './groups/mapping.ts';
import {
  emptyResponse,
  groupResponse,
  projectionOf,
  showGroups,
  showSmallGroup,
} from './groups/show.ts';
import { displaysOf, stepsOf } from './groups/steps.ts';
import { listResponseOf } from './lists.ts';
import {
  assertIfMatch,
  isNotModified,
  type JsonObject,
  type NamedMember,
  namedMembers,
  planGroupPatch,
  type Query,
  readPatch,
  readQuery,
  readResource,
  readSearchRequest,
  ScimError,
} from './protocol/index.ts';
import { limits } from './schemas.ts';
import {
  type ScimResponse,
  type ScimRequest,
  type Handler,
  etagOf,
  prefers,
  type Scope,
} from './scope.ts';

/** RFC 7644 over the teams that are linked to the acting provider. */
export const groups = {
  list,
  search,
  get,
  create: writing(create),
  replace: writing(replace),
  patch: writing(patch),
  remove: writing(remove),
} satisfies Record<string, Handler>;

async function list(scope: Scope, request: ScimRequest): Promise<ScimResponse> {
  return page(scope, readQuery(request.query, scope.shapes.group, limits, scope));
}

async function search(scope: Scope, request: ScimRequest): Promise<ScimResponse> {
  return page(scope, readSearchRequest(request.body, scope.shapes.group, limits, scope));
}

const accepts = ({ provider }: Scope): boolean => provider.features.acceptGroups;

/**
 * Lists Groups. Where groups are switched off the list is empty instead of an error: clients would
 * take an error for an incompatible service.
 */
export function page(scope: Scope, query: Query): Promise<ScimResponse> {
  const { directory, exchange } = scope;
  exchange.describeRequest(query.filter ? 'look up Groups by a filter' : 'list the Groups');
  const filter = query.filter && teamCondition(query.filter, scope);
  const where = accepts(scope) ? filter : { or: [] };
  return listResponseOf<TeamRow>(scope, query, {
    page: request => directory.teams.page({ ...request, where, orderBy: teamOrders(query.sort) }),
    count: () => directory.teams.count(where),
    show: rows => showGroups(scope, rows, query.projection),
  });
}

async function get(scope: Scope, { id, query, ifNoneMatch }: ScimRequest): Promise<ScimResponse> {
  const projection = projectionOf(scope, query);
  scope.exchange.describeRequest(`read the Group ${id}`);
  const team = await find(scope, id);
  scope.exchange.describeRequest(`read the Group ${team.name}`);
  scope.exchange.describeOutcome('It was sent.');
  if (isNotModified(ifNoneMatch, etagOf(team))) return { status: 304, version: etagOf(team) };
  return groupResponse(scope, 200, team, projection);
}

async function create(scope: Scope, { body, query, newId }: ScimRequest): Promise<ScimResponse> {
  const { directory, exchange, shapes } = scope;
  const projection = projectionOf(scope, query);
  exchange.describeRequest('create a Group');
  const read = readResource(body, shapes.group, scope);
  exchange.noteRepairs(read);
  const facts = { externalId: null, ...factsOf(read.resource) } as ProvisionedTeam;
  exchange.describeRequest(`create the Group '${facts.name}'`);
  const { members: _, ...sent } = read.resource;
  const inside = membersIn(read.resource) ?? [];
  const team = await directory.teams.provision(facts, idsOf(inside), sent, {
    id: newId,
    displays: displaysOf(inside),
  });
  exchange.changed = true;
  exchange.describeOutcome(
    team.origin === 'SCIM' && team.version === 1
      ? `${team.name} was made.`
      : `${team.name}, which was here already, was linked, as the provider's adoption policy says.`,
  );
  return groupResponse(scope, 201, team, projection);
}

/** Replaces the members too, if the body names them: some clients PUT a name without members. */
async function replace(scope: Scope, request: ScimRequest): Promise<ScimResponse> {
  scope.exchange.describeRequest(`replace the Group ${request.id}`);
  const body = readResource(request.body, scope.shapes.group, scope);
  scope.exchange.noteRepairs(body);
  const sent = body.changes.some(({ on }) => on.attribute.name === 'members')
    ? (membersIn(body.resource) ?? [])
    : undefined;
  const steps: TeamStep[] = [
    { kind: 'rename', team: { externalId: null, ...factsOf(body.resource) } },
  ];
  if (sent) steps.push({ kind: 'replace', memberIds: idsOf(sent), displays: displaysOf(sent) });
  return apply(scope, request, steps, 'whole');
}

/**
 * Applies a PATCH without reading the members of the group, so its cost does not grow with the
 * group; the answer reads a hundred at most.
 */
async function patch(scope: Scope, request: ScimRequest): Promise<ScimResponse> {
  scope.exchange.describeRequest(`change the Group ${request.id}`);
  const plan = planGroupPatch(readPatch(request.body, scope.shapes.group, scope));
  scope.exchange.noteRepairs(plan);
  return apply(scope, request, await stepsOf(scope, request.id, plan.effects));
}

async function remove(scope: Scope, { id, ifMatch }: ScimRequest): Promise<ScimResponse> {
  const { directory, exchange } = scope;
  exchange.describeRequest(`delete the Group ${id}`);
  if (ifMatch !== undefined) assertIfMatch(ifMatch, etagOf(await find(scope, id)));
  const removed = await directory.teams.remove(id);
  exchange.describeRequest(`delete the Group ${removed.name}`);
  exchange.changed = true;
  exchange.describeOutcome('The team was deleted.');
  return { status: 204 };
}

async function apply(
  scope: Scope,
  request: ScimRequest,
  steps: readonly TeamStep[],
  size: 'whole' | 'small' = 'small',
): Promise<ScimResponse> {
  const { directory, exchange } = scope;
  const projection = projectionOf(scope, request.query);
  let before: TeamRow | undefined;
  const team = await directory.teams.apply(request.id, steps, {
    precondition(held) {
      before = held;
      exchange.describeRequest(
        `${request.method === 'PUT' ? 'replace' : 'change'} the Group ${held.name}`,
      );
      assertIfMatch(request.ifMatch, etagOf(held));
    },
  });
  exchange.changed = team.version !== before?.version;
  exchange.describeOutcome(
    exchange.changed
      ? `${team.name} was changed.`
      : `${team.name} was like that already; nothing was written.`,
  );
  if (projection.isRestricted || prefers(request, 'representation'))
    return groupResponse(scope, 200, team, projection);
  const nothing = emptyResponse(scope, 204, team);
  if (prefers(request, 'minimal')) return nothing;
  if (size === 'whole') return groupResponse(scope, 200, team, projection);
  const body = await showSmallGroup(scope, team, projection);
  return body ? { ...nothing, status: 200, body } : nothing;
}

/** A provider whose groups are not wanted is told so before anything else is looked at. */
function writing(handler: Handler): Handler {
  return async (scope, request) => {
    if (!accepts(scope)) {
      scope.exchange.expected = true;
      throw new ScimError(403, 'This directory does not accept groups from this provider.');
    }
    return handler(scope, request);
  };
}

function membersIn(group: JsonObject): NamedMember[] | undefined {
  const { members } = group;
  return Array.isArray(members) ? namedMembers(members) : undefined;
}

const idsOf = (members: readonly NamedMember[]): string[] => members.map(({ id }) => id);

async function find(scope: Scope, id: string): Promise<TeamRow> {
  const team = accepts(scope) ? await scope.directory.teams.get(id) : null;
  if (!team) throw notFound();
  return team;
}
