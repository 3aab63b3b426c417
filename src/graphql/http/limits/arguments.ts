import { GraphQLError, Kind, type OperationDefinitionNode, visit } from 'graphql';

const MOST_IN_A_LIST = 500;
const LONGEST_TEXT = 10_000;

/**
 * Bounds texts and lists in the arguments of queries, in variables and in the document. Inputs of
 * mutations have their own check (schema/input-check.ts), which names the path.
 */
export function assertArgumentsFit(
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): void {
  for (const value of Object.values(variables)) assertFits(value);
  visit(operation, {
    [Kind.LIST]: ({ values }) => {
      if (values.length > MOST_IN_A_LIST) throw tooLong();
    },
    [Kind.STRING]: ({ value }) => {
      if (value.length > LONGEST_TEXT) throw tooWide();
    },
  });
}

function assertFits(value: unknown): void {
  if (typeof value === 'string') {
    if (value.length > LONGEST_TEXT) throw tooWide();
  } else if (Array.isArray(value)) {
    if (value.length > MOST_IN_A_LIST) throw tooLong();
    for (const each of value) assertFits(each);
  } else if (typeof value === 'object' && value !== null)
    for (const each of Object.values(value)) assertFits(each);
}

const refused = (message: string) =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
const tooLong = () => refused(`A list in an argument holds at most ${MOST_IN_A_LIST} values.`);
const tooWide = () => refused(`A text in an argument has at most ${LONGEST_TEXT} characters.`);
