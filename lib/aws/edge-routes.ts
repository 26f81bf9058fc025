/** Requests that are passed on. */
export interface EdgeRoute {
  /** HTTP methods, in upper case. */
  readonly methods: string[];

  /** Paths, exactly as clients send them. */
  readonly paths: string[];
}

/** What ingest serves. */
export const WRITE_ROUTE: EdgeRoute = { methods: ['POST'], paths: ['/v1/events'] };

/** What query serves. */
export const READ_ROUTE: EdgeRoute = { methods: ['GET', 'HEAD'], paths: ['/v1/events', '/v1/log.vkey'] };
