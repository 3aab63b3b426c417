import type { ProvisionedTeam, TeamRow, TeamStep } from '../directory/index.ts';
import { notFound } from './errors.ts';
import { teamCondition, teamOrders } from './groups/conditions.ts';
import { factsOf, groupOf } from './groups/mapping.ts';
import { displaysOf, stepsOf } from './groups/steps.ts';
import { listOf } from './lists.ts';
import {
  assertIfMatch,
  isNotModified,
  type JsonObject,
  type NamedMember,
  namedMembers,
  planGroupPatch,
  type Projection,
  type Query,
  readPatch,
  readProjection,
  readQuery,
  readResource,
  readSearchRequest,
  ScimError,
} from './protocol/index.ts';
import { limits } from './schemas.ts';
import {
  type Answer,
  type Asked,
  type Handler,
  etagOf,
  locationOf,
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

/** One answer holds no more members than this, unless one group alone does: a page may be cut short (RFC 7644 section 3.4.2.4). */
const MOST_MEMBERS = 100_000;

/** A PATCH is answered with the Group up to this many members; above that with 204 (clients that want it say so). */
const MOST_AFTER_PATCH = 100;

async function list(scope: Scope, asked: Asked): Promise<Answer> {
  return page(scope, readQuery(asked.query, scope.shapes.group, limits, scope));
}

async function search(scope: Scope, asked: Asked): Promise<Answer> {
  return page(scope, readSearchRequest(asked.body, scope.shapes.group, limits, scope));
}

/** Where groups are switched off there are none: a client that were told more would take the whole service for incompatible. */
export function page(scope: Scope, query: Query): Promise<Answer> {
  const { directory, exchange } = scope;
  exchange.wants(query.filter ? 'look up Groups by a filter' : 'list the Groups');
  const asked = query.filter && teamCondition(query.filter, scope);
  const where = accepts(scope) ? asked : { or: [] };
  return listOf<TeamRow>(scope, query, {
    page: request => directory.teams.page({ ...request, where, orderBy: teamOrders(query.sort) }),
    count: () => directory.teams.count(where),
    show: rows => show(scope, rows, query.projection),
  });
}

async function get(scope: Scope, { id, query, ifNoneMatch }: Asked): Promise<Answer> {
  const projection = projectionOf(scope, query);
  scope.exchange.wants(`read the Group ${id}`);
  const team = await find(scope, id);
  scope.exchange.wants(`read the Group ${team.name}`);
  scope.exchange.did('It was sent.');
  if (isNotModified(ifNoneMatch, etagOf(team))) return { status: 304, version: etagOf(team) };
  return said(scope, 200, team, projection);
}

async function create(scope: Scope, { body, query, newId }: Asked): Promise<Answer> {
  const { directory, exchange, shapes } = scope;
  const projection = projectionOf(scope, query);
  exchange.wants('create a Group');
  const read = readResource(body, shapes.group, scope);
  exchange.tolerated(read);
  const facts = { externalId: null, ...factsOf(read.resource) } as ProvisionedTeam;
  exchange.wants(`create the Group '${facts.name}'`);
  const { members: _, ...sent } = read.resource;
  const inside = membersIn(read.resource) ?? [];
  const team = await directory.teams.provision(facts, idsOf(inside), sent, {
    id: newId,
    displays: displaysOf(inside),
  });
  exchange.changed = true;
  exchange.did(
    team.origin === 'SCIM' && team.version === 1
      ? `${team.name} was made.`
      : `${team.name}, which was here already, was linked, as the provider's adoption policy says.`,
  );
  return said(scope, 201, team, projection);
}

/** A PUT says who is in the group; one that does not mention members leaves them as they are: clients put names without them. */
async function replace(scope: Scope, asked: Asked): Promise<Answer> {
  scope.exchange.wants(`replace the Group ${asked.id}`);
  const body = readResource(asked.body, scope.shapes.group, scope);
  scope.exchange.tolerated(body);
  const said = body.changes.some(({ on }) => on.attribute.name === 'members')
    ? (membersIn(body.resource) ?? [])
    : undefined;
  const steps: TeamStep[] = [
    { kind: 'rename', team: { externalId: null, ...factsOf(body.resource) } },
  ];
  if (said) steps.push({ kind: 'replace', memberIds: idsOf(said), displays: displaysOf(said) });
  return apply(scope, asked, steps, 'whole');
}

/** What a PATCH does is said without reading who is in the group: its size does not matter. The answer reads a hundred members at most. */
async function patch(scope: Scope, asked: Asked): Promise<Answer> {
  scope.exchange.wants(`change the Group ${asked.id}`);
  const plan = planGroupPatch(readPatch(asked.body, scope.shapes.group, scope));
  scope.exchange.tolerated(plan);
  return apply(scope, asked, await stepsOf(scope, asked.id, plan.effects));
}

async function remove(scope: Scope, { id, ifMatch }: Asked): Promise<Answer> {
  const { directory, exchange } = scope;
  exchange.wants(`delete the Group ${id}`);
  if (ifMatch !== undefined) assertIfMatch(ifMatch, etagOf(await find(scope, id)));
  const removed = await directory.teams.remove(id);
  exchange.wants(`delete the Group ${removed.name}`);
  exchange.changed = true;
  exchange.did('The team was deleted.');
  return { status: 204 };
}

async function apply(
  scope: Scope,
  asked: Asked,
  steps: readonly TeamStep[],
  size: 'whole' | 'small' = 'small',
): Promise<Answer> {
  const { directory, exchange } = scope;
  const projection = projectionOf(scope, asked.query);
  let before: TeamRow | undefined;
  const team = await directory.teams.apply(asked.id, steps, {
    judge(held) {
      before = held;
      exchange.wants(`${asked.method === 'PUT' ? 'replace' : 'change'} the Group ${held.name}`);
      assertIfMatch(asked.ifMatch, etagOf(held));
    },
  });
  exchange.changed = team.version !== before?.version;
  exchange.did(
    exchange.changed
      ? `${team.name} was changed.`
      : `${team.name} was like that already; nothing was written.`,
  );
  if (projection.isRestricted || prefers(asked, 'representation'))
    return said(scope, 200, team, projection);
  const nothing = answerOf(scope, 204, team);
  if (prefers(asked, 'minimal')) return nothing;
  if (size === 'whole') return said(scope, 200, team, projection);
  const body = await showSmall(scope, team, projection);
  return body ? { ...nothing, status: 200, body } : nothing;
}

/** A provider whose groups are not wanted is told so before anything else is looked at. */
function writing(handler: Handler): Handler {
  return async (scope, asked) => {
    if (!accepts(scope)) {
      scope.exchange.expected = true;
      throw new ScimError(403, 'This directory does not accept groups from this provider.');
    }
    return handler(scope, asked);
  };
}

const accepts = ({ provider }: Scope): boolean => provider.features.acceptGroups;

function membersIn(group: JsonObject): NamedMember[] | undefined {
  const { members } = group;
  return Array.isArray(members) ? namedMembers(members) : undefined;
}

const idsOf = (members: readonly NamedMember[]): string[] => members.map(({ id }) => id);

const projectionOf = (scope: Scope, query: URLSearchParams): Projection =>
  readProjection(
    {
      attributes: query.get('attributes') ?? undefined,
      excludedAttributes: query.get('excludedAttributes') ?? undefined,
    },
    scope.shapes.group,
  );

async function find(scope: Scope, id: string): Promise<TeamRow> {
  const team = accepts(scope) ? await scope.directory.teams.get(id) : null;
  if (!team) throw notFound();
  return team;
}

async function show(
  scope: Scope,
  teams: readonly TeamRow[],
  projection: Projection,
): Promise<JsonObject[]> {
  if (!projection.wants('members'))
    return teams.map(team => projection.project(groupOf(scope, team)));
  const { members, cut: isCut } = await scope.directory.teams.membersOfOwn(
    teams.map(({ id }) => id),
    teams.length === 1 ? Number.MAX_SAFE_INTEGER : MOST_MEMBERS,
  );
  const cut =
    isCut && teams.length > 1
      ? Math.max(
          0,
          teams.findIndex(({ id }) => id === members.at(-1)?.teamId),
        )
      : teams.length;
  if (cut === 0 && teams.length > 1) return show(scope, teams.slice(0, 1), projection);
  const byTeam = Map.groupBy(members, ({ teamId }) => teamId);
  return teams
    .slice(0, cut)
    .map(team => projection.project(groupOf(scope, team, byTeam.get(team.id) ?? [])));
}

/** The Group with its members, unless it has more than a PATCH is answered with: a large group is never read to answer one. */
async function showSmall(
  scope: Scope,
  team: TeamRow,
  projection: Projection,
): Promise<JsonObject | undefined> {
  const { members, cut } = await scope.directory.teams.membersOfOwn(
    [team.id],
    MOST_AFTER_PATCH + 1,
  );
  return cut ? undefined : projection.project(groupOf(scope, team, members));
}

async function said(
  scope: Scope,
  status: number,
  team: TeamRow,
  projection: Projection,
): Promise<Answer> {
  const [body] = await show(scope, [team], projection);
  return { ...answerOf(scope, status, team), ...(body && { body }) };
}

const answerOf = (scope: Scope, status: number, team: TeamRow): Answer => ({
  status,
  id: team.id,
  location: locationOf(scope, '/Groups', team.id),
  version: etagOf(team),
});
