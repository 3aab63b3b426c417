import type { IncomingMessage } from 'node:http';
import type {
  ExecutionArgs,
  FormattedExecutionResult,
  GraphQLError,
  GraphQLFormattedError,
  GraphQLSchema,
} from 'graphql';
import type { Context } from '../context.ts';
import type { Budget } from '../limits/budget.ts';
import { type Asked, prepare } from './prepare.ts';

export interface StreamParts {
  schema: GraphQLSchema;
  budget: Budget;
  /** The context of whoever holds the credential, and until when; null for nobody. */
  enter: (
    credential: string | null,
    request: IncomingMessage,
    leaving: AbortSignal,
  ) => Promise<Context | null>;
  /** What may be said of an error; faults are logged on the way. */
  say: (error: GraphQLError) => GraphQLFormattedError;
}

/** What both ways of streaming share: one set of checks before, one way of saying errors after. */
export class Streams {
  readonly #parts: StreamParts;

  constructor(parts: StreamParts) {
    this.#parts = parts;
  }

  enter(...asked: Parameters<StreamParts['enter']>): Promise<Context | null> {
    return this.#parts.enter(...asked);
  }

  open(context: Context, asked: Asked): ExecutionArgs | readonly GraphQLError[] {
    return prepare(this.#parts.schema, this.#parts.budget, context, asked);
  }

  said(result: {
    data?: unknown;
    errors?: readonly GraphQLError[] | undefined;
  }): FormattedExecutionResult {
    const { errors, ...rest } = result;
    return { ...rest, ...(errors && { errors: this.refused(errors) }) } as FormattedExecutionResult;
  }

  refused(errors: readonly GraphQLError[]): GraphQLFormattedError[] {
    return errors.map(error => this.#parts.say(error));
  }
}
