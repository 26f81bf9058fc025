import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { Construct } from 'constructs';

/** The parts of a service's identity. */
export interface ServiceIdentityProps {
  /** One word for the service, such as `ingest`: part of the account's id, which is never used again for another. */
  readonly service: string;

  /** What the service does, for the console. */
  readonly displayName: string;
}

/** A service account of its own for one service of one log. It may do only what it is granted; it has no key that could be stolen. */
export class ServiceIdentity extends Construct {
  /** The account's address, by which services run as it. */
  public readonly email: string;

  /** The account as IAM names it, `serviceAccount:<email>`. */
  public readonly member: string;

  public constructor(scope: Construct, id: string, props: ServiceIdentityProps) {
    super(scope, id);
    const account = new ServiceAccount(this, 'Account', {
      // 6 to 30 characters, and unique in the project: a log's name can be longer.
      accountId: `${props.service}-${this.node.addr.slice(-10)}`,
      displayName: props.displayName,
    });
    this.email = account.email;
    this.member = account.member;
  }
}
