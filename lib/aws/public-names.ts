import { Certificate, CertificateValidation, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AaaaRecord, ARecord, HostedZone, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';
import type { Deployment, Region } from '../policy';
import { AuditLogError } from '../policy/errors';

type PathName = 'ingest' | 'query';

const ID = { ingest: 'Ingest', query: 'Query' };

/** The name by which clients reach a path. */
export function nameOf(path: PathName, { domain }: Deployment): string {
  return `${path}.${domain}`;
}

/**
 * The certificate of a path's name: the deployment's, or a new one that ACM renews as long as its record stays in the zone.
 *
 * @throws certificate-missing
 */
export function certificateFor(scope: Construct, path: PathName, deployment: Deployment, region: Region): ICertificate {
  const { certificateArn } = deployment.regionNamed(region.name)[path];
  const id = `${ID[path]}Certificate`;
  if (certificateArn !== undefined) return Certificate.fromCertificateArn(scope, id, certificateArn);
  const zone = zoneOf(scope, deployment);
  const domainName = nameOf(path, deployment);
  if (zone !== undefined)
    return new Certificate(scope, id, { domainName, validation: CertificateValidation.fromDns(zone) });
  throw new AuditLogError('certificate-missing', {
    problem: `the deployment has neither a certificate for ${domainName} nor a zone to validate one in`,
    allowed: `certificateArn in ${path} of the region, or zone`,
    fix: 'add one of them to the deployment',
  });
}

/** Leads a path's name to a load balancer, over IPv4 and IPv6, if the deployment has a zone for it. */
export function publishName(
  scope: Construct,
  path: PathName,
  deployment: Deployment,
  loadBalancer: IApplicationLoadBalancer,
): void {
  const zone = zoneOf(scope, deployment);
  if (zone === undefined) return;
  // There is no other place to send clients to: an answer that depends on health could only be worse.
  const target = RecordTarget.fromAlias(new LoadBalancerTarget(loadBalancer, { evaluateTargetHealth: false }));
  const record = { zone, recordName: `${nameOf(path, deployment)}.`, target };
  new ARecord(scope, `${ID[path]}Ipv4`, record);
  new AaaaRecord(scope, `${ID[path]}Ipv6`, record);
}

function zoneOf(scope: Construct, { zone }: Deployment): IHostedZone | undefined {
  if (zone === undefined) return undefined;
  const made = scope.node.tryFindChild('Zone') as IHostedZone | undefined;
  if (made !== undefined) return made;
  return HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId: zone.id, zoneName: zone.name });
}
