import type { EdgeRoute } from './edge-route';
import type { IEdgeBackend } from './i-edge-backend';

/** What ingest serves. */
export function writeRoutes(backend: IEdgeBackend): EdgeRoute[] {
  return [{ methods: ['POST'], paths: ['/v1/events'], backend }];
}

/**
 * What query serves.
 *
 * @param keys where what has no event data and never changes comes from
 */
export function readRoutes(backend: IEdgeBackend, keys: IEdgeBackend): EdgeRoute[] {
  const methods = ['GET', 'HEAD'];
  return [
    { methods, paths: ['/v1/events'], backend },
    { methods, paths: ['/v1/log.vkey'], backend: keys },
  ];
}
