/** The two groups of nodes. */
export type PoolName = 'writes' | 'reads';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly pool: PoolName;
}

/** Every request that the edge passes on. Paths are compared character by character: no decoding, no normalisation, no prefixes. */
const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/v1/events', pool: 'writes' },
  { method: 'GET', path: '/v1/events', pool: 'reads' },
  { method: 'HEAD', path: '/v1/events', pool: 'reads' },
  { method: 'GET', path: '/v1/log.vkey', pool: 'reads' },
  { method: 'HEAD', path: '/v1/log.vkey', pool: 'reads' },
];

/** The pool that serves a method and path (without query), or `undefined` where the edge answers 404, as the clouds' rules do. */
export function poolFor(method: string, path: string): PoolName | undefined {
  return ROUTES.find((route) => route.path === path && route.method === method)?.pool;
}

/** A request target without its query. */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}
