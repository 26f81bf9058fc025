import { CertificateManagerCertificate } from '@cdktf/provider-google/lib/certificate-manager-certificate';
import { CertificateManagerDnsAuthorization } from '@cdktf/provider-google/lib/certificate-manager-dns-authorization';
import { DnsRecordSet } from '@cdktf/provider-google/lib/dns-record-set';
import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';

interface LoadBalancerCertificateProps {
  readonly name: string;
  /** The certificate is for this name and all names right below it. */
  readonly domain: string;
  /** Terraform name of the Cloud DNS zone that holds the domain; without one, the record is an output. */
  readonly zone?: string;
  /** Region of a regional load balancer. */
  readonly region?: string;
}

/** A certificate that Google issues and renews, for a name whose owner shows by a DNS record that it may. */
export class LoadBalancerCertificate extends Construct {
  public readonly certificateId: string;

  public constructor(scope: Construct, id: string, props: LoadBalancerCertificateProps) {
    super(scope, id);
    const { name, domain, region } = props;
    const place = region === undefined ? {} : { location: region, type: 'PER_PROJECT_RECORD' };
    const authorization = new CertificateManagerDnsAuthorization(this, 'Authorization', { name, domain, ...place });
    this.publish(authorization, props.zone);
    this.certificateId = new CertificateManagerCertificate(this, 'Certificate', {
      name,
      location: region,
      managed: { domains: [domain, `*.${domain}`], dnsAuthorizations: [authorization.id] },
      lifecycle: { createBeforeDestroy: true },
    }).id;
  }

  private publish(authorization: CertificateManagerDnsAuthorization, zone: string | undefined): void {
    const record = authorization.dnsResourceRecord.get(0);
    if (zone === undefined) {
      new TerraformOutput(this, 'Record', {
        description: 'DNS record to publish, so that the certificate is issued',
        value: { name: record.name, type: record.type, data: record.data },
      });
      return;
    }
    const { name, type, data } = record;
    new DnsRecordSet(this, 'Record', { managedZone: zone, name, type, ttl: 300, rrdatas: [data] });
  }
}
