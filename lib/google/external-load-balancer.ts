import { CertificateManagerCertificateMap } from '@cdktf/provider-google/lib/certificate-manager-certificate-map';
import { CertificateManagerCertificateMapEntry } from '@cdktf/provider-google/lib/certificate-manager-certificate-map-entry';
import { ComputeGlobalAddress } from '@cdktf/provider-google/lib/compute-global-address';
import { ComputeGlobalForwardingRule } from '@cdktf/provider-google/lib/compute-global-forwarding-rule';
import { ComputeSslPolicy } from '@cdktf/provider-google/lib/compute-ssl-policy';
import { ComputeTargetHttpsProxy } from '@cdktf/provider-google/lib/compute-target-https-proxy';
import { ComputeUrlMap } from '@cdktf/provider-google/lib/compute-url-map';
import { DnsRecordSet } from '@cdktf/provider-google/lib/dns-record-set';
import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import type { Authentication } from '../policy';
import { AuditLogChecks } from './audit-log-checks';
import { clientTrust } from './client-trust';
import type { EdgeHost } from './edge-host';
import { edgeRouting } from './edge-routing';
import { LoadBalancerCertificate } from './load-balancer-certificate';
import type { ProviderVersion } from './provider-version';
import { requireProvider } from './require-provider';
import { TlsVersion } from './tls-version';

const DNS_TTL_SECONDS = 60;

/** The parts of a load balancer. */
export interface ExternalLoadBalancerProps {
  /** Name of all its resources, unique in the project: `[a-z]([-a-z0-9]*[a-z0-9])?`, up to 56 characters. */
  readonly name: string;

  /** The names that its certificate is for, each with all names right below it, such as `ingest.audit.example.com`. At least one. */
  readonly domains: string[];

  /** What is passed on, by host: the domains or names right below them. At least one. */
  readonly hosts: EdgeHost[];

  /** How clients prove who they are. */
  readonly authenticate: Authentication;

  /**
   * Certificates in PEM of those who may issue client certificates.
   *
   * @default - none: needed where clients authenticate by mutual TLS
   */
  readonly clientAuthorities?: string[];

  /**
   * Name of the Cloud DNS zone that holds the domain.
   *
   * @default - the records to make elsewhere are outputs and properties
   */
  readonly zone?: string;

  /**
   * The oldest TLS that clients may speak.
   *
   * @default - TLS 1.2
   */
  readonly minimumTls?: TlsVersion;

  /**
   * Which version of the Google provider applies the stack. TLS 1.3 as a minimum needs a newer one than the bindings'.
   *
   * @default - 6.50.0, the bindings'
   */
  readonly providerVersion?: ProviderVersion;
}

/**
 * A global external Application Load Balancer: HTTPS only, IPv4 and IPv6, a certificate of Google's, forward secrecy, no early data
 * (which an attacker could replay), client certificates where the policy asks for them.
 */
export class ExternalLoadBalancer extends Construct {
  /** Its IPv4 address. */
  public readonly ipv4Address: string;

  /** Its IPv6 address. */
  public readonly ipv6Address: string;

  /** @throws access-open, client-authorities-missing, provider-too-old */
  public constructor(scope: Construct, id: string, props: ExternalLoadBalancerProps) {
    super(scope, id);
    AuditLogChecks._hold(this);
    const proxy = this.makeProxy(props);
    this.ipv4Address = this.listen(props, proxy.id, 'IPV4', 'A');
    this.ipv6Address = this.listen(props, proxy.id, 'IPV6', 'AAAA');
    if (props.zone === undefined) this.tellAddresses(props);
  }

  private tellAddresses({ hosts }: ExternalLoadBalancerProps): void {
    const description = `Addresses of ${hosts.map(({ name }) => name).join(', ')}, to publish where names are made`;
    new TerraformOutput(this, 'Addresses', { description, value: { A: this.ipv4Address, AAAA: this.ipv6Address } });
  }

  private makeProxy(props: ExternalLoadBalancerProps): ComputeTargetHttpsProxy {
    const { name, authenticate, clientAuthorities: authorities } = props;
    return new ComputeTargetHttpsProxy(this, 'Proxy', {
      name,
      urlMap: new ComputeUrlMap(this, 'Routes', { name, ...edgeRouting(props.hosts) }).id,
      sslPolicy: this.makeTlsPolicy(props),
      certificateMap: this.makeCertificates(props),
      serverTlsPolicy: clientTrust(this, authenticate, { name, location: 'global', authorities }),
      tlsEarlyData: 'DISABLED',
    });
  }

  private makeTlsPolicy({ name, minimumTls, providerVersion }: ExternalLoadBalancerProps): string {
    const minTlsVersion = minimumTls ?? TlsVersion.TLS_1_2;
    if (minTlsVersion === TlsVersion.TLS_1_3) requireProvider(this, providerVersion, 'TLS 1.3 as a minimum');
    return new ComputeSslPolicy(this, 'Tls', { name, profile: 'RESTRICTED', minTlsVersion }).id;
  }

  private makeCertificates({ name, domains, zone }: ExternalLoadBalancerProps): string {
    const { certificateId } = new LoadBalancerCertificate(this, 'Certificate', { name, domains, zone });
    const map = new CertificateManagerCertificateMap(this, 'Certificates', { name });
    const entries = domains.flatMap((domain, index) => {
      const number = index === 0 ? '' : `-${index + 1}`;
      return [
        { suffix: `apex${number}`, hostname: domain },
        { suffix: `below${number}`, hostname: `*.${domain}` },
      ];
    });
    for (const { suffix, hostname } of entries) {
      new CertificateManagerCertificateMapEntry(this, `Certificate ${suffix}`, {
        name: `${name}-${suffix}`,
        map: map.name,
        certificates: [certificateId],
        hostname,
      });
    }
    return `//certificatemanager.googleapis.com/${map.id}`;
  }

  private listen(props: ExternalLoadBalancerProps, target: string, ipVersion: string, type: string): string {
    const name = `${props.name}-${ipVersion.slice(2).toLowerCase()}`;
    const address = new ComputeGlobalAddress(this, ipVersion, { name, ipVersion });
    new ComputeGlobalForwardingRule(this, `Listen ${ipVersion}`, {
      name,
      target,
      ipAddress: address.id,
      ipProtocol: 'TCP',
      portRange: '443',
      loadBalancingScheme: 'EXTERNAL_MANAGED',
    });
    if (props.zone !== undefined) this.publish(props.hosts, props.zone, type, address.address);
    return address.address;
  }

  private publish(hosts: readonly EdgeHost[], managedZone: string, type: string, address: string): void {
    for (const { name } of hosts) {
      const record = { managedZone, name: `${name}.`, type, ttl: DNS_TTL_SECONDS, rrdatas: [address] };
      new DnsRecordSet(this, `${type} ${name}`, record);
    }
  }
}
