import type { GraphQLSchema } from 'graphql';
import { CallerChanged, readShaped } from '../../directory/index.ts';
import type { Log, RequestContext } from '../../platform/http/index.ts';
import type { Context } from '../context.ts';
import { type Budget, payerOf } from '../http/limits/budget.ts';
import type { Measure } from '../http/measure-plugin.ts';
import { type Plan, Plans } from './plans.ts';
import { queryRequest } from './query-request.ts';

/** `compared`: planned queries are executed too, and a difference is a fault. For tests. */
export type PlanMode = 'on' | 'off' | 'compared';

interface PlannedParts {
  schema: GraphQLSchema;
  budget: Budget;
  log: Pick<Log, 'warn'>;
  measure?: Measure | undefined;
  mode: PlanMode;
}

const JSON_TYPE = 'application/json';
const RESPONSE_TYPE = 'application/graphql-response+json';

/**
 * Answers queries that a plan holds by one statement, whose JSON is handed through unread. One
 * statement sees one moment (rule 29). Limits, price and permissions are those of execution;
 * whatever has no plan, or cannot be paid for, is executed, and gets the same answer or its error
 * there.
 */
export class PlannedQueries {
  readonly #parts: PlannedParts;
  readonly #plans: Plans;

  constructor(parts: PlannedParts) {
    this.#parts = parts;
    this.#plans = new Plans(parts.schema);
  }

  /** Answers a request in place of execution, or leaves it to that. */
  async answer(
    ctx: RequestContext,
    context: Context,
    body: unknown,
    execute: () => Promise<unknown>,
  ): Promise<void> {
    const { mode } = this.#parts;
    const moment = () => context.directory.inOneMoment(execute);
    if (mode === 'off') return void (await moment());
    if (mode === 'compared')
      return context.directory.inOneMoment(() => this.#compare(ctx, context, body, execute));
    const data = await this.#data(ctx, context, body);
    if (data === null) return void (await moment());
    send(ctx, data);
  }

  /**
   * Answers a query that has a plan, for a caller who is only remembered: the plan's statement
   * proves the caller as well. False leaves the request to others, with nothing answered.
   */
  async answerAlone(ctx: RequestContext, context: Context, body: unknown): Promise<boolean> {
    const data = this.#parts.mode === 'on' ? await this.#data(ctx, context, body) : null;
    if (data !== null) send(ctx, data);
    return data !== null;
  }

  /**
   * The answer of a query that has a plan and is paid for. A plan that fails is executed instead.
   */
  async #data(ctx: RequestContext, context: Context, body: unknown): Promise<string | null> {
    try {
      const planned = this.#planFor(ctx, context, body);
      if (!planned || !this.#pay(planned.plan, context)) return null;
      const data = await this.#run(planned, context);
      if (data !== null) this.#parts.measure?.(planned.plan.operationName ?? 'anonymous', []);
      return data;
    } catch (fault) {
      if (!(fault instanceof CallerChanged))
        this.#parts.log.warn({ err: fault, ...ctx.state.trace }, 'A planned query failed.');
      return null;
    }
  }

  #planFor(ctx: RequestContext, { directory, actor }: Context, body: unknown) {
    const request = ctx.method === 'POST' ? queryRequest(body) : null;
    if (!request || !actor.may('DIRECTORY_READ') || !ctx.accepts(JSON_TYPE, RESPONSE_TYPE))
      return null;
    return this.#plans.planFor(directory, request);
  }

  async #run(
    { plan, values }: { plan: Plan; values: readonly unknown[] },
    { directory }: Context,
  ): Promise<string | null> {
    const data = await readShaped(directory, plan.statement, values);
    return data === null ? null : `{"data":${data}}\n`;
  }

  /** False when the budget does not hold the price: execution refuses it, and says until when. */
  #pay({ cost }: Plan, context: Context): boolean {
    const { budget } = this.#parts;
    const payer = payerOf(context.actor);
    if (budget.quote(payer, cost).remaining < cost) return false;
    context.cost = budget.pay(payer, cost);
    return true;
  }

  async #compare(
    ctx: RequestContext,
    context: Context,
    body: unknown,
    execute: () => Promise<unknown>,
  ): Promise<void> {
    const planned = this.#planFor(ctx, context, body);
    const data = planned && (await this.#run(planned, context));
    await execute();
    if (!planned || ctx.status === 429) return;
    const executed = String(ctx.body);
    if (data !== executed)
      throw new Error(
        `The plan answers ${data}, execution ${executed}, to ${JSON.stringify(body)}.`,
      );
  }
}

function send(ctx: RequestContext, data: string): void {
  ctx.status = 200;
  ctx.type = `${ctx.accepts(JSON_TYPE, RESPONSE_TYPE) || JSON_TYPE}; charset=utf-8`;
  ctx.body = data;
}
