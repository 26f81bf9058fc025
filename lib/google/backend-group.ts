import type { ComputeBackendServiceBackend } from '@cdktf/provider-google/lib/compute-backend-service';

/** What a group is: serverless groups can have no health check, the others must. */
enum GroupKind {
  SERVERLESS = 'serverless',
  INSTANCES = 'instances',
  ENDPOINTS = 'endpoints',
}

/** What answers in one region. */
export class BackendGroup {
  /**
   * A Cloud Run service or a function.
   *
   * @param id of its serverless network endpoint group
   */
  public static serverless(id: string): BackendGroup {
    return new BackendGroup(GroupKind.SERVERLESS, id);
  }

  /**
   * Virtual machines.
   *
   * @param id of their instance group, which has a port named `https`
   * @param healthCheckId of a global health check, for instance of `GET /readyz`; one for all regions
   */
  public static instances(id: string, healthCheckId: string): BackendGroup {
    return new BackendGroup(GroupKind.INSTANCES, id, healthCheckId);
  }

  /**
   * Addresses, such as pods.
   *
   * @param id of their zonal network endpoint group
   * @param healthCheckId of a global health check, for instance of `GET /readyz`; one for all regions
   * @param requestsPerSecond what one endpoint can take
   */
  public static endpoints(id: string, healthCheckId: string, requestsPerSecond: number): BackendGroup {
    return new BackendGroup(GroupKind.ENDPOINTS, id, healthCheckId, requestsPerSecond);
  }

  private constructor(
    private readonly kind: GroupKind,
    /** Id of the group. */
    public readonly groupId: string,
    /**
     * Id of the health check.
     *
     * @default - none: the group is serverless
     */
    public readonly healthCheckId?: string,
    private readonly requestsPerSecond?: number,
  ) {}

  /** @internal */
  public get _isServerless(): boolean {
    return this.kind === GroupKind.SERVERLESS;
  }

  /** @internal */
  public _render(): ComputeBackendServiceBackend {
    const group = this.groupId;
    if (this.kind === GroupKind.SERVERLESS) return { group };
    if (this.kind === GroupKind.INSTANCES) return { group, balancingMode: 'UTILIZATION', capacityScaler: 1 };
    return { group, balancingMode: 'RATE', maxRatePerEndpoint: this.requestsPerSecond, capacityScaler: 1 };
  }
}
