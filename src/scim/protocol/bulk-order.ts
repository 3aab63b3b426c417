import type { BulkItem, BulkOperation } from './bulk.ts';
import { ScimError } from './error.ts';
import { referencesOf } from './bulk-references.ts';

/** The next unit of work: one operation, or several that refer to each other in a circle. */
export interface Step {
  readonly items: readonly BulkItem[];
  readonly circular: boolean;
}

/** Depth first over the references, without recursion: a thousand operations may form one chain. */
export function inOrder(items: readonly BulkItem[]): Step[] {
  const byBulkId = new Map(
    items.flatMap(item =>
      item.operation.bulkId === undefined || item.refusal
        ? []
        : [[item.operation.bulkId, item] as const],
    ),
  );
  const targets = new Map(
    items.map(item => [
      item,
      item.refusal
        ? []
        : safeReferences(item.operation).flatMap(bulkId => byBulkId.get(bulkId) ?? []),
    ]),
  );
  const stepOf = stepsOf(items, targets);
  const steps: Step[] = [];
  const state = new Map<Step, 'open' | 'done'>();
  const stack = items.map(item => stepOf.get(item) as Step).toReversed();
  for (let step = stack.pop(); step; step = stack.pop()) {
    if (state.get(step) === 'done') continue;
    if (state.get(step) === 'open') {
      state.set(step, 'done');
      steps.push(step);
      continue;
    }
    state.set(step, 'open');
    const first = step.items
      .flatMap(item => targets.get(item) ?? [])
      .map(item => stepOf.get(item) as Step)
      .filter(each => !state.has(each));
    stack.push(step, ...first.toReversed());
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

/** Each item by itself, except those on circles: all of these that are connected are one step. */
function stepsOf(
  items: readonly BulkItem[],
  targets: ReadonlyMap<BulkItem, readonly BulkItem[]>,
): Map<BulkItem, Step> {
  const onCircles = circular(items, targets);
  const neighbours = new Map<BulkItem, BulkItem[]>();
  for (const item of onCircles) {
    for (const other of (targets.get(item) ?? []).filter(each => onCircles.has(each))) {
      neighbours.set(item, [...(neighbours.get(item) ?? []), other]);
      neighbours.set(other, [...(neighbours.get(other) ?? []), item]);
    }
  }
  const steps = new Map<BulkItem, Step>();
  for (const item of items) {
    if (steps.has(item)) continue;
    const connected = new Set([item]);
    for (const one of connected)
      for (const other of neighbours.get(one) ?? []) connected.add(other);
    const step: Step = {
      items: items.filter(each => connected.has(each)),
      circular: onCircles.has(item),
    };
    for (const one of connected) steps.set(one, step);
  }
  return steps;
}

/**
 * The items on a circle or on a path between two circles: what is left after repeatedly removing
 * items that no remaining item refers to, or that refer to none.
 */
function circular(
  items: readonly BulkItem[],
  targets: ReadonlyMap<BulkItem, readonly BulkItem[]>,
): Set<BulkItem> {
  const left = new Set(items);
  const sources = new Map<BulkItem, BulkItem[]>();
  for (const item of items)
    for (const target of targets.get(item) ?? [])
      sources.set(target, [...(sources.get(target) ?? []), item]);
  strip(left, targets, sources);
  strip(left, sources, targets);
  return left;
}

function strip(
  left: Set<BulkItem>,
  next: ReadonlyMap<BulkItem, readonly BulkItem[]>,
  previous: ReadonlyMap<BulkItem, readonly BulkItem[]>,
): void {
  const open = new Map(
    [...left].map(item => [item, (next.get(item) ?? []).filter(each => left.has(each)).length]),
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
}
