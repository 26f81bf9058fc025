import { Aws, Stack } from 'aws-cdk-lib';
import {
  GatewayVpcEndpoint,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, type PolicyStatementProps, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Archive } from './archive';
import { ATHENA_ACTIONS } from './athena-actions';

interface PrivateEndpointsProps {
  readonly vpc: Vpc;
  readonly archive: Archive;
}

/**
 * The ways from a VPC to AWS that tasks need. A task that is taken over can send nothing through them to a bucket, key or account of the
 * attacker's, whatever credentials it brings.
 */
export class PrivateEndpoints extends Construct {
  private readonly vpc: Vpc;
  private readonly securityGroup: SecurityGroup;
  private readonly s3: GatewayVpcEndpoint;
  private athena: InterfaceVpcEndpoint | undefined;

  public constructor(scope: Construct, id: string, { vpc, archive }: PrivateEndpointsProps) {
    super(scope, id);
    this.vpc = vpc;
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'endpoints of AWS services',
      allowAllOutbound: false,
    });
    // By number, since checks of templates cannot read the attribute.
    this.securityGroup.addIngressRule(Peer.ipv4(Vpc.DEFAULT_CIDR_RANGE), Port.tcp(443), 'tasks');
    this.s3 = this.makeS3();
    this.allowBucket(archive.bucket.bucket);
    // Nothing but replication writes replicas.
    if (archive.replicas !== undefined) this.allowObjects(archive.replicas.bucket, ['s3:GetObject']);
    this.addInterface('Ecr', InterfaceVpcEndpointAwsService.ECR, pull());
    this.addInterface('EcrDocker', InterfaceVpcEndpointAwsService.ECR_DOCKER, pull());
    this.addInterface('Logs', InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS, {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [Stack.of(this).formatArn({ service: 'logs', resource: '*' })],
    });
    this.addInterface('Kms', InterfaceVpcEndpointAwsService.KMS, {
      actions: ['kms:Sign', 'kms:GetPublicKey'],
      resources: [archive.admissionKey.key.keyArn, archive.logKey.key.keyArn],
    });
  }

  /** Lets tasks list, read and write a bucket as far as its own policy lets them. */
  public allowBucket(bucket: IBucket): void {
    this.allowObjects(bucket, ['s3:PutObject', 's3:GetObject']);
  }

  /** Lets tasks run queries in a workgroup; Athena reads the table and the files by itself. */
  public allowQueries(workgroupArn: string): void {
    const queries = { actions: ATHENA_ACTIONS, resources: [workgroupArn] };
    if (this.athena === undefined)
      this.athena = this.addInterface('Athena', InterfaceVpcEndpointAwsService.ATHENA, queries);
    else this.athena.addToPolicy(ownPrincipals(queries));
  }

  private allowObjects(bucket: IBucket, actions: string[]): void {
    this.s3.addToPolicy(ownPrincipals({ actions, resources: [bucket.arnForObjects('*')] }));
    this.s3.addToPolicy(ownPrincipals({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
  }

  private makeS3(): GatewayVpcEndpoint {
    const endpoint = new GatewayVpcEndpoint(this, 'S3', {
      vpc: this.vpc,
      service: GatewayVpcEndpointAwsService.S3,
    });
    // The layers of images: ECR hands out links that it has signed itself.
    endpoint.addToPolicy(
      new PolicyStatement({
        principals: [new StarPrincipal()],
        actions: ['s3:GetObject'],
        resources: [`arn:${Aws.PARTITION}:s3:::prod-${Aws.REGION}-starport-layer-bucket/*`],
      }),
    );
    return endpoint;
  }

  private addInterface(
    id: string,
    service: InterfaceVpcEndpointAwsService,
    what: PolicyStatementProps,
  ): InterfaceVpcEndpoint {
    const endpoint = new InterfaceVpcEndpoint(this, id, {
      vpc: this.vpc,
      service,
      subnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [this.securityGroup],
      open: false,
    });
    endpoint.addToPolicy(ownPrincipals(what));
    return endpoint;
  }
}

/** A repository may belong to another account, so only who pulls is bounded. */
function pull(): PolicyStatementProps {
  return {
    actions: [
      'ecr:GetAuthorizationToken',
      'ecr:BatchCheckLayerAvailability',
      'ecr:GetDownloadUrlForLayer',
      'ecr:BatchGetImage',
    ],
    resources: ['*'],
  };
}

/** Endpoint policies name nobody: who may use one is a condition. */
function ownPrincipals(what: PolicyStatementProps): PolicyStatement {
  return new PolicyStatement({
    ...what,
    principals: [new StarPrincipal()],
    conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } },
  });
}
