import { Certificate, CertificateValidation, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AaaaRecord, ARecord, HostedZone, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';
import type { Deployment, DnsZone, Region } from '../policy';
import { AuditLogError } from '../policy/errors';
import { LogPath } from './log-path';
import { PublishedNames } from './published-names';

const LONGEST_COMMON_NAME = 64;

const ID = { [LogPath.INGEST]: 'Ingest', [LogPath.QUERY]: 'Query' };

/** The name by which clients reach a path, wherever they are led. */
export function publicName(path: LogPath, { domain }: Deployment): string {
  return `${path}.${domain}`;
}

/** The name of a path in one region: below the domain, or below the region's own zone if it has one. */
export function regionalName(path: LogPath, deployment: Deployment, region: string): string {
  const base = deployment._isElsewhere(region) ? undefined : deployment.regionNamed(region).zone?.name;
  return `${region}.${path}.${base ?? deployment.domain}`;
}

/**
 * The certificate of a path's names: the deployment's, or a new one for the public and the regional name, which ACM renews as long as its
 * records stay in their zones. CloudFormation makes those records only in zones of the stack's own account
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-certificatemanager-certificate-domainvalidationoption.html).
 *
 * @throws certificate-missing, certificate-name-too-long
 */
export function certificateFor(scope: Construct, path: LogPath, deployment: Deployment, region: Region): ICertificate {
  const place = deployment.regionNamed(region.name);
  const { certificateArn } = place[path];
  const id = `${ID[path]}Certificate`;
  if (certificateArn !== undefined) return Certificate.fromCertificateArn(scope, id, certificateArn);
  const domainName = publicName(path, deployment);
  const regional = regionalName(path, deployment, region.name);
  if (deployment.zone === undefined || place.account !== deployment._zoneAccount) {
    throw new AuditLogError('certificate-missing', {
      problem: `there is no certificate for ${domainName} and ${regional}, and no zone of the region's account to validate one in`,
      given: { account: place.account, zone: deployment.zone?.id, accountOfZone: deployment._zoneAccount },
      allowed: `certificateArn in ${path} of the region, or a zone of the deployment in the account of the region`,
      fix: `issue one certificate for both names in ${region.name}, validate it in both zones, and give its ARN`,
    });
  }
  checkLength(domainName);
  const zones = {
    [domainName]: importZone(scope, deployment.zone),
    [regional]: importZone(scope, place.zone ?? deployment.zone),
  };
  const validation = CertificateValidation.fromDnsMultiZone(zones);
  return new Certificate(scope, id, { domainName, subjectAlternativeNames: [regional], validation });
}

/** The first name of a certificate is its common name too: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html */
function checkLength(domainName: string): void {
  if (domainName.length <= LONGEST_COMMON_NAME) return;
  throw new AuditLogError('certificate-name-too-long', {
    problem: 'ACM issues no certificate whose first name is so long',
    given: domainName,
    allowed: `up to ${LONGEST_COMMON_NAME} characters`,
    fix: 'choose a shorter domain, or issue a certificate that has another name first, and give its ARN in the deployment',
  });
}

/**
 * Leads a path's names in a region to its load balancer, over IPv4 and IPv6, in the zones that the deployment has.
 *
 * @throws zone-in-other-account
 */
export function publishNames(
  scope: Construct,
  path: LogPath,
  { deployment, region, names }: { deployment: Deployment; region: Region; names: PublishedNames },
  loadBalancer: IApplicationLoadBalancer,
): void {
  if (deployment.zone === undefined) return;
  const { account, zone } = deployment.regionNamed(region.name);
  const regional = regionalName(path, deployment, region.name);
  publish(scope, `${ID[path]}Regional`, regional, zone ?? deployment.zone, loadBalancer);
  if (names === PublishedNames.REGIONAL) return;
  checkAccount(account, deployment);
  publish(scope, ID[path], publicName(path, deployment), deployment.zone, loadBalancer);
}

function publish(
  scope: Construct,
  id: string,
  name: string,
  dnsZone: DnsZone,
  loadBalancer: IApplicationLoadBalancer,
): void {
  const zone = importZone(scope, dnsZone);
  // One path with unhealthy targets would take the other with it, where both share a load balancer. Health is the canaries' word alone.
  const target = RecordTarget.fromAlias(new LoadBalancerTarget(loadBalancer, { evaluateTargetHealth: false }));
  const record = { zone, recordName: `${name}.`, target };
  new ARecord(scope, `${id}Ipv4`, record);
  new AaaaRecord(scope, `${id}Ipv6`, record);
}

/** CloudFormation makes records in zones of the stack's own account only. */
function checkAccount(account: string, { domain, _zoneAccount: zoneAccount }: Deployment): void {
  if (account === zoneAccount) return;
  throw new AuditLogError('zone-in-other-account', {
    problem: `the names of ${domain} would have to be made from another account than that of the zone`,
    given: zoneAccount,
    allowed: account,
    fix: 'use MultiRegionAuditLog, which makes them from a stack of their own, or FrontDoor.regional() and records of yours',
  });
}

function importZone(scope: Construct, { id, name }: DnsZone): IHostedZone {
  const made = scope.node.tryFindChild(id) as IHostedZone | undefined;
  return made ?? HostedZone.fromHostedZoneAttributes(scope, id, { hostedZoneId: id, zoneName: name });
}
