import type { AuditLogPolicy } from './audit-log-policy';
import { type Authentication, AuthenticationKind } from './authentication';
import { isAwsRegion } from './aws-region';
import type { DeploymentProps } from './deployment';
import { DnsZone } from './dns-zone';
import { ExternalRegion } from './external-region';
import { PathAddresses } from './path-addresses';
import { PathDeployment } from './path-deployment';
import type { Region } from './region';
import { RegionDeployment } from './region-deployment';
import { ServiceImage } from './service-image';
import { StoredObject } from './stored-object';
import { TrustedAuthorities } from './trusted-authorities';
import { Watch } from './watch';

/** Of the zone and the first jurisdiction. */
const FIRST_ACCOUNT = 111122223333;

/** Between the accounts of 32 jurisdictions, so that all have 12 digits. */
const NEXT_ACCOUNT = 22222222222;

/** From where canaries may watch; the first that the policy does not use. */
const WATCHES = ['us-west-2', 'eu-west-3', 'ca-central-1', 'ap-northeast-1', 'sa-east-1'];

/** One account a jurisdiction, and placeholders for everything that a policy needs. Nothing of it exists. */
export function exampleDeployment(policy: AuditLogPolicy): DeploymentProps {
  const ours = policy.regions.filter(({ name }) => isAwsRegion(name));
  const regions = ours.length > 0 ? ours : policy.regions;
  const elsewhere = policy.regions.filter((region) => !regions.includes(region));
  const jurisdictions = [...new Set(regions.map(({ jurisdiction }) => jurisdiction))];
  return {
    domain: 'audit.example.com',
    zone: DnsZone.of({ id: 'Z0123456789EXAMPLE', name: 'example.com', account: String(FIRST_ACCOUNT) }),
    breakGlassRoleArn: roleIn(String(FIRST_ACCOUNT)),
    image: ServiceImage.of({ repository: 'audit-log', digest: `sha256:${'0'.repeat(64)}` }),
    regions: regions.map((region) => deployed(region, jurisdictions.indexOf(region.jurisdiction), policy)),
    elsewhere: elsewhere.map(({ name }, index) => hostedElsewhere(name, index, regions)),
    watch: policy.regions.length > 1 ? watchBeside(regions) : undefined,
  };
}

/** In an account of its own, unless its jurisdiction is the first; no certificate can be validated in a zone of another account. */
function deployed({ name, jurisdiction }: Region, ordinal: number, policy: AuditLogPolicy): RegionDeployment {
  const account = String(FIRST_ACCOUNT + ordinal * NEXT_ACCOUNT);
  const arn = `arn:aws:acm:${name}:${account}:certificate/00000000-0000-0000-0000-000000000000`;
  const certificateArn = ordinal === 0 ? undefined : arn;
  const paths = {
    ingest: exampleOf(policy.writers.authenticate, certificateArn),
    query: exampleOf(policy.readers.authenticate, certificateArn),
  };
  if (ordinal === 0) return RegionDeployment.of({ name, account, ...paths });
  const zone = DnsZone.of({ id: `Z${account}EXAMPLE`, name: `${jurisdiction.toLowerCase()}-audit.example.com` });
  return RegionDeployment.of({ name, account, ...paths, zone, breakGlassRoleArn: roleIn(account) });
}

function exampleOf(authentication: Authentication, certificateArn?: string): PathDeployment {
  if (authentication.kind !== AuthenticationKind.MUTUAL_TLS) return PathDeployment.of({ certificateArn });
  const certificates = StoredObject.of({ bucket: 'example-trust', key: 'clients/ca.pem', version: 'example' });
  return PathDeployment.of({ certificateArn, trust: TrustedAuthorities.of({ certificates }) });
}

/** At addresses that are for documentation (RFC 5737, RFC 3849). */
function hostedElsewhere(name: string, index: number, ours: readonly Region[]): ExternalRegion {
  const addresses = (last: number) => PathAddresses.of({ ipv4: `203.0.113.${last}`, ipv6: `2001:db8::${last}` });
  const near = ours[0]?.name ?? 'eu-central-1';
  return ExternalRegion.of({ name, near, ingest: addresses(10 + 2 * index), query: addresses(11 + 2 * index) });
}

function watchBeside(regions: readonly Region[]): Watch | undefined {
  const region = WATCHES.find((each) => regions.every(({ name }) => name !== each));
  if (region === undefined) return undefined;
  const secret = `arn:aws:secretsmanager:${region}:${FIRST_ACCOUNT}:secret:audit-log-canary`;
  return Watch.of({
    region,
    address: '192.0.2.10',
    allocationId: 'eipalloc-0123456789abcdef0',
    ingestSecretArn: `${secret}-ingest-a1B2c3`,
    querySecretArn: `${secret}-query-d4E5f6`,
  });
}

function roleIn(account: string): string {
  return `arn:aws:iam::${account}:role/audit-log-break-glass`;
}
