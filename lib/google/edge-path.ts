import type { Routing } from '../policy';
import type { EdgeRoute } from './edge-route';
import { readRoutes, writeRoutes } from './edge-routes';
import type { FrontDoorContext } from './front-door-context';
import type { IEdgeBackend } from './i-edge-backend';
import { ingestDomain, queryDomain } from './public-names';
import type { RegionTarget } from './region-target';

/** What writers or readers ask for, and what answers it. */
export interface EdgePath {
  readonly role: 'ingest' | 'query';

  /** The name that leads to some region; `<region>.<domain>` leads to this one. */
  readonly domain: string;
  readonly targets: readonly RegionTarget[];

  /** How clients are led to a region. */
  readonly routing: Routing;

  /**
   * What is passed on.
   *
   * @param keys where what has no event data and never changes comes from: `backend` as well, or the same with a cache before it
   */
  readonly routes: (backend: IEdgeBackend, keys: IEdgeBackend) => EdgeRoute[];

  /** Whether anything of it may be cached. */
  readonly hasKeys: boolean;
}

export function writePath({ policy, deployment, writes }: FrontDoorContext): EdgePath {
  return {
    role: 'ingest',
    domain: ingestDomain(deployment.domain),
    targets: writes,
    routing: policy.traffic.writes,
    routes: writeRoutes,
    hasKeys: false,
  };
}

export function readPath({ policy, deployment, reads }: FrontDoorContext): EdgePath {
  return {
    role: 'query',
    domain: queryDomain(deployment.domain),
    targets: reads,
    routing: policy.traffic.reads,
    routes: readRoutes,
    hasKeys: true,
  };
}
