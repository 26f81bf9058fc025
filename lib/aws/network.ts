import {
  IpProtocol,
  type IVpc,
  type SubnetConfiguration,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { AdoptedNetwork } from './adopted-network';
import type { Archive } from './archive';
import { logFlows } from './flow-logs';
import type { INetwork } from './i-network';
import { NetworkReach } from './network-reach';
import { PrivateEndpoints } from './private-endpoints';

/** The parts of a network. */
export interface NetworkProps {
  /** The log whose tasks run there: the endpoints lead to it only. */
  readonly archive: Archive;

  /** What tasks must reach. `AWS` costs interface endpoints, `INTERNET` a NAT gateway in each zone as well. */
  readonly reach: NetworkReach;
}

/**
 * A VPC for the load balancers and tasks of one log: two availability zones, IPv4 and IPv6, flow logs.
 *
 * The subnets of tasks have no route out: tasks reach AWS through endpoints, whose policies let this account's principals do what the log
 * needs. Only with `INTERNET` there are further subnets, from which NAT gateways lead out.
 */
export class Network extends Construct implements INetwork {
  /**
   * Adopts a VPC that is there already, with the ways to AWS and out that it has.
   *
   * @param vpc with public subnets in two zones at least
   */
  public static fromVpc(scope: Construct, id: string, vpc: IVpc): INetwork {
    return new AdoptedNetwork(scope, id, vpc);
  }

  public readonly vpc: IVpc;
  private readonly endpoints?: PrivateEndpoints;

  public constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const reachesInternet = props.reach === NetworkReach.INTERNET;
    const vpc = new Vpc(this, 'Vpc', {
      ipProtocol: IpProtocol.DUAL_STACK,
      maxAzs: 2,
      natGateways: reachesInternet ? 2 : 0,
      subnetConfiguration: subnets(props.reach),
      // Closing the default security group takes a custom resource; nothing here is in it.
      restrictDefaultSecurityGroup: false,
    });
    this.vpc = vpc;
    logFlows(this, vpc);
    acknowledge(vpc, {
      compliance: 'VPCNoUnrestrictedRouteToIGW',
      reason:
        'An internet-facing load balancer needs the route. Load balancers are in those subnets, and NAT gateways if there are any; no task is.',
    });
    acknowledge(vpc, {
      compliance: 'VPCDefaultSecurityGroupClosed',
      reason:
        'Nothing is in the default security group, and CloudFormation cannot change it without a custom resource that may change every security group.',
    });
    if (props.reach === NetworkReach.NONE) return;
    this.endpoints = new PrivateEndpoints(this, 'Endpoints', { vpc, archive: props.archive });
  }

  public taskSubnets(reach: NetworkReach): SubnetSelection {
    return AdoptedNetwork._taskSubnets(this.vpc, reach);
  }

  public allowBucket(bucket: IBucket): void {
    this.endpoints?.allowBucket(bucket);
  }

  public allowQueries(workgroupArn: string): void {
    this.endpoints?.allowQueries(workgroupArn);
  }
}

function subnets(reach: NetworkReach): SubnetConfiguration[] {
  // Load balancers take their addresses by themselves; tasks get none that could be reached.
  const closed = { ipv6AssignAddressOnCreation: false };
  const edge = { ...closed, name: 'Edge', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false, cidrMask: 24 };
  const tasks = { ...closed, name: 'Tasks', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 22 };
  const outbound = { ...closed, name: 'Outbound', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 22 };
  if (reach === NetworkReach.NONE) return [edge];
  return reach === NetworkReach.AWS ? [edge, tasks] : [edge, tasks, outbound];
}
