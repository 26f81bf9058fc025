import type { EdgeRoute } from './edge-route';

/** What ingest serves. */
export const WRITE_ROUTE: EdgeRoute = { methods: ['POST'], paths: ['/v1/events'] };

/** What query serves. */
export const READ_ROUTE: EdgeRoute = { methods: ['GET', 'HEAD'], paths: ['/v1/events', '/v1/log.vkey'] };
