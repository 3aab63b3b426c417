import { ATTRIBUTE_NAMES } from './attributes.ts';
import { saidOf } from './description.ts';
import type { MemberRow } from './member-rows.ts';

export interface Drift {
  name: string;
  here: unknown;
  there: unknown;
}

/**
 * Where this member is something else here than its provider last said. What the provider never
 * sent differs from nothing.
 */
export function driftOf(member: MemberRow): Drift[] {
  if (member.providerId === null) return [];
  return ATTRIBUTE_NAMES.flatMap(name => {
    const there = saidOf(member.profile, name);
    const here = member[name];
    return typeof there !== 'string' || there === here ? [] : [{ name, here, there }];
  });
}
