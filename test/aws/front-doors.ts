process.env.CDK_VALIDATION = 'false';

import { App, Stack } from 'aws-cdk-lib';
import { IpProtocol, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationTargetGroup, TargetType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { FrontDoor, type FrontDoorPaths, type IFrontDoor, PublishedNames } from '../../lib/aws';
import { type AuditLogPolicy, Deployment } from '../../lib/policy';
import { parsedPolicy } from '../policy/parsed-policy';
import { good } from '../policy/policies';

const [writers, readers] = [good.writers, good.readers];

/** Writers by mutual TLS, readers by token, both from IPv4 and IPv6. */
export const MIXED = parsedPolicy({
  writers: { ...writers, allow: ['203.0.113.0/24', '2001:db8:1::/48'] },
  readers: { ...readers, allow: ['198.51.100.0/24', '2001:db8:2::/48'] },
});

/** Both paths by token, from the same network. */
export const ALIKE = parsedPolicy({ writers: readers, readers });

/** Both paths by mutual TLS, from the same network. */
export const ALIKE_BY_CERTIFICATE = parsedPolicy({ writers, readers: writers });

/** A stack for the front, with two target groups in it. */
export class FrontStack extends Stack {
  public readonly vpc = new Vpc(this, 'Vpc', { ipProtocol: IpProtocol.DUAL_STACK, natGateways: 0 });
  public readonly writes = this.targetGroup('WriteTarget');
  public readonly reads = this.targetGroup('ReadTarget');

  public constructor(app: App = new App()) {
    super(app, 'Front');
  }

  private targetGroup(id: string): ApplicationTargetGroup {
    return new ApplicationTargetGroup(this, id, { vpc: this.vpc, targetType: TargetType.IP, port: 8080 });
  }
}

export interface Front extends FrontDoorPaths {
  readonly stack: FrontStack;
}

/** A front door in the first region of a policy. */
export function makeFront(
  policy: AuditLogPolicy = MIXED,
  door: IFrontDoor = FrontDoor.split(),
  deployment: Deployment = Deployment.example(policy),
): Front {
  const stack = new FrontStack();
  const { vpc, writes, reads } = stack;
  const [region] = policy.regions;
  if (region === undefined) throw new Error('a policy has a region');
  const names = PublishedNames.ALL;
  return { stack, ...door.bind(stack, { policy, region, deployment, names, vpc, writes, reads }) };
}
