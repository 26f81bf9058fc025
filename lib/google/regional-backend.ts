import { Construct } from 'constructs';
import { AuditLogChecks } from './audit-log-checks';
import type { BackendGroup } from './backend-group';
import { regionalBackendSettings } from './backend-settings';
import type { IEdgeBackend } from './i-edge-backend';
import type { ProviderVersion } from './provider-version';
import type { RegionalFirewall } from './regional-firewall';
import { requireProvider } from './require-provider';

/**
 * Some versions of the provider make the backend and attach its firewall only when they are applied again
 * (https://github.com/hashicorp/terraform-provider-google/issues/29240). Until then nothing that leads to the backend is made.
 */
const FIREWALL_ATTACHED = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Terraform's
  condition: '${try(length(self.security_policy) > 0, false)}',
  errorMessage: 'The provider made the backend without its firewall, and nothing leads to it yet. Apply again.',
};

/** The parts of a regional backend. */
export interface RegionalBackendProps {
  /** Name of the backend, unique in the project and region: `[a-z]([-a-z0-9]*[a-z0-9])?`, up to 63 characters. */
  readonly name: string;

  /** The region's name. */
  readonly region: string;

  /** What answers. */
  readonly group: BackendGroup;

  /** Who may come in. */
  readonly firewall: RegionalFirewall;

  /**
   * Which version of the Google provider applies the stack: a firewall on a regional backend needs a newer one than the bindings'.
   *
   * @default - 6.50.0, which is refused
   */
  readonly providerVersion?: ProviderVersion;
}

/**
 * What a regional load balancer passes requests to. Every request is logged, nothing is cached, and no route to it is made before its firewall is
 * attached.
 */
export class RegionalBackend extends Construct implements IEdgeBackend {
  public readonly backendId: string;

  /** @throws provider-too-old, backend-groups-mixed */
  public constructor(scope: Construct, id: string, props: RegionalBackendProps) {
    super(scope, id);
    AuditLogChecks._hold(this);
    requireProvider(this, props.providerVersion, 'a firewall on a regional load balancer');
    const { name, region, group, firewall } = props;
    const { ComputeRegionBackendService } = regionBackendService();
    const service = new ComputeRegionBackendService(this, 'Service', {
      name,
      region,
      ...regionalBackendSettings(group),
      dependsOn: firewall._rules,
      lifecycle: { postcondition: [FIREWALL_ATTACHED] },
    });
    service.addOverride('security_policy', firewall.policyLink);
    this.backendId = service.id;
  }
}

/** Loaded where it is used: it is large, and only logs with residency need it. */
function regionBackendService(): typeof import('@cdktf/provider-google/lib/compute-region-backend-service') {
  return require('@cdktf/provider-google/lib/compute-region-backend-service');
}
