import { decodedSegment } from './address.ts';
import { bulk } from './bulk.ts';
import { discovery } from './discovery.ts';
import { notFound } from './errors.ts';
import { groups } from './groups.ts';
import { ScimError } from './protocol/index.ts';
import type { Handler } from './scope.ts';
import { searchAll } from './search.ts';
import { users } from './users.ts';

type Methods = Readonly<Partial<Record<'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', Handler>>>;
export type Routes = Readonly<Record<string, Methods>>;

/** RFC 7644 section 3.11: nobody who comes through a provider's door is a resource behind it. */
const me: Handler = async () => {
  throw new ScimError(501, 'There is no /Me here.');
};

/** Everything that can be asked below a provider's base. */
export function routesWith(isOutage: (fault: unknown) => boolean): Routes {
  const routes: Record<string, Methods> = {
    '': { GET: searchAll },
    '.search': { POST: searchAll },
    'Users': { GET: users.list, POST: users.create },
    'Users/.search': { POST: users.search },
    'Users/:id': { GET: users.get, PUT: users.replace, PATCH: users.patch, DELETE: users.remove },
    'Groups': { GET: groups.list, POST: groups.create },
    'Groups/.search': { POST: groups.search },
    'Groups/:id': {
      GET: groups.get,
      PUT: groups.replace,
      PATCH: groups.patch,
      DELETE: groups.remove,
    },
    'Bulk': { POST: bulk((method, path) => ofBulk(routes, method, path), isOutage) },
    'Me': { GET: me, POST: me, PUT: me, PATCH: me, DELETE: me },
    'ServiceProviderConfig': { GET: discovery.serviceProviderConfig },
    'ResourceTypes': { GET: discovery.resourceTypes },
    'ResourceTypes/:id': { GET: discovery.resourceType },
    'Schemas': { GET: discovery.schemas },
    'Schemas/:id': { GET: discovery.schema },
  };
  return routes;
}

/** The handler for a method and route; otherwise an error that names the methods allowed there. */
export function handlerAt(routes: Routes, route: string, method: string): Handler {
  const methods = Object.hasOwn(routes, route) ? routes[route] : undefined;
  if (!methods) throw notFound();
  const handler = Object.hasOwn(methods, method) ? methods[method as keyof Methods] : undefined;
  if (!handler)
    throw new ScimError(405, `${method} is not possible here.`, undefined, {
      Allow: allowed(methods),
    });
  return handler;
}

export function allowedAt(routes: Routes, route: string): string {
  const methods = Object.hasOwn(routes, route) ? routes[route] : undefined;
  if (!methods) throw notFound();
  return allowed(methods);
}

const allowed = (methods: Methods): string =>
  [...Object.keys(methods), ...('GET' in methods ? ['HEAD'] : []), 'OPTIONS'].join(', ');

/** The reads that come as POST change nothing: they are answered while provisioning is paused. */
export const isWrite = (route: string, method: string): boolean =>
  method !== 'GET' && !route.endsWith('.search');

function ofBulk(routes: Routes, method: string, path: string): { handle: Handler; id: string } {
  const [, name = '', id] = path.split('/');
  const place = ['Users', 'Groups'].find(each => each.toLowerCase() === name.toLowerCase());
  if (!place) throw new ScimError(404, `There are no ${name} here.`);
  return {
    handle: handlerAt(routes, id === undefined ? place : `${place}/:id`, method),
    id: id === undefined ? '' : decodedSegment(id),
  };
}
