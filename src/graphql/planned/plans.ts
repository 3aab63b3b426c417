import { getVariableValues, GraphQLError, type GraphQLSchema } from 'graphql';
import {
  type Directory,
  isId,
  NotShaped,
  Refusal,
  type ShapedStatement,
  shapedStatement,
} from '../../directory/index.ts';
import { assertArgumentsFit } from '../http/limits/arguments.ts';
import { LIMITS } from '../http/limits/limits.ts';
import { priceOf } from '../http/limits/price.ts';
import { type QueryDocument, queryDocument } from './documents.ts';
import type { QueryRequest } from './query-request.ts';
import { Recent } from './recent.ts';
import { shapeOf } from './shape.ts';

/** A query as one statement, and what it costs. */
export interface Plan {
  statement: ShapedStatement;
  cost: number;
  operationName: string | undefined;
}

/**
 * Characters of documents that are kept parsed; the tree of one takes some thirty times as much.
 */
const DOCUMENTS = 500_000;
/** A document with more characters is executed, and displaces no other. */
const LONGEST_DOCUMENT = 50_000;
/** Characters of plans that are kept, with their parameters. */
const PLANS = 8_000_000;

/**
 * Plans of queries, those that were used last, by document and, since a plan names its tenant and
 * the size of its pages, by tenant and variables. Ids of objects are no part of the key: they are
 * given to the statement.
 */
export class Plans {
  readonly #schema: GraphQLSchema;
  readonly #documents = new Recent<QueryDocument | null>(DOCUMENTS, () => 0);
  readonly #plans = new Recent<Plan | null>(PLANS, sizeOf);

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** The plan and the values of its parameters; null for a query that has no plan. */
  planFor(
    directory: Directory,
    { query, operationName, variables }: QueryRequest,
  ): { plan: Plan; values: readonly unknown[] } | null {
    if (query.length > LONGEST_DOCUMENT) return null;
    const text = `${operationName ?? ''}\n${query}`;
    const document = this.#documents.get(text, () =>
      queryDocument(this.#schema, query, operationName),
    );
    if (!document) return null;
    const { free } = document;
    const values = free.map(name => variables[name]);
    if (!values.every(value => typeof value === 'string' && isId(value))) return null;
    const shaping = Object.entries(variables).filter(([name]) => !free.includes(name));
    const plan = this.#plans.get(
      `${document.serial} ${directory.tenantId} ${JSON.stringify(shaping)}`,
      () => this.#plan(directory, document, variables),
    );
    return plan && { plan, values };
  }

  #plan(
    directory: Directory,
    { operation, fragments, free }: QueryDocument,
    variables: Readonly<Record<string, unknown>>,
  ): Plan | null {
    try {
      assertArgumentsFit(operation, variables);
      const { coerced } = getVariableValues(
        this.#schema,
        operation.variableDefinitions ?? [],
        variables,
      );
      if (!coerced) return null;
      const scope = { schema: this.#schema, fragments, variables: coerced };
      const cost = priceOf({ schema: this.#schema, operation, fragments, variables: coerced });
      if (cost > LIMITS.operationCost) return null;
      const statement = shapedStatement(directory, shapeOf(scope, operation, free));
      return { statement, cost, operationName: operation.name?.value };
    } catch (reason) {
      // Execution answers what has no shape, and says what is wrong with an argument.
      if (
        reason instanceof NotShaped ||
        reason instanceof Refusal ||
        reason instanceof GraphQLError
      )
        return null;
      throw reason;
    }
  }
}

function sizeOf(plan: Plan | null): number {
  if (plan === null) return 0;
  const { sql, parameters } = plan.statement;
  return sql.length + JSON.stringify(parameters).length;
}
