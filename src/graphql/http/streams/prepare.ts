import {
  type DocumentNode,
  type ExecutionArgs,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { Context } from '../../context.ts';
import { withoutSuggestions } from '../../errors.ts';
import { charge } from '../limits/charge.ts';
import type { Budget } from '../limits/budget.ts';
import { LIMITS } from '../limits/limits.ts';
import { documentRules } from '../limits/rules.ts';

/** The request that opens a stream. */
export interface StreamRequest {
  query: string;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
}

const RULES = [...specifiedRules, ...documentRules];

/**
 * Parses, validates and prices a subscription, as Apollo does with a query over HTTP. Other
 * operations are refused.
 */
export function prepare(
  schema: GraphQLSchema,
  budget: Budget,
  context: Context,
  request: StreamRequest,
): ExecutionArgs | readonly GraphQLError[] {
  try {
    const document = parse(request.query, { maxTokens: LIMITS.tokens });
    const mistakes = validate(schema, document, RULES, { maxErrors: 20 });
    if (mistakes.length > 0) return mistakes.map(validationError);
    return executionArgs(schema, budget, context, document, request);
  } catch (refused) {
    if (refused instanceof GraphQLError) return [refused];
    throw refused;
  }
}

function executionArgs(
  schema: GraphQLSchema,
  budget: Budget,
  context: Context,
  document: DocumentNode,
  { operationName, variables }: StreamRequest,
): ExecutionArgs {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.SUBSCRIPTION)
    throw new GraphQLError('Streams carry subscriptions; send queries and mutations with POST.', {
      extensions: { code: 'BAD_REQUEST' },
    });
  charge(context, budget, schema, document, operation, variables ?? {});
  return {
    schema,
    document,
    contextValue: context,
    ...(operationName && { operationName }),
    ...(variables && { variableValues: variables }),
  };
}

function validationError(mistake: GraphQLError): GraphQLError {
  return new GraphQLError(withoutSuggestions(mistake.message), {
    nodes: mistake.nodes ?? null,
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
  });
}
