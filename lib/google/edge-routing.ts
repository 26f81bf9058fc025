import type { EdgeHost } from './edge-host';
import type { EdgeRoute } from './edge-route';

/**
 * Answers 404 without asking a backend: URL maps have no fixed answers, so every request of the route is made to fail
 * (https://cloud.google.com/load-balancing/docs/https/traffic-management-global).
 */
const NOT_FOUND = { faultInjectionPolicy: { abort: { httpStatus: 404, percentage: 100 } } };

/** The rules of a global or regional URL map: whole paths and methods of known hosts, 404 for everything else. */
export function edgeRouting(hosts: readonly EdgeHost[]) {
  return {
    ...notFound(hosts[0]),
    hostRule: hosts.map(({ name }, index) => ({ hosts: [name], pathMatcher: matcherName(index) })),
    pathMatcher: hosts.map((host, index) => ({
      name: matcherName(index),
      ...notFound(host),
      routeRules: host.routes.map((route, turn) => ({
        priority: turn + 1,
        service: route.backend.backendId,
        matchRules: matchRules(route),
      })),
    })),
    // Google refuses the map at deployment if it does not route so. A test has no method of its own, so only paths can be held to it.
    test: hosts.flatMap(({ name, routes }) => {
      return routes
        .filter(({ methods }) => methods.includes('GET'))
        .flatMap(({ paths, backend }) => paths.map((path) => ({ host: name, path, service: backend.backendId })));
    }),
  };
}

/** A URL map must name a service even where none is asked. */
function notFound(host: EdgeHost | undefined) {
  return { defaultService: host?.routes[0]?.backend.backendId, defaultRouteAction: NOT_FOUND };
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
