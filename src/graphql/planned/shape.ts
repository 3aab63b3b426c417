import {
  type FieldNode,
  getArgumentValues,
  getNamedType,
  type GraphQLObjectType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import {
  type ConnectionShape,
  isId,
  type ListRequest,
  LISTS,
  MOST_MAPPINGS,
  NotShaped,
  type NounName,
  NOUNS,
  type ObjectShape,
  Parameter,
  type RootShape,
} from '../../directory/index.ts';
import { LIMITS } from '../http/limits/limits.ts';
import { memberCondition, type MembersArgs, memberOrders } from '../members/member-list.ts';
import { pageRequest } from '../schema/page-args.ts';
import { teamCondition, teamOrders, type TeamsArgs } from '../teams/team-list.ts';
import { fieldsOf, type Scope } from './selections.ts';

/** A statement with more parts takes longer to plan than its levels take to read. */
const MOST_FIELDS = 1_000;

/**
 * The nouns that types stand for. Fields have the names of their properties, relations and lists.
 */
const NOUN_OF: Readonly<Record<string, NounName>> = {
  Tenant: 'tenant',
  Member: 'member',
  Team: 'team',
  Role: 'role',
  RoleMapping: 'mapping',
  TeamMembership: 'membership',
  Provenance: 'provenance',
  IdentityProvider: 'provider',
};

const membersRequest = ({ filter, orderBy, ...page }: MembersArgs): ListRequest => ({
  ...pageRequest(page),
  members: filter ? memberCondition(filter) : undefined,
  membersBy: orderBy ? memberOrders(orderBy) : undefined,
});
const teamsRequest = ({ filter, orderBy, ...page }: TeamsArgs): ListRequest => ({
  ...pageRequest(page),
  teams: filter ? teamCondition(filter) : undefined,
  teamsBy: orderBy ? teamOrders(orderBy) : undefined,
});

/** What the arguments of a list ask for, by noun and field: which filter and order it takes. */
const REQUESTS: Readonly<Record<string, (args: Record<string, unknown>) => ListRequest>> = {
  'tenant.members': membersRequest,
  'tenant.teams': teamsRequest,
  'member.teams': teamsRequest,
  'team.members': membersRequest,
  'tenant.identityProviders': args => pageRequest(args),
};

/**
 * Turns an operation into a shape of the directory. Throws NotShaped for anything that no shape
 * holds. `free`: variables that are ids of objects, whose values are given when the statement runs.
 */
export function shapeOf(
  scope: Scope,
  operation: OperationDefinitionNode,
  free: readonly string[],
): RootShape {
  return new Shaper(scope, free).root(operation);
}

class Shaper {
  readonly #scope: Scope;
  readonly #free: readonly string[];
  /** The most entries that all lists together can hold. */
  #entries = 0;
  /** Fields after fragments are spread, which can be exponentially more than the document has. */
  #fields = 0;

  constructor(scope: Scope, free: readonly string[]) {
    this.#scope = scope;
    this.#free = free;
  }

  root(operation: OperationDefinitionNode): RootShape {
    const query = this.#scope.schema.getQueryType() as GraphQLObjectType;
    return this.#entriesOf(query, [operation.selectionSet], (name, nodes, type) => {
      const [node] = nodes as [FieldNode];
      if (name === 'tenant' && !hasArguments(node)) return { tenant: this.#object(type, nodes, 1) };
      if (name === 'member' || name === 'team')
        return { found: name, id: this.#id(node), shape: this.#object(type, nodes, 1) };
      throw new NotShaped();
    });
  }

  /** An object that is found by its id and nothing else. */
  #id(node: FieldNode): string | Parameter {
    const [argument, ...more] = node.arguments ?? [];
    if (argument?.name.value !== 'id' || more.length > 0) throw new NotShaped();
    const { value } = argument;
    if (value.kind === Kind.VARIABLE) {
      const at = this.#free.indexOf(value.name.value);
      if (at >= 0) return new Parameter(at);
    }
    if (value.kind !== Kind.STRING || !isId(value.value)) throw new NotShaped();
    return value.value;
  }

  #object(type: GraphQLObjectType, nodes: readonly FieldNode[], times: number): ObjectShape {
    const noun = NOUN_OF[type.name];
    if (noun === undefined) throw new NotShaped();
    const { properties, relations } = NOUNS[noun];
    return this.#entriesOf(type, selectionsOf(nodes), (name, fields, below) => {
      if (Object.hasOwn(LISTS[noun] ?? {}, name))
        return this.#list(noun, name, type, fields, times);
      if (fields.some(hasArguments)) throw new NotShaped();
      if (Object.hasOwn(properties, name)) return { property: name };
      if (Object.hasOwn(relations, name)) {
        const entries = times * (relations[name]?.all ? MOST_MAPPINGS : 1);
        if (relations[name]?.all) this.#count(entries);
        return { one: name, shape: this.#object(below, fields, entries) };
      }
      throw new NotShaped();
    });
  }

  #list(
    noun: NounName,
    name: string,
    parent: GraphQLObjectType,
    nodes: readonly FieldNode[],
    times: number,
  ): { list: string; page: ListRequest; shape: ConnectionShape } {
    const field = parent.getFields()[name]!;
    const args = getArgumentValues(field, nodes[0] as FieldNode, this.#scope.variables);
    const page = REQUESTS[`${noun}.${name}`]!(args);
    if (asksForParts(page.members) || asksForParts(page.teams)) throw new NotShaped();
    const size = page.last ?? page.first ?? LIMITS.pageSize;
    this.#count(size * times);
    const type = getNamedType(field.type) as GraphQLObjectType;
    return { list: name, page, shape: this.#connection(type, nodes, size * times) };
  }

  #count(entries: number): void {
    this.#entries += entries;
    if (this.#entries > LIMITS.entries) throw new NotShaped();
  }

  #connection(
    type: GraphQLObjectType,
    nodes: readonly FieldNode[],
    times: number,
  ): ConnectionShape {
    return this.#entriesOf(type, selectionsOf(nodes), (name, fields, below) => {
      switch (name) {
        case 'nodes':
          return { nodes: this.#object(below, fields, times) };
        case 'edges':
          return {
            edges: this.#entriesOf(below, selectionsOf(fields), (part, inner, node) =>
              part === 'cursor' ? ('cursor' as const) : this.#object(node, inner, times),
            ),
          };
        case 'pageInfo':
          return {
            pageInfo: this.#entriesOf(below, selectionsOf(fields), fact => fact as 'endCursor'),
          };
        case 'totalCount':
          return { totalCount: true as const };
        default:
          throw new NotShaped();
      }
    });
  }

  /** Each selected field of a type under its response key, `__typename` as a constant. */
  #entriesOf<Value>(
    type: GraphQLObjectType,
    selections: Parameters<typeof fieldsOf>[2],
    write: (name: string, nodes: readonly FieldNode[], type: GraphQLObjectType) => Value,
  ): { key: string; value: Value | { json: string } }[] {
    return [...fieldsOf(this.#scope, type, selections)].map(([key, nodes]) => {
      if (++this.#fields > MOST_FIELDS) throw new NotShaped();
      const name = (nodes[0] as FieldNode).name.value;
      if (name === '__typename') return { key, value: { json: JSON.stringify(type.name) } };
      const field = type.getFields()[name];
      if (!field) throw new NotShaped(); // __schema and __type
      const below = getNamedType(field.type);
      return { key, value: write(name, nodes, isObjectType(below) ? below : type) };
    });
  }
}

const selectionsOf = (nodes: readonly FieldNode[]) => nodes.map(({ selectionSet }) => selectionSet);
const hasArguments = (node: FieldNode): boolean => (node.arguments?.length ?? 0) > 0;

/** Parts of text are weighed by how common they are before they are looked for. */
function asksForParts(condition: unknown): boolean {
  if (typeof condition !== 'object' || condition === null) return false;
  if ('op' in condition && condition.op === 'contains') return true;
  return Object.values(condition).some(part =>
    Array.isArray(part) ? part.some(asksForParts) : asksForParts(part),
  );
}
