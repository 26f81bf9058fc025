import { parseAccount } from './account';
import { DnsZone } from './dns-zone';
import { PathDeployment } from './path-deployment';
import { type Members, Place } from './place';
import { parseRegionName } from './region-name';
import { checkRoleAccount, parseRoleArn } from './role-arn';

/** Parts of which some are still to be read, or were bad and reported already. */
interface Parts {
  readonly name?: unknown;
  readonly account?: unknown;
  readonly ingest: PathDeployment | undefined;
  readonly query: PathDeployment | undefined;
  readonly zone?: DnsZone;
  readonly breakGlassRoleArn?: unknown;
}

/** The parts of a region's deployment. */
export interface RegionDeploymentProps {
  /** Name of one of the policy's regions. */
  readonly name: string;

  /** The account of that region's stacks: 12 digits. */
  readonly account: string;

  /** What the path of writers finds there. */
  readonly ingest: PathDeployment;

  /** What the path of readers finds there. */
  readonly query: PathDeployment;

  /**
   * A public zone in the region's own account, for the names of this region.
   *
   * @default - the deployment's zone, which must be in the region's account
   */
  readonly zone?: DnsZone;

  /**
   * ARN of the IAM role that alone may lengthen locks, lift legal holds, and disable or delete the signing keys of this region. It is in
   * the region's account.
   *
   * @default - the deployment's role, which must be in the region's account
   */
  readonly breakGlassRoleArn?: string;
}

/** Where one region of a policy is deployed. */
export class RegionDeployment {
  /**
   * Makes a region's deployment.
   *
   * @throws region-malformed, account-malformed, certificate-elsewhere, zone-in-other-account, role-arn-malformed, role-in-other-account
   */
  public static of(props: RegionDeploymentProps): RegionDeployment {
    return Place.valid('region', (at) => RegionDeployment.check(props, at));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): RegionDeployment | undefined {
    const members = at.object(given, ['name', 'account', 'ingest', 'query', 'zone', 'breakGlassRoleArn']);
    if (members === undefined) return undefined;
    const ingest = PathDeployment._parse(members.ingest, at.member('ingest'));
    const query = PathDeployment._parse(members.query, at.member('query'));
    const zone = at.member('zone').optional(members.zone, DnsZone._parse);
    const { name, account, breakGlassRoleArn } = members;
    return RegionDeployment.check({ name, account, ingest, query, zone, breakGlassRoleArn }, at);
  }

  private static check(parts: Parts, at: Place): RegionDeployment | undefined {
    const { ingest, query, zone } = parts;
    const name = parseRegionName(parts.name, at.member('name'));
    const account = parseAccount(parts.account, at.member('account'));
    const breakGlassRoleArn = at.member('breakGlassRoleArn').optional(parts.breakGlassRoleArn, parseRoleArn);
    checkCertificate(ingest, name, at.member('ingest'));
    checkCertificate(query, name, at.member('query'));
    checkZone(zone, account, at.member('zone'));
    checkRoleAccount(breakGlassRoleArn, account, at.member('breakGlassRoleArn'));
    if (name === undefined || account === undefined || !ingest || !query) return undefined;
    return new RegionDeployment({ name, account, ingest, query, zone, breakGlassRoleArn });
  }

  /** Name of one of the policy's regions. */
  public readonly name: string;

  /** The account of that region's stacks. */
  public readonly account: string;

  /** What the path of writers finds there. */
  public readonly ingest: PathDeployment;

  /** What the path of readers finds there. */
  public readonly query: PathDeployment;

  /**
   * A public zone in the region's own account, for the names of this region.
   *
   * @default - the deployment's zone
   */
  public readonly zone?: DnsZone;

  /**
   * ARN of the IAM role that alone may lengthen locks, lift legal holds, and disable or delete the signing keys of this region.
   *
   * @default - the deployment's role
   */
  public readonly breakGlassRoleArn?: string;

  private constructor(props: RegionDeploymentProps) {
    this.name = props.name;
    this.account = props.account;
    this.ingest = props.ingest;
    this.query = props.query;
    this.zone = props.zone;
    this.breakGlassRoleArn = props.breakGlassRoleArn;
  }

  /** @internal */
  public _render(): Members {
    return {
      name: this.name,
      account: this.account,
      ...(this.zone && { zone: this.zone._render() }),
      ...(this.breakGlassRoleArn !== undefined && { breakGlassRoleArn: this.breakGlassRoleArn }),
      ingest: this.ingest._render(),
      query: this.query._render(),
    };
  }
}

function checkCertificate(path: PathDeployment | undefined, region: string | undefined, at: Place): void {
  const arn = path?.certificateArn;
  if (arn === undefined || region === undefined || arn.split(':')[3] === region) return;
  const problem = 'the certificate is in another region, where no load balancer of this region can use it';
  const fix = 'issue or import it in this region';
  at.member('certificateArn').report('certificate-elsewhere', {
    problem,
    given: arn,
    allowed: `one in ${region}`,
    fix,
  });
}

function checkZone(zone: DnsZone | undefined, account: string | undefined, at: Place): void {
  if (zone?.account === undefined || account === undefined || zone.account === account) return;
  at.member('account').report('zone-in-other-account', {
    problem: "the region's own zone is in another account, where the region's stacks cannot make names",
    given: zone.account,
    allowed: account,
    fix: "give a zone of the region's account",
  });
}
