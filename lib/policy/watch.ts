import { parseAwsRegion } from './aws-region';
import { parseIpv4 } from './ip-address';
import { type Members, Place } from './place';

const ALLOCATION = /^eipalloc-([0-9a-f]{8}|[0-9a-f]{17})$/;

/** With the six characters that Secrets Manager adds, so that a policy names this secret and no later one of its name. */
const SECRET = /^arn:[a-z-]+:secretsmanager:[a-z0-9-]{1,40}:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]{1,512}-[A-Za-z0-9]{6}$/;

/** The parts of a watch. */
export interface WatchProps {
  /** The AWS region of the canaries, none of the policy's: who watches a region must not fail with it. */
  readonly region: string;

  /** The IPv4 address of an Elastic IP that exists there: the canaries' own, which every path lets in. */
  readonly address: string;

  /** Id of that Elastic IP, such as `eipalloc-0123456789abcdef0`. */
  readonly allocationId: string;

  /** ARN of the secret, in that region, with the credentials by which canaries append. */
  readonly ingestSecretArn: string;

  /** ARN of the secret, in that region, with the credentials by which canaries read. */
  readonly querySecretArn: string;
}

/** From where canaries watch every region and path, in the account of the deployment's zone. */
export class Watch {
  /**
   * Makes a watch.
   *
   * @throws region-malformed, address-malformed, allocation-malformed, secret-malformed, secret-elsewhere
   */
  public static of(props: WatchProps): Watch {
    return Place.valid('watch', (at) => Watch._parse(props, at));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): Watch | undefined {
    const members = at.object(given, ['region', 'address', 'allocationId', 'ingestSecretArn', 'querySecretArn']);
    if (members === undefined) return undefined;
    const region = parseAwsRegion(members.region, at.member('region'));
    const address = parseIpv4(members.address, at.member('address'));
    const form = 'eipalloc- and 8 or 17 hex digits';
    const allocationId = at.member('allocationId').text(members.allocationId, ALLOCATION, 'allocation-malformed', form);
    const ingestSecretArn = parseSecret(members.ingestSecretArn, region, at.member('ingestSecretArn'));
    const querySecretArn = parseSecret(members.querySecretArn, region, at.member('querySecretArn'));
    if (!region || !address || !allocationId || !ingestSecretArn || !querySecretArn) return undefined;
    return new Watch(region, address, allocationId, ingestSecretArn, querySecretArn);
  }

  private constructor(
    /** The AWS region of the canaries. */
    public readonly region: string,
    /** The IPv4 address from which canaries come. */
    public readonly address: string,
    /** Id of the Elastic IP with that address. */
    public readonly allocationId: string,
    /** ARN of the secret with the credentials by which canaries append. */
    public readonly ingestSecretArn: string,
    /** ARN of the secret with the credentials by which canaries read. */
    public readonly querySecretArn: string,
  ) {}

  /** @internal */
  public _render(): Members {
    const { region, address, allocationId, ingestSecretArn, querySecretArn } = this;
    return { region, address, allocationId, ingestSecretArn, querySecretArn };
  }
}

function parseSecret(given: unknown, region: string | undefined, at: Place): string | undefined {
  const form = 'arn:<partition>:secretsmanager:<region>:<12 digits>:secret:<name>-<6 characters>';
  const arn = at.text(given, SECRET, 'secret-malformed', form);
  if (arn === undefined || region === undefined || arn.split(':')[3] === region) return arn;
  const problem = 'the secret is in another region than the canaries, which could then fail with it';
  return at.report('secret-elsewhere', { problem, given: arn, allowed: `one in ${region}`, fix: 'replicate it there' });
}
