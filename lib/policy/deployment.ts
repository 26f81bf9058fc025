import type { AuditLogPolicy } from './audit-log-policy';
import { type Authentication, AuthenticationKind } from './authentication';
import { DnsZone } from './dns-zone';
import { readDocument, writeDocument } from './document';
import { parseDomain } from './domain';
import { AuditLogError } from './errors';
import { PathDeployment } from './path-deployment';
import { type Members, Place } from './place';
import { RegionDeployment } from './region-deployment';
import { ServiceImage } from './service-image';
import { StoredObject } from './stored-object';
import { TrustedAuthorities } from './trusted-authorities';

const REGIONS = { least: 1, most: 32, of: 'regions' };

const ROLE_ARN = /^arn:[a-z-]+:iam::[0-9]{12}:role\/[A-Za-z0-9_+=,.@/-]{1,576}$/;

/** Parts of which some were bad and reported already. */
type Parts = { [part in keyof DeploymentProps]: DeploymentProps[part] | undefined };

/** The parts of a deployment. */
export interface DeploymentProps {
  /** Clients reach the log at `ingest.<domain>` and `query.<domain>`. In lower case, such as `audit.example.com`. */
  readonly domain: string;

  /** ARN of the IAM role that alone may lengthen locks, lift legal holds, and disable or delete the signing keys. */
  readonly breakGlassRoleArn: string;

  /** Where each region of the policy is deployed, 1 to 32. */
  readonly regions: RegionDeployment[];

  /**
   * The public zone that holds the domain.
   *
   * @default - names and certificates are made elsewhere
   */
  readonly zone?: DnsZone;

  /**
   * The container image of the services.
   *
   * @default - none: needed only by services in containers
   */
  readonly image?: ServiceImage;
}

/** Where on AWS a policy is deployed: all that differs between organisations and stages, and nothing about what must hold. */
export class Deployment {
  /**
   * Makes a deployment.
   *
   * @throws domain-malformed, domain-outside-zone, role-arn-malformed, list-length-out-of-range, region-duplicate
   */
  public static of(props: DeploymentProps): Deployment {
    return Place.valid('deployment', (at) => {
      const domain = parseDomain(props.domain, at.member('domain'));
      const breakGlassRoleArn = parseRole(props.breakGlassRoleArn, at.member('breakGlassRoleArn'));
      const regions = at.member('regions').list(props.regions, REGIONS, (region) => region as RegionDeployment);
      return Deployment.check({ ...props, domain, breakGlassRoleArn, regions: regions && [...regions] }, at);
    });
  }

  /**
   * Reads a deployment from the text of a document; `deployment.schema.json` is its JSON Schema.
   *
   * @param text JSON of at most 1 MiB in UTF-8, without duplicate or unknown members
   * @throws document-invalid, which lists every problem (up to 100) with its JSON path and its own code
   */
  public static parse(text: string): Deployment {
    return readDocument(text, Deployment._parse);
  }

  /**
   * Placeholders for everything that a policy needs, to look at templates before there is anything to name. Nothing in it exists.
   *
   * @param policy which has to be deployed
   */
  public static example(policy: AuditLogPolicy): Deployment {
    return Deployment.of({
      domain: 'audit.example.com',
      zone: DnsZone.of({ id: 'Z0123456789EXAMPLE', name: 'example.com' }),
      breakGlassRoleArn: 'arn:aws:iam::111122223333:role/audit-log-break-glass',
      image: ServiceImage.of({ repository: 'audit-log', digest: `sha256:${'0'.repeat(64)}` }),
      regions: policy.regions.map(({ name }) =>
        RegionDeployment.of({
          name,
          account: '111122223333',
          ingest: examplePath(policy.writers.authenticate),
          query: examplePath(policy.readers.authenticate),
        }),
      ),
    });
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): Deployment | undefined {
    const members = at.object(given, ['version', 'domain', 'breakGlassRoleArn', 'regions', 'zone', 'image']);
    if (members === undefined) return undefined;
    at.member('version').oneOf(members.version, [1], 'version-unsupported');
    const domain = parseDomain(members.domain, at.member('domain'));
    const breakGlassRoleArn = parseRole(members.breakGlassRoleArn, at.member('breakGlassRoleArn'));
    const regions = at.member('regions').list(members.regions, REGIONS, RegionDeployment._parse);
    const zone = at.member('zone').optional(members.zone, DnsZone._parse);
    const image = at.member('image').optional(members.image, ServiceImage._parse);
    return Deployment.check({ domain, breakGlassRoleArn, regions: regions && [...regions], zone, image }, at);
  }

  /** Reports every way in which the parts do not fit together. */
  private static check(parts: Parts, at: Place): Deployment | undefined {
    const { domain, breakGlassRoleArn, regions, zone, image } = parts;
    if (domain !== undefined && zone !== undefined) checkZone(domain, zone, at.member('domain'));
    if (regions !== undefined) checkNames(regions, at.member('regions'));
    if (domain === undefined || breakGlassRoleArn === undefined || regions === undefined) return undefined;
    return new Deployment(domain, breakGlassRoleArn, regions, zone, image);
  }

  private constructor(
    /** Clients reach the log at `ingest.<domain>` and `query.<domain>`. */
    public readonly domain: string,
    /** ARN of the IAM role that alone may lengthen locks, lift legal holds, and disable or delete the signing keys. */
    public readonly breakGlassRoleArn: string,
    /** Where each region of the policy is deployed. */
    public readonly regions: RegionDeployment[],
    /**
     * The public zone that holds the domain.
     *
     * @default - names and certificates are made elsewhere
     */
    public readonly zone?: DnsZone,
    /**
     * The container image of the services.
     *
     * @default - none
     */
    public readonly image?: ServiceImage,
  ) {}

  /**
   * Where a region is deployed.
   *
   * @param name of one of the policy's regions
   * @throws region-undeployed
   */
  public regionNamed(name: string): RegionDeployment {
    const found = this.regions.find((region) => region.name === name);
    if (found !== undefined) return found;
    throw new AuditLogError('region-undeployed', {
      problem: 'the deployment does not say where a region of the policy is deployed',
      given: name,
      allowed: this.regions.map((region) => region.name).join(', '),
      fix: 'add the region to regions of the deployment',
    });
  }

  /** The text of a document from which `parse` reads this deployment again. */
  public toDocument(): string {
    return writeDocument(this._render());
  }

  /** @internal */
  public _render(): Members {
    return {
      version: 1,
      domain: this.domain,
      breakGlassRoleArn: this.breakGlassRoleArn,
      ...(this.zone && { zone: this.zone._render() }),
      ...(this.image && { image: this.image._render() }),
      regions: this.regions.map((region) => region._render()),
    };
  }
}

function parseRole(given: unknown, at: Place): string | undefined {
  return at.text(given, ROLE_ARN, 'role-arn-malformed', 'arn:<partition>:iam::<12 digits>:role/<path and name>');
}

function checkZone(domain: string, zone: DnsZone, at: Place): void {
  if (zone._holds(domain)) return;
  const problem = 'the zone cannot hold names of the domain';
  const allowed = `${zone.name}, or a name that ends in .${zone.name}`;
  at.report('domain-outside-zone', { problem, given: domain, allowed, fix: 'correct the domain or the zone' });
}

function checkNames(regions: readonly RegionDeployment[], at: Place): void {
  for (const [index, { name }] of regions.entries()) {
    if (regions.findIndex((each) => each.name === name) === index) continue;
    const problem = 'the region is listed twice';
    at.item(index).member('name').report('region-duplicate', { problem, given: name, fix: 'remove one of them' });
  }
}

function examplePath(authentication: Authentication): PathDeployment {
  if (authentication.kind !== AuthenticationKind.MUTUAL_TLS) return PathDeployment.of({});
  const certificates = StoredObject.of({ bucket: 'example-trust', key: 'clients/ca.pem', version: 'example' });
  return PathDeployment.of({ trust: TrustedAuthorities.of({ certificates }) });
}
