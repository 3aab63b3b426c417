import type { IncomingMessage } from 'node:http';
import {
  createSourceEventStream,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { Draw } from '../../../platform/http/index.ts';
import type { Context } from '../../context.ts';
import { catchUp } from '../catch-up.ts';
import { drawFor } from '../limits/allowance.ts';
import { type Budget, payerOf } from '../limits/budget.ts';
import { limitExceeded } from '../limits/limit-exceeded.ts';
import { LIMITS } from '../limits/limits.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { prepare, type StreamRequest } from './prepare.ts';

export interface StreamParts {
  schema: GraphQLSchema;
  budget: Budget;
  draw?: Draw | undefined;
  /** The context for a credential, valid until the signal; null without a valid one. */
  contextFor: (
    credential: string | null,
    request: IncomingMessage,
    closed: AbortSignal,
  ) => Promise<Context | null>;
  /** Formats an error for the client; faults are logged on the way. */
  renderError: (error: GraphQLError) => GraphQLFormattedError;
}

/**
 * What WebSockets and event streams share: the checks before a subscription starts, its execution,
 * and the format of its errors.
 */
export class Streams {
  readonly #parts: StreamParts;
  readonly #limit = new ConcurrencyLimit(LIMITS.streams);

  constructor(parts: StreamParts) {
    this.#parts = parts;
  }

  contextFor(...caller: Parameters<StreamParts['contextFor']>): Promise<Context | null> {
    return this.#parts.contextFor(...caller);
  }

  /**
   * Checks a request for a stream. `counted`: the HTTP request that carries it was drawn from the
   * allowance already.
   */
  open(
    context: Context,
    request: StreamRequest,
    { counted = false } = {},
  ): ExecutionArgs | readonly GraphQLError[] {
    try {
      if (!counted) drawFor(context.actor, this.#parts.draw);
    } catch (refusal) {
      if (refusal instanceof GraphQLError) return [refusal];
      throw refusal;
    }
    return prepare(this.#parts.schema, this.#parts.budget, context, request);
  }

  /** The results of a subscription. One beyond the account's limit gets an error and ends. */
  async subscribe(args: ExecutionArgs): Promise<AsyncGenerator<ExecutionResult, void>> {
    const context = args.contextValue as Context;
    const release = this.#limit.take(payerOf(context.actor));
    if (!release)
      return singleResult({
        errors: [
          limitExceeded(`At most ${LIMITS.streams} streams at a time.`, 'RATE_LIMITED', 429),
        ],
      });
    try {
      const events = await context.inTurn(async () => createSourceEventStream(args));
      if (Symbol.asyncIterator in events)
        return closingOnReturn(this.#results(events, args, context, release), context, release);
      release();
      return singleResult(events);
    } catch (fault) {
      release();
      if (fault instanceof GraphQLError) return singleResult({ errors: [fault] });
      throw fault;
    }
  }

  /**
   * Executes the selection for each event, at its price and in the tenant's turn. A spent budget or
   * a refused turn is the stream's last result.
   */
  async *#results(
    events: AsyncIterable<unknown>,
    args: ExecutionArgs,
    context: Context,
    release: () => void,
  ): AsyncGenerator<ExecutionResult, void> {
    const { cost } = context.cost;
    try {
      for await (const rootValue of events) {
        context.cost = this.#parts.budget.pay(payerOf(context.actor), cost);
        context.entriesRequested = 0;
        await catchUp(context, args.schema, args.document);
        yield await context.inTurn(() =>
          context.directory.inOneMoment(async () => execute({ ...args, rootValue })),
        );
      }
    } catch (refusal) {
      if (!(refusal instanceof GraphQLError)) throw refusal;
      yield { errors: [refusal] };
    } finally {
      release();
    }
  }

  renderResult(result: {
    data?: unknown;
    errors?: readonly GraphQLError[] | undefined;
  }): FormattedExecutionResult {
    const { errors, ...rest } = result;
    return {
      ...rest,
      ...(errors && { errors: this.renderErrors(errors) }),
    } as FormattedExecutionResult;
  }

  renderErrors(errors: readonly GraphQLError[]): GraphQLFormattedError[] {
    return errors.map(error => this.#parts.renderError(error));
  }
}

/**
 * Makes `return` end the stream at once: a generator that waits for its next event would notice
 * only with that event.
 */
function closingOnReturn(
  results: AsyncGenerator<ExecutionResult, void>,
  context: Context,
  release: () => void,
): AsyncGenerator<ExecutionResult, void> {
  const end = results.return.bind(results);
  results.return = value => {
    context.stream?.end();
    release(); // a generator that was never started has no `finally` to run
    return end(value);
  };
  return results;
}

export async function* singleResult(
  result: ExecutionResult,
): AsyncGenerator<ExecutionResult, void> {
  yield result;
}
