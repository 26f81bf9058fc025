import type { IEdgeBackend } from './i-edge-backend';

/** Requests that a load balancer passes on. */
export interface EdgeRoute {
  /** HTTP methods, such as `POST`. */
  readonly methods: string[];

  /** Whole paths, such as `/v1/events`, compared character by character. */
  readonly paths: string[];

  /** Where they go. */
  readonly backend: IEdgeBackend;
}
