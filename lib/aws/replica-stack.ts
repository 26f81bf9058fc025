import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { tagForOrganization } from './org-tag';
import { applyOrganization } from './organization-aspect';
import { ReplicaBucket, type ReplicaBucketProps } from './replica-bucket';

/**
 * A stack with a region's bucket of replicas and nothing else, protected from deletion unless the log is disposable. It is deployed before
 * the archives of the regions that replicate into it.
 */
export class ReplicaStack extends Stack {
  /** What is in the stack. */
  public readonly replicas: ReplicaBucket;

  /**
   * @param replicas what to keep
   * @param props where, and how the stack is called and tagged; `terminationProtection` follows from the policy
   * @throws replication-pointless, region-mismatch, account-mismatch, region-undeployed, region-elsewhere
   */
  public constructor(scope: Construct, id: string, replicas: ReplicaBucketProps, props?: StackProps) {
    super(scope, id, { ...props, terminationProtection: !replicas.policy.retention.isDisposable });
    tagForOrganization(this, replicas.policy);
    applyOrganization(this, replicas.deployment);
    this.replicas = new ReplicaBucket(this, 'Replicas', replicas);
  }
}
