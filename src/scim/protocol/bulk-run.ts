import {
  referencesOf,
  resolveReferences,
  type BulkItem,
  type BulkOperation,
  type BulkRequest,
} from './bulk.ts';
import { invalidValue, quoted, ScimError } from './error.ts';
import type { JsonObject } from './json.ts';

const BULK_RESPONSE_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';

/** What came of one operation. A POST gives the id that `bulkId:x` stands for. */
export interface BulkOutcome {
  readonly status: number;
  readonly id?: string;
  readonly location?: string;
  readonly version?: string;
  readonly response?: JsonObject;
}

export interface BulkRunner {
  /** Does one operation, its references resolved; a ScimError becomes that operation's answer. */
  execute(operation: BulkOperation): Promise<BulkOutcome>;
  /** The address of a resource that exists, for the answer to a failed PUT, PATCH or DELETE. */
  locationOf?(path: string): string;
}

/** Does the operations in their order, except that one which is spoken of goes first (RFC 7644 section 3.7.1). */
export async function runBulk(request: BulkRequest, runner: BulkRunner): Promise<JsonObject> {
  const answers = new Map<BulkItem, JsonObject>();
  const ids = new Map<string, string>();
  let errors = 0;
  for (const { item, circular } of inOrder(request.items)) {
    if (request.failOnErrors !== undefined && errors >= request.failOnErrors) break;
    const outcome = await attempt(item, circular, ids, runner);
    if (outcome instanceof ScimError) errors += 1;
    else if (item.operation.bulkId !== undefined && outcome.id !== undefined)
      ids.set(item.operation.bulkId, outcome.id);
    answers.set(item, answer(item, outcome, runner));
  }
  return {
    schemas: [BULK_RESPONSE_SCHEMA],
    Operations: request.items.flatMap(item => answers.get(item) ?? []),
  };
}

async function attempt(
  item: BulkItem,
  circular: boolean,
  ids: ReadonlyMap<string, string>,
  runner: BulkRunner,
): Promise<BulkOutcome | ScimError> {
  if (item.refusal) return item.refusal;
  if (circular)
    return new ScimError(409, 'Operations of the request refer to each other in a circle.');
  try {
    return await runner.execute(
      resolveReferences(item.operation, bulkId => {
        const id = ids.get(bulkId);
        if (id === undefined)
          throw invalidValue(`There is no resource for ${quoted(`bulkId:${bulkId}`)}.`);
        return id;
      }),
    );
  } catch (error) {
    if (error instanceof ScimError) return error;
    throw error;
  }
}

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

interface Step {
  readonly item: BulkItem;
  readonly circular: boolean;
}

/** Depth first over the references, without recursion: a thousand operations may form one chain. */
function inOrder(items: readonly BulkItem[]): Step[] {
  const references = new Map(
    items.map(item => [item, item.refusal ? [] : safeReferences(item.operation)]),
  );
  const byBulkId = new Map(
    items.flatMap(item =>
      item.operation.bulkId === undefined || item.refusal
        ? []
        : [[item.operation.bulkId, item] as const],
    ),
  );
  const circles = circular(items, item =>
    (references.get(item) ?? []).flatMap(bulkId => byBulkId.get(bulkId) ?? []),
  );
  const steps: Step[] = [];
  const state = new Map<BulkItem, 'open' | 'done'>();
  const stack: BulkItem[] = items.toReversed();
  for (let item = stack.pop(); item; item = stack.pop()) {
    if (state.get(item) === 'done') continue;
    if (state.get(item) === 'open') {
      state.set(item, 'done');
      steps.push({ item, circular: circles.has(item) });
      continue;
    }
    state.set(item, 'open');
    const first = (references.get(item) ?? [])
      .flatMap(bulkId => byBulkId.get(bulkId) ?? [])
      .filter(each => !state.has(each));
    stack.push(item, ...first.toReversed());
  }
  return steps;
}

/** Data nested too deeply has no order; the operation itself will be refused. */
function safeReferences(operation: BulkOperation): string[] {
  try {
    return referencesOf(operation);
  } catch (error) {
    if (error instanceof ScimError) return [];
    throw error;
  }
}

/** The items that lie on a circle: what is left after taking away, again and again, what nothing left refers to or what refers to nothing left. */
function circular(
  items: readonly BulkItem[],
  targets: (item: BulkItem) => BulkItem[],
): Set<BulkItem> {
  const left = new Set(items);
  const strip = (next: (item: BulkItem) => BulkItem[], previous: Map<BulkItem, BulkItem[]>) => {
    const open = new Map(
      [...left].map(item => [item, next(item).filter(each => left.has(each)).length]),
    );
    const free = [...left].filter(item => open.get(item) === 0);
    for (let item = free.pop(); item; item = free.pop()) {
      left.delete(item);
      for (const each of previous.get(item) ?? []) {
        const count = (open.get(each) ?? 0) - 1;
        open.set(each, count);
        if (count === 0 && left.has(each)) free.push(each);
      }
    }
  };
  const sources = new Map<BulkItem, BulkItem[]>();
  for (const item of items)
    for (const target of targets(item)) sources.set(target, [...(sources.get(target) ?? []), item]);
  strip(targets, sources);
  strip(item => sources.get(item) ?? [], new Map([...left].map(item => [item, targets(item)])));
  return left;
}
