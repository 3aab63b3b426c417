import type { BulkItem, BulkOperation, BulkRequest } from './bulk.ts';
import { inOrder } from './bulk-order.ts';
import { invalidValue, quoted, ScimError } from './error.ts';
import type { JsonObject } from './json.ts';
import { referenceIn, resolveReferences } from './bulk-references.ts';

const BULK_RESPONSE_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';

/** The outcome of one operation. For a POST it has the id that `bulkId:x` stands for. */
export interface BulkOutcome {
  readonly status: number;
  readonly id?: string;
  readonly location?: string;
  readonly version?: string;
  readonly response?: JsonObject;
}

export interface BulkRunner {
  /**
   * Executes one operation whose references are resolved. `newId` is the id for the resource that a
   * POST creates.
   */
  execute(operation: BulkOperation, newId?: string): Promise<BulkOutcome>;
  /** The error for what an operation threw. */
  errorOf(thrown: unknown): ScimError;
  /** Does several operations as one: all of them, or none. The work may run again. */
  together(work: () => Promise<void>): Promise<void>;
  newId(): string;
  /** The address of a resource that exists, for the answer to a failed PUT, PATCH or DELETE. */
  locationOf?(path: string): string;
}

type Outcomes = ReadonlyMap<BulkItem, BulkOutcome | ScimError>;
type Doable = BulkItem & { readonly refusal?: undefined };

/**
 * Executes the operations in order, except that one which others refer to goes first (RFC 7644
 * section 3.7.1). Operations that refer to each other in a circle are executed together, with ids
 * assigned beforehand.
 */
export async function runBulk(request: BulkRequest, runner: BulkRunner): Promise<JsonObject> {
  const answers = new Map<BulkItem, JsonObject>();
  const ids = new Map<string, string>();
  let errors = 0;
  for (const { items, circular } of inOrder(request.items)) {
    if (request.failOnErrors !== undefined && errors >= request.failOnErrors) break;
    const outcomes = circular
      ? await attemptCircle(items as readonly Doable[], ids, runner)
      : await attemptOne(items[0] as BulkItem, ids, runner);
    for (const [item, outcome] of outcomes) {
      if (outcome instanceof ScimError) errors += 1;
      else if (item.operation.bulkId !== undefined && outcome.id !== undefined)
        ids.set(item.operation.bulkId, outcome.id);
      answers.set(item, answer(item, outcome, runner));
    }
  }
  return {
    schemas: [BULK_RESPONSE_SCHEMA],
    Operations: request.items.flatMap(item => answers.get(item) ?? []),
  };
}

async function attemptOne(
  item: BulkItem,
  ids: ReadonlyMap<string, string>,
  runner: BulkRunner,
): Promise<Outcomes> {
  if (item.refusal) return new Map([[item, item.refusal]]);
  try {
    const operation = resolveReferences(item.operation, idFrom(ids));
    return new Map([[item, await runner.execute(operation)]]);
  } catch (error) {
    return new Map([[item, runner.errorOf(error)]]);
  }
}

const idFrom =
  (...known: readonly ReadonlyMap<string, string>[]) =>
  (bulkId: string): string => {
    const id = known.find(ids => ids.has(bulkId))?.get(bulkId);
    if (id === undefined)
      throw invalidValue(`There is no resource for ${quoted(`bulkId:${bulkId}`)}.`);
    return id;
  };

/**
 * A POST answered with another id than it was assigned: an existing resource of that name was
 * linked instead of created.
 */
class OtherId extends Error {}

/**
 * Executes a circle as one: the first failure undoes the others, which are answered with 409 (RFC
 * 7644 section 3.7.1).
 */
async function attemptCircle(
  items: readonly Doable[],
  ids: ReadonlyMap<string, string>,
  runner: BulkRunner,
): Promise<Outcomes> {
  const planned = plannedIds(items, ids, runner);
  let running: Doable | undefined;
  for (let attempts = items.length; ; attempts--) {
    const outcomes = new Map<BulkItem, BulkOutcome>();
    try {
      await runner.together(async () => {
        outcomes.clear();
        for (const item of items.toSorted((one, other) => rank(one) - rank(other))) {
          running = item;
          outcomes.set(item, await executePlanned(item, planned, ids, runner));
        }
      });
      return outcomes;
    } catch (error) {
      if (error instanceof OtherId && attempts > 0) continue;
      const failed = error instanceof OtherId ? undefined : runner.errorOf(error);
      return new Map(
        items.map(item => [item, item === running && failed ? failed : undone()] as const),
      );
    }
  }
}

/** A POST gets an id beforehand; the other methods have one in their path. */
function plannedIds(
  items: readonly Doable[],
  ids: ReadonlyMap<string, string>,
  runner: BulkRunner,
): Map<string, string> {
  const planned = new Map<string, string>();
  const named = items.filter(({ operation }) => operation.bulkId !== undefined);
  for (const { operation } of named)
    if (operation.method === 'POST') planned.set(operation.bulkId as string, runner.newId());
  for (const { operation } of named) {
    if (operation.method === 'POST') continue;
    const last = operation.path.split('/').at(-1) as string;
    const other = referenceIn(last);
    const id = other === undefined ? last : (planned.get(other) ?? ids.get(other));
    if (id !== undefined) planned.set(operation.bulkId as string, id);
  }
  return planned;
}

const undone = () =>
  new ScimError(
    409,
    'The operations that refer to each other are done together, and another of them failed.',
  );

async function executePlanned(
  { operation }: Doable,
  planned: Map<string, string>,
  ids: ReadonlyMap<string, string>,
  runner: BulkRunner,
): Promise<BulkOutcome> {
  const { bulkId } = operation;
  const id = bulkId === undefined ? undefined : planned.get(bulkId);
  const outcome = await runner.execute(resolveReferences(operation, idFrom(planned, ids)), id);
  if (bulkId === undefined || operation.method !== 'POST' || outcome.id === id) return outcome;
  if (outcome.id !== undefined) planned.set(bulkId, outcome.id);
  throw new OtherId();
}

/**
 * The order in a circle: Users, which only mention another, then Groups, whose members must exist,
 * then changes of what was created before.
 */
const rank = ({ operation: { method, path } }: BulkItem): number =>
  method !== 'POST' ? 2 : /^\/users$/i.test(path) ? 0 : 1;

function answer(
  { operation }: BulkItem,
  outcome: BulkOutcome | ScimError,
  runner: BulkRunner,
): JsonObject {
  const { method, bulkId, path } = operation;
  const head = { method, ...(bulkId !== undefined && { bulkId }) };
  if (outcome instanceof ScimError) {
    const location = method === 'POST' ? undefined : runner.locationOf?.(path);
    return {
      ...head,
      ...(location !== undefined && { location }),
      status: String(outcome.status),
      response: { ...outcome.body() },
    };
  }
  const { status, location, version, response } = outcome;
  return {
    ...head,
    ...(location && { location }),
    ...(version && { version }),
    status: String(status),
    ...(response && { response }),
  };
}
