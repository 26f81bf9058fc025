import { Stack } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { allowBesideRole } from './identity-side';
import { WormBucketGrants } from './worm-bucket-grants';

/**
 * The grants of a bucket whose policy is not ours to change here: each role gets one managed policy of its own instead.
 *
 * @internal
 */
export abstract class IdentitySideGrants extends WormBucketGrants {
  protected allow(role: IRole, actions: string[], resource: string): void {
    const statement = new PolicyStatement({ actions, resources: [resource] });
    allowBesideRole(this, role, Stack.of(this).account, statement);
  }
}
