import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { AuditLogPolicy, Deployment, Region } from '../policy';
import type { PublishedNames } from './published-names';

/** What a front door is made from. */
export interface FrontDoorContext {
  /** Who may write and read. */
  readonly policy: AuditLogPolicy;

  /** Which of the policy's regions it is for. */
  readonly region: Region;

  /** Names, certificates, authorities and prefix lists. */
  readonly deployment: Deployment;

  /** Which names lead to it from here. */
  readonly names: PublishedNames;

  /** Where load balancers are: in the public subnets. */
  readonly vpc: IVpc;

  /** Takes requests to append. */
  readonly writes: IApplicationTargetGroup;

  /** Takes requests to search and prove. */
  readonly reads: IApplicationTargetGroup;
}
