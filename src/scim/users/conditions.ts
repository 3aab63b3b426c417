import {
  type Condition,
  ENTERPRISE,
  isId,
  type MemberCondition,
  type MemberField,
  type ProfileAttribute,
  type ProfileCondition,
  versionNumberIn,
} from '../../directory/index.ts';
import { always, idWithin, instant, OPS, otherSide, whichever } from '../conditions.ts';
import { type AttributeRef, invalidFilter, type TypedFilter } from '../protocol/index.ts';
import type { Scope } from '../scope.ts';
import { mapped } from './mapping.ts';

type Compare = TypedFilter & { kind: 'compare' };
type Known = Pick<Scope, 'base' | 'shapes'>;

/**
 * A filter over Users as a condition of the directory: what has a column is compared by it, the
 * rest where it is kept as it was sent.
 */
export function memberCondition(filter: TypedFilter, scope: Known): MemberCondition {
  switch (filter.kind) {
    case 'and':
      return { and: filter.of.map(each => memberCondition(each, scope)) };
    case 'or':
      return { or: filter.of.map(each => memberCondition(each, scope)) };
    case 'not':
      return { not: memberCondition(filter.of, scope) };
    case 'present':
      return present(filter.on);
    case 'compare':
      return compare(filter, scope);
    case 'element':
      return element(filter.on, filter.where, scope);
  }
}

function present(on: AttributeRef): MemberCondition {
  if (['id', 'meta', 'schemas', 'userName', 'active'].includes(on.attribute)) return always;
  if (on.attribute === 'groups') return { field: 'teamId', op: 'present' };
  const column = mapped[on.path];
  if (column && on.path !== 'displayName') return { field: column.field, op: 'present' };
  const kept: MemberCondition = { profile: pushedAs(on), op: 'present' };
  const within = fieldsWithin(on.path);
  return within.length === 0
    ? kept
    : { or: [kept, ...within.map(field => ({ field, op: 'present' as const }))] };
}

function compare(filter: Compare, scope: Known): MemberCondition {
  const { on, op, value } = filter;
  if (on.path === 'active')
    return { field: 'state', op: (op === 'eq') === value ? 'ne' : 'eq', value: 'DISABLED' };
  const column = mapped[on.path];
  if (column) {
    const compared: MemberCondition = {
      field: column.field,
      op: OPS[op],
      value,
      caseExact: on.caseExact,
    };
    if (on.path !== 'displayName') return compared;
    // A name that was made up here is not told, and so not found.
    return op === 'ne'
      ? { or: [compared, { not: present(on) }] }
      : { and: [compared, present(on)] };
  }
  switch (on.extension ? '' : on.attribute) {
    case 'id':
      return { field: 'id', op: OPS[op], value };
    case 'meta':
      return meta(filter, scope);
    case 'schemas':
      return schema(filter, scope);
    case 'groups':
      return on.sub === 'value' && op === 'eq'
        ? { field: 'teamId', op: 'eq', value }
        : { team: otherSide(filter, groupSide(scope)) };
    case 'emails':
      return on.sub === 'value' && op !== 'ne' ? address(on, filter, filter) : kept(filter);
    default:
      return on.path === MANAGER ? manager(filter) : kept(filter);
  }
}

const MANAGER = `${ENTERPRISE}:manager.value`;

/**
 * An id that a manager is named by is found by index; what else was sent in its place, where it is
 * kept.
 */
const manager = (filter: Compare): MemberCondition =>
  filter.op === 'eq' && isId(String(filter.value))
    ? { and: [{ field: 'managerId', op: 'eq', value: filter.value }, kept(filter)] }
    : kept(filter);

function kept({ on, op, value }: Compare): ProfileCondition {
  return { profile: pushedAs(on), op: OPS[op], value };
}

const pushedAs = ({
  schema,
  extension,
  attribute,
  sub,
  type,
  caseExact,
  multiValued,
}: AttributeRef): ProfileAttribute => ({
  ...(extension && { extension: schema }),
  attribute,
  ...(sub !== undefined && { sub }),
  type,
  caseExact,
  multiValued,
});

function meta({ on, op, value }: Compare, { base }: Known): MemberCondition {
  switch (on.sub) {
    case 'created':
      return { field: 'createdAt', op: OPS[op], value: instant(String(value)) };
    case 'lastModified':
      return { field: 'updatedAt', op: OPS[op], value: instant(String(value)) };
    case 'resourceType':
      return whichever(op, 'User', String(value));
    case 'version':
      return { field: 'version', op: OPS[op], value: versionNumberIn(String(value)) ?? value };
    default:
      return idWithin(`${base}/Users/`, op, String(value), (idOp, id) => ({
        field: 'id',
        op: idOp,
        value: id,
      }));
  }
}

/** Attributes of this name or extension that have a column of their own. */
const fieldsWithin = (container: string): MemberField[] =>
  Object.values(mapped)
    .filter(({ at }) => at.length === 2 && at[0] === container)
    .map(({ field }) => field);

/** Which extensions a User names follows from what it holds. */
function schema(
  { op, value }: Compare,
  {
    shapes: {
      user: { core, extensions },
    },
  }: Known,
): MemberCondition {
  const holds = (id: string): MemberCondition => ({
    or: [
      {
        profile: { attribute: id, type: 'complex', caseExact: true, multiValued: false },
        op: 'present',
      },
      ...fieldsWithin(id).map(field => ({ field, op: 'present' as const })),
    ],
  });
  return {
    or: [
      whichever(op, core.id, String(value)),
      ...extensions.map(({ id }) => ({ and: [whichever(op, id, String(value)), holds(id)] })),
    ],
  };
}

const groupSide = ({ base }: Known) => ({ type: 'direct', front: `${base}/Groups/` });

function element(on: AttributeRef, where: TypedFilter, scope: Known): MemberCondition {
  if (on.attribute === 'groups') return { team: otherSide(where, groupSide(scope)) };
  if (on.attribute === 'meta') return memberCondition(where, scope);
  const wanted = on.attribute === 'emails' && !on.extension ? addressIn(where) : undefined;
  return wanted ? address(on, wanted, where) : elementOf(on, where);
}

const elementOf = (on: AttributeRef, where: TypedFilter): MemberCondition => {
  const { sub: _, ...attribute } = pushedAs(on);
  return { element: { attribute, where: elementCondition(where) } };
};

/** The condition of a value filter in brackets: all of it holds for one and the same element. */
function elementCondition(where: TypedFilter): Condition<ProfileCondition> {
  switch (where.kind) {
    case 'and':
      return { and: where.of.map(elementCondition) };
    case 'or':
      return { or: where.of.map(elementCondition) };
    case 'not':
      return { not: elementCondition(where.of) };
    case 'present':
      return { profile: pushedAs(where.on), op: 'present' };
    case 'compare':
      return kept(where);
    case 'element':
      throw invalidFilter('Brackets do not stand in brackets.');
  }
}

/**
 * `value eq "x"`, alone or with whatever else must hold; `type eq "work"` is what an address that
 * came as user name counts as.
 */
function addressIn(where: TypedFilter): Compare | undefined {
  if (where.kind === 'compare')
    return where.on.sub === 'value' && where.op === 'eq' ? where : undefined;
  return where.kind === 'and' ? where.of.map(addressIn).find(Boolean) : undefined;
}

/**
 * An address is looked up among all that were pushed and the one that the member has now: it may
 * have come as the user name, or have been changed here. Those that were pushed decide by
 * themselves what else was asked of them.
 */
function address(
  on: AttributeRef,
  { op, value, on: leaf }: Compare,
  where: TypedFilter,
): MemberCondition {
  const pushed = elementOf(on, where);
  const text = String(value);
  if (!fitsWork(where))
    return op === 'eq' ? { and: [{ field: 'address', op: 'eq', value: text }, pushed] } : pushed;
  const here: MemberCondition = {
    and: [
      { field: 'email', op: OPS[op], value: text },
      { not: elementOf(on, { kind: 'compare', on: leaf, op, value }) },
    ],
  };
  const either: MemberCondition = { or: [pushed, here] };
  return op === 'eq' ? { and: [{ field: 'address', op: 'eq', value: text }, either] } : either;
}

function fitsWork(where: TypedFilter): boolean {
  if (where.kind === 'and') return where.of.every(fitsWork);
  if (where.kind !== 'compare') return false;
  switch (where.on.sub) {
    case 'value':
      return true;
    case 'type':
      return where.op === 'eq' && String(where.value).toLowerCase() === 'work';
    case 'primary':
      return where.op === 'eq' && where.value === true;
    default:
      return false;
  }
}
