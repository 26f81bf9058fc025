import type { EdgeHost } from './edge-host';
import type { EdgeRoute } from './edge-route';

/**
 * Answers 404 without asking a backend: URL maps have no fixed answers, so every request of the route is made to fail
 * (https://cloud.google.com/load-balancing/docs/https/traffic-management-global).
 */
const NOT_FOUND = { faultInjectionPolicy: { abort: { httpStatus: 404, percentage: 100 } } };

/** The rules of a global or regional URL map: whole paths and methods of known hosts, 404 for everything else. */
export function edgeRouting(hosts: readonly EdgeHost[]) {
  const notFound = { defaultService: defaultService(hosts), defaultRouteAction: NOT_FOUND };
  return {
    ...notFound,
    hostRule: hosts.map(({ name }, index) => ({ hosts: [name], pathMatcher: matcherName(index) })),
    pathMatcher: hosts.map((host, index) => ({
      name: matcherName(index),
      ...notFound,
      routeRules: host.routes.map((route, turn) => ({
        priority: turn + 1,
        service: route.backend.backendId,
        matchRules: matchRules(route),
      })),
    })),
    // Google refuses the map at deployment if it does not route so. A test is a GET, so only what is read can be held to it.
    test: hosts.flatMap(({ name, routes }) => {
      return routes
        .filter(isRead)
        .flatMap(({ paths, backend }) => paths.map((path) => ({ host: name, path, service: backend.backendId })));
    }),
  };
}

/** A URL map must name a service even where none is asked: one that is read, where there is one, so that a slip never leads to what takes writes. */
function defaultService(hosts: readonly EdgeHost[]): string | undefined {
  const routes = hosts.flatMap((host) => host.routes);
  return (routes.find(isRead) ?? routes[0])?.backend.backendId;
}

function isRead({ methods }: EdgeRoute): boolean {
  return methods.includes('GET');
}

function matcherName(index: number): string {
  return `host-${index}`;
}

/** The conditions of one rule must all be met; of several rules, one is enough. */
function matchRules({ methods, paths }: EdgeRoute) {
  return paths.flatMap((path) =>
    methods.map((method) => ({
      fullPathMatch: path,
      headerMatches: [{ headerName: ':method', exactMatch: method }],
    })),
  );
}
