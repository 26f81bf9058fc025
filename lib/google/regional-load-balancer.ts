import { ComputeAddress } from '@cdktf/provider-google/lib/compute-address';
import { ComputeForwardingRule } from '@cdktf/provider-google/lib/compute-forwarding-rule';
import { ComputeRegionSslPolicy } from '@cdktf/provider-google/lib/compute-region-ssl-policy';
import { ComputeRegionTargetHttpsProxy } from '@cdktf/provider-google/lib/compute-region-target-https-proxy';
import { Construct } from 'constructs';
import { AuditLogChecks } from './audit-log-checks';
import { CERTIFICATE_HEADERS } from './certificate-headers';
import { clientTrust } from './client-trust';
import type { EdgeHost } from './edge-host';
import type { EdgeNetwork } from './edge-network';
import { edgeRouting } from './edge-routing';
import type { ExternalLoadBalancerProps } from './external-load-balancer';
import { LoadBalancerCertificate } from './load-balancer-certificate';
import { requireProvider } from './require-provider';
import { TlsVersion } from './tls-version';

/** Where a regional load balancer is. */
export interface RegionalPlace {
  /** The region's name. */
  readonly region: string;

  /** Where its proxies are. */
  readonly network: EdgeNetwork;

  /**
   * The region whose load balancer publishes the records that prove the domains. They are of the project and the domain, so that those of all regions are
   * the same (https://cloud.google.com/certificate-manager/docs/domain-authorization).
   *
   * @default - this one
   */
  readonly provedIn?: string;
}

/**
 * A regional external Application Load Balancer: TLS ends in the region, and nothing of a request leaves it. IPv4 only. Its name, unlike a
 * global one's, is published by whoever knows the other regions.
 */
export class RegionalLoadBalancer extends Construct {
  /** Its IPv4 address. */
  public readonly ipv4Address: string;

  /** @throws access-open, client-authorities-missing, provider-too-old */
  public constructor(scope: Construct, id: string, props: ExternalLoadBalancerProps, place: RegionalPlace) {
    super(scope, id);
    AuditLogChecks._hold(this);
    const { region, network } = place;
    const { name } = props;
    const proxy = this.makeProxy(props, place);
    const address = new ComputeAddress(this, 'Address', { name, region, networkTier: 'PREMIUM' });
    new ComputeForwardingRule(this, 'Listen', {
      name,
      region,
      target: proxy.id,
      ipAddress: address.id,
      ipProtocol: 'TCP',
      portRange: '443',
      loadBalancingScheme: 'EXTERNAL_MANAGED',
      networkTier: 'PREMIUM',
      network: network.networkId,
      dependsOn: network._subnets,
    });
    this.ipv4Address = address.address;
  }

  private makeProxy(props: ExternalLoadBalancerProps, place: RegionalPlace): ComputeRegionTargetHttpsProxy {
    const { name, domains, zone, authenticate, clientAuthorities: authorities } = props;
    const { region, provedIn } = place;
    const isProvedElsewhere = provedIn !== undefined && provedIn !== region;
    const proof = { name, domains, zone, region, isProvedElsewhere };
    const certificate = new LoadBalancerCertificate(this, 'Certificate', proof);
    return new ComputeRegionTargetHttpsProxy(this, 'Proxy', {
      name,
      region,
      urlMap: this.makeRoutes(props, region),
      sslPolicy: this.makeTlsPolicy(props, region),
      certificateManagerCertificates: [certificate.certificateId],
      serverTlsPolicy: clientTrust(this, authenticate, { name, location: region, authorities }),
    });
  }

  /** Newer providers can set headers for all that a name has, not only for the routes that there are. */
  private makeRoutes({ name, hosts, providerVersion }: ExternalLoadBalancerProps, region: string): string {
    const { ComputeRegionUrlMap } = regionUrlMap();
    const routes = new ComputeRegionUrlMap(this, 'Routes', { name, region, ...regionalRouting(hosts) });
    if (providerVersion === undefined) return routes.id;
    providerVersion._require(this);
    const headers = CERTIFICATE_HEADER_ENTRIES.map(([name, value]) => ({
      header_name: name,
      header_value: value,
      replace: true,
    }));
    for (const index of hosts.keys()) {
      routes.addOverride(`path_matcher.${index}.header_action`, { request_headers_to_add: headers });
    }
    return routes.id;
  }

  private makeTlsPolicy({ name, minimumTls, providerVersion }: ExternalLoadBalancerProps, region: string): string {
    const minTlsVersion = minimumTls ?? TlsVersion.TLS_1_2;
    if (minTlsVersion === TlsVersion.TLS_1_3) requireProvider(this, providerVersion, 'TLS 1.3 as a minimum');
    return new ComputeRegionSslPolicy(this, 'Tls', { name, region, profile: 'RESTRICTED', minTlsVersion }).id;
  }
}

const CERTIFICATE_HEADER_ENTRIES = Object.entries(CERTIFICATE_HEADERS);

/** A regional backend cannot add headers, so the map does; what a client sends under these names is replaced. */
function regionalRouting(hosts: readonly EdgeHost[]) {
  const requestHeadersToAdd = CERTIFICATE_HEADER_ENTRIES.map(([headerName, headerValue]) => {
    return { headerName, headerValue, replace: true };
  });
  const { pathMatcher, ...rest } = edgeRouting(hosts);
  return {
    ...rest,
    pathMatcher: pathMatcher.map(({ routeRules, ...matcher }) => ({
      ...matcher,
      routeRules: routeRules.map((rule) => ({ ...rule, headerAction: { requestHeadersToAdd } })),
    })),
  };
}

/** Loaded where it is used: it is large, and only logs with residency need it. */
function regionUrlMap(): typeof import('@cdktf/provider-google/lib/compute-region-url-map') {
  return require('@cdktf/provider-google/lib/compute-region-url-map');
}
