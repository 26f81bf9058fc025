import { Fn } from 'aws-cdk-lib';
import { NatProvider, Peer, Port, SecurityGroup, type SubnetSelection, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { logFlows } from './flow-logs';

/**
 * A VPC whose only way out has an address that does not change, so that allow-lists can name it. One zone is enough: if it fails, canaries find
 * all regions alike unhealthy, and nobody is led away.
 */
export class CanaryNetwork extends Construct {
  public readonly vpc: Vpc;
  public readonly subnets: SubnetSelection = { subnetType: SubnetType.PRIVATE_WITH_EGRESS };

  /** Lets nothing in, and out only what speaks TLS. */
  public readonly securityGroup: SecurityGroup;

  /** @param allocationId of the Elastic IP */
  public constructor(scope: Construct, id: string, allocationId: string) {
    super(scope, id);
    this.vpc = new Vpc(this, 'Vpc', {
      availabilityZones: [Fn.select(0, Fn.getAzs())],
      natGatewayProvider: NatProvider.gateway({ eipAllocationIds: [allocationId] }),
      natGateways: 1,
      subnetConfiguration: [
        { name: 'Outbound', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false, cidrMask: 28 },
        { name: 'Canaries', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 26 },
      ],
      // Closing the default security group takes a custom resource; nothing here is in it.
      restrictDefaultSecurityGroup: false,
    });
    logFlows(this, this.vpc);
    acknowledge(this.vpc, {
      compliance: 'VPCNoUnrestrictedRouteToIGW',
      reason: 'The NAT gateway needs the route, and nothing else is in its subnet: canaries reach the public names.',
    });
    acknowledge(this.vpc, {
      compliance: 'VPCDefaultSecurityGroupClosed',
      reason:
        'Nothing is in the default security group, and CloudFormation cannot change it without a custom resource that may change every security group.',
    });
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc: this.vpc,
      description: 'canaries of the audit log',
      allowAllOutbound: false,
    });
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'regions, issuers of tokens and AWS');
  }
}
