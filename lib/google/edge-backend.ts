import { ComputeBackendService } from '@cdktf/provider-google/lib/compute-backend-service';
import { Construct } from 'constructs';
import { AuditLogChecks } from './audit-log-checks';
import type { BackendGroup } from './backend-group';
import { globalBackendSettings } from './backend-settings';
import type { CacheFirewall } from './cache-firewall';
import { CERTIFICATE_HEADERS } from './certificate-headers';
import type { EdgeFirewall } from './edge-firewall';
import type { IEdgeBackend } from './i-edge-backend';

/** The parts of a backend. */
export interface EdgeBackendProps {
  /** Name of the backend, unique in the project: `[a-z]([-a-z0-9]*[a-z0-9])?`, up to 63 characters. */
  readonly name: string;

  /** What answers, one group a region: the nearest region that works. All of one kind. */
  readonly groups: BackendGroup[];

  /** Who may come in. */
  readonly firewall: EdgeFirewall;

  /**
   * Who may come in to what Cloud CDN has cached. Only for paths without event data: what the service calls `public` is kept at Google's
   * edge.
   *
   * @default - nothing is cached
   */
  readonly cache?: CacheFirewall;
}

/** What a global load balancer passes requests to: every request is logged, and what the client's certificate says is added to it. */
export class EdgeBackend extends Construct implements IEdgeBackend {
  public readonly backendId: string;

  /** @throws backend-groups-mixed */
  public constructor(scope: Construct, id: string, props: EdgeBackendProps) {
    super(scope, id);
    AuditLogChecks._hold(this);
    const { firewall, cache } = props;
    const service = new ComputeBackendService(this, 'Service', {
      name: props.name,
      ...globalBackendSettings(props.groups),
      securityPolicy: firewall.policyId,
      customRequestHeaders: Object.entries(CERTIFICATE_HEADERS).map(([name, value]) => `${name}:${value}`),
      compressionMode: 'DISABLED',
      ...(cache === undefined ? { enableCdn: false } : cached(cache)),
      dependsOn: [...firewall._rules, ...(cache?._rules ?? [])],
    });
    this.backendId = service.id;
  }
}

/** Only what the service itself calls cacheable is cached, whatever the query string. */
function cached(cache: CacheFirewall) {
  return {
    enableCdn: true,
    edgeSecurityPolicy: cache.policyId,
    cdnPolicy: {
      cacheMode: 'USE_ORIGIN_HEADERS',
      cacheKeyPolicy: { includeHost: true, includeProtocol: true, includeQueryString: false },
    },
  };
}
