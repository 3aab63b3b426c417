import { manualId, MANUAL, userId } from './people.ts';
import { type Asking, expect, random, type Workload } from './workload.ts';

interface Operation {
  /** What the service is asked; the floor knows the answer by the operation's name. */
  query: string;
  /** The same question in the words of PostGraphile's schema. */
  postgraphile: string;
  variables?: (asking: Asking) => Record<string, unknown>;
}

const graphql = (name: string, says: string, operation: Operation): Workload => ({
  name,
  says,
  clients: [1, 8, 32],
  against: name === 'G5' ? ['floor+audit', 'postgraphile'] : ['postgraphile'],
  each: async asking => {
    const query = asking.kind === 'postgraphile' ? operation.postgraphile : operation.query;
    const variables = operation.variables?.(asking) ?? {};
    const body = JSON.stringify({ operationName: name, query, variables });
    await expect(asking.connection.ask('POST', '/graphql', body, 'application/json'), 200);
  },
});

export const graphqlWorkloads: readonly Workload[] = [
  graphql('G1', '50 members with teams and role', {
    query: `
      query G1($after: String) {
        tenant {
          members(first: 50, after: $after) {
            nodes {
              id userName displayName state
              role { id name }
              teams(first: 10) { nodes { team { id name } } }
            }
          }
        }
      }`,
    postgraphile: `
      query G1 {
        allUsers(first: 50) {
          nodes {
            rowId userName displayName active
            roleByRoleId { rowId name }
            membershipsByUserId(first: 10) { nodes { groupByGroupId { rowId name } } }
          }
        }
      }`,
  }),
  graphql('G2', 'one member', {
    query: `
      query G2($id: ID!) {
        member(id: $id) { id userName displayName givenName familyName email state createdAt }
      }`,
    postgraphile: `
      query G2($id: UUID!) {
        userByRowId(rowId: $id) {
          rowId userName displayName givenName familyName email active createdAt
        }
      }`,
    variables: ({ users }) => ({ id: userId(random(users)) }),
  }),
  graphql('G3', 'search for a part of a name', {
    query: `
      query G3($query: String!) {
        tenant {
          members(first: 20, filter: { query: $query }) { nodes { id displayName userName } }
        }
      }`,
    postgraphile: `
      query G3($query: String!) {
        allUsers(first: 20, filter: { displayNameKey: { includes: $query } }) {
          nodes { rowId displayName userName }
        }
      }`,
    variables: ({ users }) => ({ query: `kafor${String(random(users)).slice(0, 4)}` }),
  }),
  graphql('G4', 'teams, their members, their teams', {
    query: `
      query G4($filter: TeamFilter) {
        tenant {
          teams(first: 10, filter: $filter) {
            nodes {
              id name
              members(first: 10) {
                nodes {
                  member { id displayName teams(first: 5) { nodes { team { id name } } } }
                }
              }
            }
          }
        }
      }`,
    postgraphile: `
      query G4 {
        allGroups(first: 10) {
          nodes {
            rowId name
            membershipsByGroupId(first: 10) {
              nodes {
                userByUserId {
                  rowId displayName
                  membershipsByUserId(first: 5) { nodes { groupByGroupId { rowId name } } }
                }
              }
            }
          }
        }
      }`,
  }),
  graphql('G5', 'edit a member', {
    query: `
      mutation G5($input: MemberUpdateInput!) {
        memberUpdate(input: $input) {
          member { id givenName displayName version }
          userErrors { code message }
        }
      }`,
    postgraphile: `
      mutation G5($input: UpdateUserByRowIdInput!) {
        updateUserByRowId(input: $input) { user { rowId givenName displayName version } }
      }`,
    variables: ({ at, kind }) => {
      const [id, givenName] = [manualId((at % MANUAL) + 1), `Given ${at}`];
      return kind === 'postgraphile'
        ? { input: { rowId: id, userPatch: { givenName, displayName: `${givenName} Okafor` } } }
        : { input: { id, givenName } };
    },
  }),
];
