import { type IVpc, type SubnetSelection, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { AuditLogError } from '../policy/errors';
import type { INetwork } from './i-network';
import { NetworkReach } from './network-reach';

/** A VPC that is there already. Its owner sees to it that tasks reach S3, KMS, CloudWatch Logs and ECR from its private subnets. */
export class AdoptedNetwork extends Construct implements INetwork {
  /** @internal */
  public static _taskSubnets(vpc: IVpc, reach: NetworkReach): SubnetSelection {
    if (reach !== NetworkReach.INTERNET && vpc.isolatedSubnets.length > 0) {
      return { subnetType: SubnetType.PRIVATE_ISOLATED };
    }
    if (vpc.privateSubnets.length > 0) return { subnetType: SubnetType.PRIVATE_WITH_EGRESS };
    throw new AuditLogError('network-unreachable', {
      problem: 'the VPC has no subnets from which tasks reach what they must',
      given: reach,
      allowed: reach === NetworkReach.INTERNET ? 'private subnets with a way out' : 'isolated or private subnets',
      fix: 'add such subnets, or let the construct make a network of its own',
    });
  }

  public constructor(
    scope: Construct,
    id: string,
    public readonly vpc: IVpc,
  ) {
    super(scope, id);
  }

  public taskSubnets(reach: NetworkReach): SubnetSelection {
    return AdoptedNetwork._taskSubnets(this.vpc, reach);
  }

  /** It is for the owner of the VPC to decide. */
  public allowBucket(): void {}

  /** It is for the owner of the VPC to decide. */
  public allowQueries(): void {}
}
