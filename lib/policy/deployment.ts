import type { AuditLogPolicy } from './audit-log-policy';
import {
  checkBreakGlass,
  checkNames,
  checkRegionZones,
  checkWatch,
  checkZone,
  checkZoneAccount,
  sharedRegionOf,
  zoneAccountOf,
} from './deployment-rules';
import { DnsZone } from './dns-zone';
import { readDocument, writeDocument } from './document';
import { parseDomain } from './domain';
import { AuditLogError } from './errors';
import { exampleDeployment } from './example-deployment';
import { ExternalRegion } from './external-region';
import { Organization } from './organization';
import { type Members, Place } from './place';
import { RegionDeployment } from './region-deployment';
import { parseRoleArn } from './role-arn';
import { ServiceImage } from './service-image';
import { Watch } from './watch';

const REGIONS = { least: 1, most: 32, of: 'regions' };
const ELSEWHERE = { least: 0, most: 32, of: 'regions' };

const KNOWN = ['domain', 'breakGlassRoleArn', 'regions', 'zone', 'image', 'elsewhere', 'watch', 'organization'];

/** Parts of which some were bad and reported already. */
type Parts = { [part in keyof DeploymentProps]: DeploymentProps[part] | undefined };

/** The parts of a deployment. */
export interface DeploymentProps {
  /** Clients reach the log at `ingest.<domain>` and `query.<domain>`. In lower case, such as `audit.example.com`. */
  readonly domain: string;

  /** ARN of the IAM role that alone may lengthen locks, lift legal holds, and disable or delete the signing keys. */
  readonly breakGlassRoleArn: string;

  /** Where each region of the policy that AWS hosts is deployed, 1 to 32. */
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

  /**
   * The regions of the policy that another cloud hosts, at most 32.
   *
   * @default - none: AWS hosts every region of the policy
   */
  readonly elsewhere?: ExternalRegion[];

  /**
   * From where canaries watch every region and path.
   *
   * @default - none: needed only where clients are led to one of several regions
   */
  readonly watch?: Watch;

  /**
   * What the organisation asks of everything in its accounts.
   *
   * @default - nothing
   */
  readonly organization?: Organization;
}

/**
 * Where on AWS a policy is deployed: all that differs between organisations and stages, and nothing about what must hold. It is a document,
 * also where it is made in code: each value is a text that is known at synthesis, never an attribute of a resource in the app.
 */
export class Deployment {
  /**
   * Makes a deployment.
   *
   * @throws domain-malformed, domain-outside-zone, role-arn-malformed, list-length-out-of-range, region-duplicate,
   * role-in-other-account, watch-region-watched, zone-account-missing, zone-in-other-account, zone-shadows-domain
   */
  public static of(props: DeploymentProps): Deployment {
    return Place.valid('deployment', (at) => {
      const domain = parseDomain(props.domain, at.member('domain'));
      const breakGlassRoleArn = parseRoleArn(props.breakGlassRoleArn, at.member('breakGlassRoleArn'));
      const regions = at.member('regions').list(props.regions, REGIONS, (region) => region as RegionDeployment);
      const elsewhere = at
        .member('elsewhere')
        .list(props.elsewhere ?? [], ELSEWHERE, (region) => region as ExternalRegion);
      const lists = { regions: regions && [...regions], elsewhere: elsewhere && [...elsewhere] };
      return Deployment.check({ ...props, domain, breakGlassRoleArn, ...lists }, at);
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
   * Each jurisdiction has an account. Regions whose names have another form than those of AWS are elsewhere, unless all have.
   *
   * @param policy which has to be deployed
   */
  public static example(policy: AuditLogPolicy): Deployment {
    return Deployment.of(exampleDeployment(policy));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): Deployment | undefined {
    const members = at.object(given, ['version', ...KNOWN]);
    if (members === undefined) return undefined;
    at.member('version').oneOf(members.version, [1], 'version-unsupported');
    const domain = parseDomain(members.domain, at.member('domain'));
    const breakGlassRoleArn = parseRoleArn(members.breakGlassRoleArn, at.member('breakGlassRoleArn'));
    const regions = at.member('regions').list(members.regions, REGIONS, RegionDeployment._parse);
    const zone = at.member('zone').optional(members.zone, DnsZone._parse);
    const image = at.member('image').optional(members.image, ServiceImage._parse);
    const elsewhere = at
      .member('elsewhere')
      .optional(members.elsewhere, (list, there) => there.list(list, ELSEWHERE, ExternalRegion._parse));
    const watch = at.member('watch').optional(members.watch, Watch._parse);
    const organization = at.member('organization').optional(members.organization, Organization._parse);
    const lists = { regions: regions && [...regions], elsewhere: elsewhere && [...elsewhere] };
    return Deployment.check({ domain, breakGlassRoleArn, zone, image, watch, organization, ...lists }, at);
  }

  /** Reports every way in which the parts do not fit together. */
  private static check(parts: Parts, at: Place): Deployment | undefined {
    const { domain, breakGlassRoleArn, regions, zone, elsewhere = [], watch } = parts;
    if (domain !== undefined && zone !== undefined) checkZone(domain, zone, at.member('domain'));
    if (regions === undefined) return undefined;
    checkNames(regions, elsewhere, at);
    checkWatch(watch, [...regions, ...elsewhere], at.member('watch'));
    checkZoneAccount(zone, regions, at.member('zone'));
    checkBreakGlass(breakGlassRoleArn, regions, at.member('regions'));
    checkRegionZones(regions, zone, domain, at.member('regions'));
    if (domain === undefined || breakGlassRoleArn === undefined) return undefined;
    return new Deployment({ ...parts, domain, breakGlassRoleArn, regions });
  }

  /** Clients reach the log at `ingest.<domain>` and `query.<domain>`. */
  public readonly domain: string;

  /** ARN of the IAM role that alone may lengthen locks, lift legal holds, and disable or delete the signing keys. */
  public readonly breakGlassRoleArn: string;

  /** Where each region of the policy that AWS hosts is deployed. */
  public readonly regions: RegionDeployment[];

  /**
   * The public zone that holds the domain.
   *
   * @default - names and certificates are made elsewhere
   */
  public readonly zone?: DnsZone;

  /**
   * The container image of the services.
   *
   * @default - none
   */
  public readonly image?: ServiceImage;

  /** The regions of the policy that another cloud hosts. */
  public readonly elsewhere: ExternalRegion[];

  /**
   * From where canaries watch every region and path.
   *
   * @default - none
   */
  public readonly watch?: Watch;

  /**
   * What the organisation asks of everything in its accounts.
   *
   * @default - nothing
   */
  public readonly organization?: Organization;

  private constructor(props: DeploymentProps) {
    this.domain = props.domain;
    this.breakGlassRoleArn = props.breakGlassRoleArn;
    this.regions = props.regions;
    this.zone = props.zone;
    this.image = props.image;
    this.elsewhere = props.elsewhere ?? [];
    this.watch = props.watch;
    this.organization = props.organization;
  }

  /**
   * Where on AWS a region is deployed.
   *
   * @param name of one of the policy's regions
   * @throws region-undeployed, region-elsewhere
   */
  public regionNamed(name: string): RegionDeployment {
    const found = this.regions.find((region) => region.name === name);
    if (found !== undefined) return found;
    const allowed = this.regions.map((region) => region.name).join(', ');
    if (this._isElsewhere(name)) {
      const problem = 'another cloud hosts this region, so that nothing of it is deployed on AWS';
      const fix = 'choose one of those, or move the region from elsewhere to regions of the deployment';
      throw new AuditLogError('region-elsewhere', { problem, given: name, allowed, fix });
    }
    const problem = 'the deployment does not say where a region of the policy is deployed';
    const fix = 'add the region to regions of the deployment, or to elsewhere if another cloud hosts it';
    throw new AuditLogError('region-undeployed', { problem, given: name, allowed, fix });
  }

  /**
   * ARN of a region's break-glass role: the region's own, or else the deployment's.
   *
   * @param name of one of the policy's regions
   * @throws region-undeployed, region-elsewhere
   */
  public breakGlassRoleOf(name: string): string {
    return this.regionNamed(name).breakGlassRoleArn ?? this.breakGlassRoleArn;
  }

  /** @internal */
  public _isElsewhere(name: string): boolean {
    return this.elsewhere.some((region) => region.name === name);
  }

  /**
   * The account of the deployment's zone, and of everything that is not of one region.
   *
   * @internal
   */
  public get _zoneAccount(): string {
    return zoneAccountOf(this.zone, this.regions);
  }

  /**
   * The AWS region of everything that is not of one region. It does not depend on the order of regions.
   *
   * @internal
   */
  public get _sharedRegion(): string {
    return sharedRegionOf(this.watch, this.regions);
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
      ...(this.elsewhere.length > 0 && { elsewhere: this.elsewhere.map((region) => region._render()) }),
      ...(this.watch && { watch: this.watch._render() }),
      ...(this.organization && { organization: this.organization._render() }),
    };
  }
}
