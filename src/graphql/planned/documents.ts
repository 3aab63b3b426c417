import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getOperationAST,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  visit,
} from 'graphql';
import { LIMITS } from '../http/limits/limits.ts';
import { documentRules } from '../http/limits/rules.ts';

/** A document that is a query, checked, with the operation that is meant. */
export interface QueryDocument {
  /** Tells documents apart in few characters. */
  serial: number;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Variables that only say which object is meant: `member(id: $id)`. */
  free: readonly string[];
}

let documents = 0;

const RULES = [...specifiedRules, ...documentRules];
/** Fields that find an object by its id. */
const FINDERS = new Set(['member', 'team']);

/**
 * The query of a request; null for anything that is no valid query, which execution says better.
 */
export function queryDocument(
  schema: GraphQLSchema,
  query: string,
  operationName: string | null,
): QueryDocument | null {
  try {
    const document = parse(query, { maxTokens: LIMITS.tokens, noLocation: true });
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== OperationTypeNode.QUERY || operation.directives?.length)
      return null;
    if (validate(schema, document, RULES, { maxErrors: 1 }).length > 0) return null;
    return {
      serial: ++documents,
      document,
      operation,
      fragments: fragmentsOf(document),
      free: freeVariables(document),
    };
  } catch {
    return null;
  }
}

const fragmentsOf = ({ definitions }: DocumentNode): Map<string, FragmentDefinitionNode> =>
  new Map(
    definitions.flatMap(definition =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );

function freeVariables(document: DocumentNode): string[] {
  const [free, shaping] = [new Set<string>(), new Set<string>()];
  visit(document, {
    VariableDefinition: ({ variable, defaultValue }) => {
      if (defaultValue) shaping.add(variable.name.value);
      return false; // its variable is no use of it
    },
    Field: ({ name, arguments: given = [] }) => {
      for (const { name: argument, value } of given)
        if (value.kind === Kind.VARIABLE && argument.value === 'id' && FINDERS.has(name.value))
          free.add(value.name.value);
    },
    Variable: (node, _key, parent, _path, ancestors) => {
      if (!isIdOfFinder(parent, ancestors.at(-2))) shaping.add(node.name.value);
    },
  });
  return [...free].filter(name => !shaping.has(name));
}

/** Whether an argument is the id of a finder: nothing else is done with a variable in it. */
function isIdOfFinder(argument: unknown, field: unknown): boolean {
  const [{ kind, name }, { name: fieldName }] = [argument, field] as [
    { kind?: string; name?: { value: string } },
    { name?: { value: string } },
  ];
  return kind === Kind.ARGUMENT && name?.value === 'id' && FINDERS.has(fieldName?.value ?? '');
}
