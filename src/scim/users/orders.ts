import type { MemberOrder } from '../../directory/index.ts';
import type { Sort } from '../protocol/index.ts';
import { mapped } from './mapping.ts';

/** The directory's sort fields for the attributes by which Users are sorted. */
export function memberOrders(sort: Sort | undefined): MemberOrder[] {
  if (!sort) return [];
  const {
    by: { path, schema, extension, attribute, sub, type, caseExact, multiValued },
    descending,
  } = sort;
  const direction = descending ? 'desc' : 'asc';
  // Of the words for states, the one for switched off comes behind the one for switched on; false
  // comes before true.
  if (path === 'active') return [{ by: 'state', direction: descending ? 'asc' : 'desc' }];
  // Of a name and an address that were made up from others nothing is told: who has only such ones
  // has none.
  const column = path === 'displayName' ? undefined : mapped[path];
  if (column) return [{ by: column.sort, direction }];
  if (path === 'meta.lastModified') return [{ by: 'updatedAt', direction }];
  if (!extension && ['id', 'meta', 'schemas', 'groups'].includes(attribute))
    return [{ by: 'createdAt', direction }];
  return [
    {
      by: {
        ...(extension && { extension: schema }),
        attribute,
        ...(sub !== undefined && { sub }),
        type,
        caseExact,
        multiValued,
      },
      direction,
    },
  ];
}
