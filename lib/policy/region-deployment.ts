import { PathDeployment } from './path-deployment';
import { type Members, Place } from './place';

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
}

/** Where one region of a policy is deployed. */
export class RegionDeployment {
  /**
   * Makes a region's deployment.
   *
   * @throws region-malformed, account-malformed, certificate-elsewhere
   */
  public static of(props: RegionDeploymentProps): RegionDeployment {
    return Place.valid('region', (at) =>
      RegionDeployment.check(props.name, props.account, props.ingest, props.query, at),
    );
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): RegionDeployment | undefined {
    const members = at.object(given, ['name', 'account', 'ingest', 'query']);
    if (members === undefined) return undefined;
    const ingest = PathDeployment._parse(members.ingest, at.member('ingest'));
    const query = PathDeployment._parse(members.query, at.member('query'));
    return RegionDeployment.check(members.name, members.account, ingest, query, at);
  }

  private static check(
    givenName: unknown,
    givenAccount: unknown,
    ingest: PathDeployment | undefined,
    query: PathDeployment | undefined,
    at: Place,
  ): RegionDeployment | undefined {
    const form = '1 to 40 of a-z, 0-9 and -';
    const name = at.member('name').text(givenName, /^[a-z0-9-]{1,40}$/, 'region-malformed', form);
    const account = at.member('account').text(givenAccount, /^[0-9]{12}$/, 'account-malformed', '12 digits');
    checkCertificate(ingest, name, at.member('ingest'));
    checkCertificate(query, name, at.member('query'));
    if (name === undefined || account === undefined || !ingest || !query) return undefined;
    return new RegionDeployment(name, account, ingest, query);
  }

  private constructor(
    /** Name of one of the policy's regions. */
    public readonly name: string,
    /** The account of that region's stacks. */
    public readonly account: string,
    /** What the path of writers finds there. */
    public readonly ingest: PathDeployment,
    /** What the path of readers finds there. */
    public readonly query: PathDeployment,
  ) {}

  /** @internal */
  public _render(): Members {
    return { name: this.name, account: this.account, ingest: this.ingest._render(), query: this.query._render() };
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
