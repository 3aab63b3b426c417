import { mutability } from './error.ts';
import type { TypedFilter } from './filter-check.ts';
import type { Habit } from './habits.ts';
import { isObject, own, type Json, type JsonObject } from './json.ts';
import type { Change } from './change-reader.ts';
import type { Patch } from './patch.ts';

/** A member as the sender names it. */
export interface NamedMember {
  readonly id: string;
  readonly display?: string;
}

/** The effects of a PATCH on a group, in order. */
export type GroupEffect =
  /**
   * Null means cleared; an extension's attributes stand under its URN. `changes` are the same, for
   * Draft or applyPatch.
   */
  | { kind: 'set'; attributes: JsonObject; changes: Change[] }
  | { kind: 'addMembers' | 'replaceMembers'; members: NamedMember[] }
  | { kind: 'removeMembers'; ids: string[] }
  | { kind: 'removeAllMembers' }
  | { kind: 'removeMatching'; filter: TypedFilter };

export interface GroupPlan {
  readonly effects: readonly GroupEffect[];
  readonly repairs: readonly Habit[];
  readonly ignored: readonly string[];
}

/**
 * Plans a PATCH of a group without knowing its members: ten thousand members are not read to add
 * one.
 */
export function planGroupPatch(patch: Patch): GroupPlan {
  const effects: GroupEffect[] = [];
  for (const change of patch.changes) {
    if (change.on.attribute.name === 'members' && !change.on.extension)
      effects.push(...memberEffects(change));
    else addTo(effects, change);
  }
  return { effects, repairs: patch.repairs, ignored: patch.ignored };
}

function memberEffects(change: Change): GroupEffect[] {
  const { op, on, where } = change;
  if (op !== 'remove') {
    // An add under a filter repeats the value's attributes in the path; rewriting one member into
    // another is a removal and an addition.
    if (on.sub || (where && op === 'replace'))
      throw mutability('A member is added or removed, not rewritten.');
    const members = namedMembers(Array.isArray(change.value) ? change.value : [change.value]);
    return [{ kind: op === 'add' ? 'addMembers' : 'replaceMembers', members }];
  }
  if (on.sub) throw mutability('A member is added or removed, not rewritten.');
  if (change.values) return [{ kind: 'removeMembers', ids: idsIn([...change.values]) }];
  if (!where) return [{ kind: 'removeAllMembers' }];
  const ids = idsNamedBy(where);
  return [ids ? { kind: 'removeMembers', ids } : { kind: 'removeMatching', filter: where }];
}

/** Each member once, as it was named first. */
export function namedMembers(list: readonly Json[]): NamedMember[] {
  const members = new Map<string, NamedMember>();
  for (const element of list) {
    const id = isObject(element) ? own(element, 'value') : element;
    if (typeof id !== 'string' || members.has(id)) continue;
    const display = isObject(element) ? own(element, 'display') : undefined;
    members.set(id, { id, ...(typeof display === 'string' && display !== '' && { display }) });
  }
  return [...members.values()];
}

const idsIn = (list: readonly Json[]): string[] => namedMembers(list).map(({ id }) => id);

/** `value eq "a" or value eq "b"`; anything else has to be asked of the members themselves. */
function idsNamedBy(filter: TypedFilter): string[] | undefined {
  if (filter.kind === 'compare')
    return filter.op === 'eq' && filter.on.sub === 'value' ? [String(filter.value)] : undefined;
  if (filter.kind !== 'or') return undefined;
  const parts = filter.of.map(idsNamedBy);
  return parts.every(ids => ids !== undefined) ? [...new Set(parts.flat())] : undefined;
}

/** Neighbouring settings are one effect. */
function addTo(effects: GroupEffect[], change: Change): void {
  const last = effects.at(-1);
  const effect =
    last?.kind === 'set' ? last : { kind: 'set' as const, attributes: {}, changes: [] };
  if (effect !== last) effects.push(effect);
  effect.changes.push(change);
  const { on } = change;
  const value = change.op === 'remove' ? null : change.value;
  if (!on.extension) {
    effect.attributes[on.attribute.name] = value;
    return;
  }
  const held = own(effect.attributes, on.schema);
  effect.attributes[on.schema] = { ...(isObject(held) ? held : {}), [on.attribute.name]: value };
}
