import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  valueFromASTUntyped,
} from 'graphql';
import type { Context } from '../../context.ts';
import { assertArgumentsFit } from './arguments.ts';
import { type Budget, payerOf } from './budget.ts';
import { isPriceQuery } from './dry-run.ts';
import { limitExceeded } from './limit-exceeded.ts';
import { LIMITS } from './limits.ts';
import { type PricedOperation, priceOf } from './price.ts';

/**
 * Prices an operation and takes the price from the caller's budget, or refuses it. `priceOnly`: the
 * operation asks for its price alone.
 */
export function charge(
  context: Context,
  budget: Budget,
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): { priceOnly: boolean } {
  if (operation.operation !== OperationTypeNode.MUTATION) assertArgumentsFit(operation, variables);
  const operationToPrice: PricedOperation = {
    schema,
    operation,
    fragments: fragmentsOf(document),
    variables: withDefaults(operation, variables),
  };
  const cost = priceOf(operationToPrice);
  const payer = payerOf(context.actor);
  if (isPriceQuery(operationToPrice)) {
    context.cost = budget.quote(payer, cost);
    return { priceOnly: true };
  }
  if (cost > LIMITS.operationCost) {
    throw limitExceeded(
      `This operation costs ${cost} points; at most ${LIMITS.operationCost} are answered. ` +
        'Ask for smaller pages or fewer levels.',
      'QUERY_TOO_EXPENSIVE',
      400,
      { cost, limit: LIMITS.operationCost },
    );
  }
  context.cost = budget.pay(payer, cost);
  return { priceOnly: false };
}

function fragmentsOf(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions.flatMap(definition =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
}

function withDefaults(
  { variableDefinitions }: OperationDefinitionNode,
  variables: Record<string, unknown>,
): Record<string, unknown> {
  const defaults = (variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
    defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
  );
  return { ...Object.fromEntries(defaults), ...variables };
}
