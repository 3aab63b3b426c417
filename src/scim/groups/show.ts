import type { TeamRow } from '../../directory/index.ts';
import { type JsonObject, type Projection, readProjection } from '../protocol/index.ts';
import { etagOf, locationOf, type Scope, type ScimResponse } from '../scope.ts';
import { groupOf } from './mapping.ts';

/**
 * The most members in one answer, unless a single group has more: a page may be cut short (RFC 7644
 * section 3.4.2.4).
 */
const MOST_MEMBERS = 100_000;

/** The most members of a Group in the answer to a PATCH; a larger one is answered with 204. */
const MOST_AFTER_PATCH = 100;

export const projectionOf = (scope: Scope, query: URLSearchParams): Projection =>
  readProjection(
    {
      attributes: query.get('attributes') ?? undefined,
      excludedAttributes: query.get('excludedAttributes') ?? undefined,
    },
    scope.shapes.group,
  );

export async function showGroups(
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
  if (cut === 0 && teams.length > 1) return showGroups(scope, teams.slice(0, 1), projection);
  const byTeam = Map.groupBy(members, ({ teamId }) => teamId);
  return teams
    .slice(0, cut)
    .map(team => projection.project(groupOf(scope, team, byTeam.get(team.id) ?? [])));
}

/**
 * The Group with its members; undefined when it has more than the answer to a PATCH holds, so that
 * a large group is never read for one.
 */
export async function showSmallGroup(
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

export async function groupResponse(
  scope: Scope,
  status: number,
  team: TeamRow,
  projection: Projection,
): Promise<ScimResponse> {
  const [body] = await showGroups(scope, [team], projection);
  return { ...emptyResponse(scope, status, team), ...(body && { body }) };
}

export const emptyResponse = (scope: Scope, status: number, team: TeamRow): ScimResponse => ({
  status,
  id: team.id,
  location: locationOf(scope, '/Groups', team.id),
  version: etagOf(team),
});
