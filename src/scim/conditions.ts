import { caseFold } from '../text/index.ts';
import type { OtherSide } from '../directory/index.ts';
import { type CompareOp, invalidFilter, type TypedFilter } from './protocol/index.ts';

/** The directory's names for the operators of RFC 7644 section 3.4.2.2. */
export const OPS = {
  eq: 'eq',
  ne: 'ne',
  co: 'contains',
  sw: 'startsWith',
  ew: 'endsWith',
  gt: 'gt',
  ge: 'gte',
  lt: 'lt',
  le: 'lte',
} as const satisfies Record<CompareOp, string>;
type Op = (typeof OPS)[CompareOp];

export const always = { and: [] };
export const never = { or: [] };

const EARLIEST = new Date('0001-01-01T00:00:00Z');
const LATEST = new Date('9999-12-31T23:59:59.999Z');

/** An instant that the database has a name for; beyond its calendar nothing has happened here. */
export function instant(value: string): Date {
  const at = new Date(value);
  return at < EARLIEST ? EARLIEST : at > LATEST ? LATEST : at;
}

/** A comparison with something that is the same for every resource. */
export function whichever(op: CompareOp, held: string, value: string) {
  const [text, wanted] = [caseFold(held), caseFold(value)];
  const holds: Record<CompareOp, boolean> = {
    eq: text === wanted,
    ne: text !== wanted,
    co: text.includes(wanted),
    sw: text.startsWith(wanted),
    ew: text.endsWith(wanted),
    gt: text > wanted,
    ge: text >= wanted,
    lt: text < wanted,
    le: text <= wanted,
  };
  return holds[op] ? always : never;
}

/** A comparison of addresses that differ only in the id at their end. */
export function idWithin<Condition>(
  front: string,
  op: CompareOp,
  value: string,
  byId: (op: Op, id: string) => Condition,
): Condition | typeof always | typeof never {
  if (op === 'ew')
    return value.length <= 36
      ? byId('endsWith', value)
      : front.endsWith(value.slice(0, -36))
        ? byId('eq', value.slice(-36))
        : never;
  if (op === 'co' && front.includes(value)) return always;
  if (value.startsWith(front))
    return byId(op === 'co' ? 'startsWith' : OPS[op], value.slice(front.length));
  if (op === 'co') return byId('contains', value);
  return whichever(op, front, value);
}

/**
 * The condition on one of a Group's members, or on one of the Groups of a User: each has an id, an
 * address, a name and a type.
 */
export function otherSide(filter: TypedFilter, side: { type: string; front: string }): OtherSide {
  switch (filter.kind) {
    case 'and':
      return { and: filter.of.map(each => otherSide(each, side)) };
    case 'or':
      return { or: filter.of.map(each => otherSide(each, side)) };
    case 'not':
      return { not: otherSide(filter.of, side) };
    case 'present':
      return always;
    case 'element':
      throw invalidFilter('Brackets do not stand in brackets.');
    case 'compare': {
      const {
        on: { sub, caseExact },
        op,
        value,
      } = filter;
      switch (sub) {
        case 'type':
          return whichever(op, side.type, String(value));
        case 'display':
          return { field: 'name', op: OPS[op], value, caseExact };
        case '$ref':
          return idWithin<OtherSide>(side.front, op, String(value), (idOp, id) => ({
            field: 'id',
            op: idOp,
            value: id,
          }));
        default:
          return { field: 'id', op: OPS[op], value };
      }
    }
  }
}
