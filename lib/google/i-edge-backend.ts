/** What a load balancer passes requests to. */
export interface IEdgeBackend {
  /** Id of the backend service. */
  readonly backendId: string;
}
