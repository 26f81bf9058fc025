import type { EdgeRoute } from './edge-route';

/** One name of a load balancer. */
export interface EdgeHost {
  /** The name, such as `ingest.audit.example.com`. */
  readonly name: string;

  /** What is passed on, at least one; everything else is answered 404. */
  readonly routes: EdgeRoute[];
}
