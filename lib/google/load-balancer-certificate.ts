import { CertificateManagerCertificate } from '@cdktf/provider-google/lib/certificate-manager-certificate';
import { CertificateManagerDnsAuthorization } from '@cdktf/provider-google/lib/certificate-manager-dns-authorization';
import { DnsRecordSet } from '@cdktf/provider-google/lib/dns-record-set';
import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { replaceableName } from './physical-name';

interface LoadBalancerCertificateProps {
  readonly name: string;
  /** The certificate is for these names and all names right below them. */
  readonly domains: readonly string[];
  /** Terraform name of the Cloud DNS zone that holds the domains; without one, records are outputs. */
  readonly zone?: string;
  /** Region of a regional load balancer. */
  readonly region?: string;
  /** Whether a load balancer of another region publishes the records that prove the domains: they are of the project and the domain, not of the region. */
  readonly isProvedElsewhere?: boolean;
}

/**
 * A certificate that Google issues and renews, for names whose owner shows by DNS records that it may. Neither it nor a proof can be changed, so that
 * other names are another certificate, which is made before the old one goes.
 */
export class LoadBalancerCertificate extends Construct {
  public readonly certificateId: string;

  public constructor(scope: Construct, id: string, props: LoadBalancerCertificateProps) {
    super(scope, id);
    const { name, domains, region } = props;
    const authorizations = domains.map((domain, index) => this.authorize(props, domain, index));
    this.certificateId = new CertificateManagerCertificate(this, 'Certificate', {
      name: replaceableName(this, name, domains),
      location: region,
      managed: {
        domains: domains.flatMap((domain) => [domain, `*.${domain}`]),
        dnsAuthorizations: authorizations.map(({ id }) => id),
      },
      lifecycle: { createBeforeDestroy: true },
    }).id;
  }

  /** Proves a name and, with it, all names right below it. */
  private authorize(props: LoadBalancerCertificateProps, domain: string, index: number) {
    const { name, region } = props;
    const number = index === 0 ? '' : `-${index + 1}`;
    const authorization = new CertificateManagerDnsAuthorization(this, `Authorization${number}`, {
      name: replaceableName(this, name, [domain]),
      domain,
      ...(region !== undefined && { location: region, type: 'PER_PROJECT_RECORD' }),
    });
    this.publish(authorization, props, `Record${number}`);
    return authorization;
  }

  private publish(
    authorization: CertificateManagerDnsAuthorization,
    { zone, isProvedElsewhere }: LoadBalancerCertificateProps,
    id: string,
  ): void {
    const { name, type, data } = authorization.dnsResourceRecord.get(0);
    if (zone === undefined || isProvedElsewhere === true) {
      new TerraformOutput(this, id, {
        description: `DNS record to publish, so that the certificate of ${authorization.domainInput} is issued and renewed`,
        value: { name, type, data },
      });
      return;
    }
    new DnsRecordSet(this, id, { managedZone: zone, name, type, ttl: 300, rrdatas: [data] });
  }
}
