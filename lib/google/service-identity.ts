import { createHash } from 'node:crypto';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

/** https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts#ServiceAccount */
const MOST_DISPLAYED = 100;

/** The parts of a service's identity. */
export interface ServiceIdentityProps {
  /** The log, `<name>/<region>`: every log of a project has accounts of its own. */
  readonly origin: string;

  /** The service, such as `ingest`: up to 19 of `a-z`, `0-9` and `-`, which begin the account's id, and no other service of the log. */
  readonly service: string;

  /** What the service does, for the console, such as `appends entries`. */
  readonly description: string;
}

/** A service account of its own for one service of one log. It may do only what it is granted; it has no key that could be stolen. */
export class ServiceIdentity extends Construct {
  /** The account's address, by which services run as it. */
  public readonly email: string;

  /** The account as IAM names it, `serviceAccount:<email>`. */
  public readonly member: string;

  /**
   * What it was granted so far: what starts as this account waits for that.
   *
   * @internal
   */
  public readonly _grants: ITerraformDependable[] = [];

  public constructor(scope: Construct, id: string, props: ServiceIdentityProps) {
    super(scope, id);
    const { origin, service, description } = props;
    const account = new ServiceAccount(this, 'Account', {
      // 6 to 30 characters, and unique in the project: a log's name can be longer.
      accountId: `${service}-${createHash('sha256').update(origin).digest('hex').slice(0, 10)}`,
      displayName: `${origin}: ${description}`.slice(0, MOST_DISPLAYED),
    });
    this.email = account.email;
    this.member = account.member;
  }
}
