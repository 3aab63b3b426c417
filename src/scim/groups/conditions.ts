import { type TeamCondition, type TeamOrder, versionNumberIn } from '../../directory/index.ts';
import { always, idWithin, instant, OPS, otherSide, whichever } from '../conditions.ts';
import type { Sort, TypedFilter } from '../protocol/index.ts';
import type { Scope } from '../scope.ts';
import { mapped } from './mapping.ts';

/** A filter over Groups as a condition of the directory. */
export function teamCondition(filter: TypedFilter, scope: Pick<Scope, 'base'>): TeamCondition {
  switch (filter.kind) {
    case 'and':
      return { and: filter.of.map(each => teamCondition(each, scope)) };
    case 'or':
      return { or: filter.of.map(each => teamCondition(each, scope)) };
    case 'not':
      return { not: teamCondition(filter.of, scope) };
    case 'element':
      return filter.on.attribute === 'members'
        ? { member: otherSide(filter.where, memberSide(scope)) }
        : teamCondition(filter.where, scope);
    case 'present': {
      const { attribute, path } = filter.on;
      if (attribute === 'members') return { field: 'memberId', op: 'present' };
      return path === 'externalId' ? { field: 'externalId', op: 'present' } : always;
    }
    case 'compare':
      return compare(filter, scope);
  }
}

function compare(
  filter: TypedFilter & { kind: 'compare' },
  scope: Pick<Scope, 'base'>,
): TeamCondition {
  const { on, op, value } = filter;
  const column = mapped[on.path];
  if (column) return { field: column.field, op: OPS[op], value, caseExact: on.caseExact };
  const text = String(value);
  switch (on.path) {
    case 'id':
      return { field: 'id', op: OPS[op], value };
    case 'schemas':
      return whichever(op, 'urn:ietf:params:scim:schemas:core:2.0:Group', text);
    case 'meta.created':
      return { field: 'createdAt', op: OPS[op], value: instant(String(value)) };
    case 'meta.lastModified':
      return { field: 'updatedAt', op: OPS[op], value: instant(String(value)) };
    case 'meta.resourceType':
      return whichever(op, 'Group', text);
    case 'meta.version':
      return { field: 'version', op: OPS[op], value: versionNumberIn(text) ?? text };
    case 'meta.location':
      return idWithin(`${scope.base}/Groups/`, op, text, (idOp, id) => ({
        field: 'id',
        op: idOp,
        value: id,
      }));
    case 'members.value':
      if (op === 'eq') return { field: 'memberId', op: 'eq', value: text };
  }
  return { member: otherSide(filter, memberSide(scope)) };
}

const memberSide = ({ base }: Pick<Scope, 'base'>) => ({ type: 'User', front: `${base}/Users/` });

export function teamOrders(sort: Sort | undefined): TeamOrder[] {
  if (!sort) return [];
  const direction = sort.descending ? 'desc' : 'asc';
  const by =
    mapped[sort.by.path]?.sort ??
    (sort.by.path === 'meta.lastModified' ? 'updatedAt' : 'createdAt');
  return [{ by, direction }];
}
