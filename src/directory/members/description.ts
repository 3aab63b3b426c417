import { columnOf } from '../tables/columns.ts';
import type { Values } from '../tables/row-writes.ts';
import { columnsOf, type RowOf } from '../tables/rows.ts';
import { fits } from '../tables/text.ts';
import { type Attribute, ATTRIBUTE_NAMES, ATTRIBUTES, type AttributeName } from './attributes.ts';
import { MemberSchema, type Profile } from './member.ts';
import { valueAt } from './profile.ts';

const columns = columnsOf(MemberSchema, { only: ATTRIBUTE_NAMES });
/** The attributes of one person. */
export type Described = RowOf<'members', typeof columns>;

type Describing = Partial<Described> & Pick<Described, 'userName' | 'displayName'>;

/** Every attribute, and nothing else: one that is left out is null. */
export const describedOf = (facts: Describing): Described =>
  Object.fromEntries(
    ATTRIBUTE_NAMES.map(name => [name, facts[name] ?? null]),
  ) as unknown as Described;

/** The same as the columns of a row that is inserted. */
export const valuesOf = (facts: Describing): Values<'members'> =>
  Object.fromEntries(ATTRIBUTE_NAMES.map(name => [columnOf(name), facts[name] ?? null]));

/**
 * The attributes that are worked out of a description; those that have a place in it are left
 * empty.
 */
export function workedOut(profile: Profile): Described {
  const values = ATTRIBUTE_NAMES.map(name => {
    const { said } = ATTRIBUTES[name];
    const value = 'read' in said ? said.read(profile) : null;
    return [name, typeof value === 'string' && fits(value) ? value : null];
  });
  return { ...(Object.fromEntries(values) as Described), userName: '', displayName: '' };
}

/** The value of an attribute in the provider's own description, where the profile still has it. */
export function saidOf(profile: Profile, name: AttributeName): unknown {
  const { said } = ATTRIBUTES[name] as Attribute;
  if ('read' in said) return said.read(profile);
  const [first, second] = said.at;
  return second === undefined ? profile[first] : valueAt(profile[first], second);
}
