import type { IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { NetworkReach } from './network-reach';

/** Where load balancers and tasks are. */
export interface INetwork extends IConstruct {
  /** The VPC. Load balancers are in its public subnets. */
  readonly vpc: IVpc;

  /**
   * The private subnets for tasks, those with the least access that still reach what they must.
   *
   * @param reach not `NONE`
   * @throws network-unreachable
   */
  taskSubnets(reach: NetworkReach): SubnetSelection;

  /**
   * Lets tasks reach a bucket beside that of the records, where it is for the network to decide.
   *
   * @param bucket of the same region
   */
  allowBucket(bucket: IBucket): void;

  /**
   * Lets tasks run queries of Athena, where it is for the network to decide.
   *
   * @param workgroupArn of the workgroup that they run in
   */
  allowQueries(workgroupArn: string): void;
}
