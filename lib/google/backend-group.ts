import type { ComputeBackendServiceBackend } from '@cdktf/provider-google/lib/compute-backend-service';
import { Place } from '../policy/place';
import { BackendProtocol } from './backend-protocol';

/** What a group is: serverless groups can have no health check, the others must. */
enum GroupKind {
  SERVERLESS = 'serverless',
  INSTANCES = 'instances',
  ENDPOINTS = 'endpoints',
}

/** A region has a few zones, and each zone one group. */
const GROUPS = { least: 1, most: 16, of: 'ids' };

const ID = /^\S{1,2048}$/;

/** What answers in one region. */
export class BackendGroup {
  /**
   * A Cloud Run service or a function.
   *
   * @param id of its serverless network endpoint group
   * @throws group-malformed
   */
  public static serverless(id: string): BackendGroup {
    return BackendGroup.of(GroupKind.SERVERLESS, { ids: [id] });
  }

  /**
   * Virtual machines.
   *
   * @param ids of their instance groups, one a zone, each with a port that is named as the protocol in lower case
   * @param healthCheckId of a health check, for instance of `GET /readyz`: a global one, the same for all regions; with residency one of the region
   * @param protocol what they speak; plain HTTP if it is left out
   * @throws group-malformed, list-length-out-of-range
   */
  public static instances(ids: string[], healthCheckId: string, protocol?: BackendProtocol): BackendGroup {
    return BackendGroup.of(GroupKind.INSTANCES, { ids, healthCheckId, protocol });
  }

  /**
   * Addresses, such as pods.
   *
   * @param ids of their zonal network endpoint groups, one a zone
   * @param healthCheckId of a health check, for instance of `GET /readyz`: a global one, the same for all regions; with residency one of the region
   * @param requestsPerSecond what one endpoint can take, 1 to 1,000,000
   * @param protocol what they speak; plain HTTP if it is left out
   * @throws group-malformed, list-length-out-of-range
   */
  public static endpoints(
    ids: string[],
    healthCheckId: string,
    requestsPerSecond: number,
    protocol?: BackendProtocol,
  ): BackendGroup {
    return BackendGroup.of(GroupKind.ENDPOINTS, { ids, healthCheckId, requestsPerSecond, protocol });
  }

  private static of(kind: GroupKind, parts: GroupParts): BackendGroup {
    return Place.valid('group', (at) => {
      at.member('ids').list(parts.ids, GROUPS, (id, spot) => spot.text(id, ID, 'group-malformed', 'the id of a group'));
      if (kind !== GroupKind.SERVERLESS) {
        at.member('healthCheckId').text(parts.healthCheckId, ID, 'group-malformed', 'the id of a health check');
      }
      if (kind === GroupKind.ENDPOINTS) {
        at.member('requestsPerSecond').integer(parts.requestsPerSecond, 1, 1_000_000, 'group-malformed');
      }
      return new BackendGroup(kind, parts);
    });
  }

  /** Ids of the groups, one a zone; of a serverless group, one. */
  public readonly groupIds: string[];

  /**
   * Id of the health check.
   *
   * @default - none: the group is serverless
   */
  public readonly healthCheckId?: string;

  private constructor(
    private readonly kind: GroupKind,
    private readonly parts: GroupParts,
  ) {
    this.groupIds = [...parts.ids];
    this.healthCheckId = parts.healthCheckId;
  }

  /** @internal */
  public get _isServerless(): boolean {
    return this.kind === GroupKind.SERVERLESS;
  }

  /** @internal */
  public get _protocol(): BackendProtocol {
    return this.parts.protocol ?? (this._isServerless ? BackendProtocol.HTTPS : BackendProtocol.HTTP);
  }

  /**
   * Name of the port, which only instance groups have.
   *
   * @internal
   */
  public get _portName(): string | undefined {
    return this.kind === GroupKind.INSTANCES ? this._protocol.toLowerCase() : undefined;
  }

  /**
   * As a backend of a load balancer.
   *
   * @internal
   */
  public _render(): ComputeBackendServiceBackend[] {
    const settings = this.settings();
    return this.groupIds.map((group) => ({ group, ...settings }));
  }

  private settings(): Omit<ComputeBackendServiceBackend, 'group'> {
    if (this.kind === GroupKind.SERVERLESS) return {};
    if (this.kind === GroupKind.INSTANCES) return { balancingMode: 'UTILIZATION', capacityScaler: 1 };
    return { balancingMode: 'RATE', maxRatePerEndpoint: this.parts.requestsPerSecond, capacityScaler: 1 };
  }
}

interface GroupParts {
  readonly ids: readonly string[];
  readonly healthCheckId?: string;
  readonly requestsPerSecond?: number;
  readonly protocol?: BackendProtocol;
}
