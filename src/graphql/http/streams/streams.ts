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
import { catchUp } from '../catch-up.ts';
import type { Context } from '../../context.ts';
import { type Budget, payerOf } from '../limits/budget.ts';
import { type Draw, drawFor } from '../limits/draw.ts';
import { LIMITS } from '../limits/limits.ts';
import { tooMuch } from '../limits/too-much.ts';
import { Places } from './places.ts';
import { type Asked, prepare } from './prepare.ts';

export interface StreamParts {
  schema: GraphQLSchema;
  budget: Budget;
  draw?: Draw | undefined;
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
  readonly #places = new Places(LIMITS.streams);

  constructor(parts: StreamParts) {
    this.#parts = parts;
  }

  enter(...asked: Parameters<StreamParts['enter']>): Promise<Context | null> {
    return this.#parts.enter(...asked);
  }

  /** What a stream is opened by, checked; `counted` when the request that carries it was counted already. */
  open(
    context: Context,
    asked: Asked,
    { counted = false } = {},
  ): ExecutionArgs | readonly GraphQLError[] {
    try {
      if (!counted) drawFor(context.actor, this.#parts.draw);
    } catch (refused) {
      if (refused instanceof GraphQLError) return [refused];
      throw refused;
    }
    return prepare(this.#parts.schema, this.#parts.budget, context, asked);
  }

  /** The results of a subscription, for as long as there is a place for it. */
  async subscribe(args: ExecutionArgs): Promise<AsyncGenerator<ExecutionResult, void>> {
    const context = args.contextValue as Context;
    const leave = this.#places.take(payerOf(context.actor));
    if (!leave)
      return only({
        errors: [tooMuch(`At most ${LIMITS.streams} streams at a time.`, 'RATE_LIMITED', 429)],
      });
    try {
      const events = await context.inTurn(async () => createSourceEventStream(args));
      if (Symbol.asyncIterator in events)
        return endingAtOnce(this.#results(events, args, context, leave), context, leave);
      leave();
      return only(events);
    } catch (fault) {
      leave();
      if (fault instanceof GraphQLError) return only({ errors: [fault] });
      throw fault;
    }
  }

  /**
   * Each event is paid for like the query that it answers, and answered when it is the tenant's turn. When the budget is spent, or too
   * much of the tenant waits already, the stream says so and ends.
   */
  async *#results(
    events: AsyncIterable<unknown>,
    args: ExecutionArgs,
    context: Context,
    leave: () => void,
  ): AsyncGenerator<ExecutionResult, void> {
    const { cost } = context.cost;
    try {
      for await (const rootValue of events) {
        context.cost = this.#parts.budget.pay(payerOf(context.actor), cost);
        context.entriesAsked = 0;
        await catchUp(context, args.schema, args.document);
        yield await context.inTurn(() =>
          context.directory.inOneMoment(async () => execute({ ...args, rootValue })),
        );
      }
    } catch (refused) {
      if (!(refused instanceof GraphQLError)) throw refused;
      yield { errors: [refused] };
    } finally {
      leave();
    }
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

/** A generator that waits for its next event does not see that nobody listens any more; what it waits for is ended instead. */
function endingAtOnce(
  results: AsyncGenerator<ExecutionResult, void>,
  context: Context,
  leave: () => void,
): AsyncGenerator<ExecutionResult, void> {
  const end = results.return.bind(results);
  results.return = value => {
    context.live?.leave();
    leave(); // one that was never read from does not run to its end
    return end(value);
  };
  return results;
}

export async function* only(result: ExecutionResult): AsyncGenerator<ExecutionResult, void> {
  yield result;
}
