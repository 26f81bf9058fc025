// Into an organisation that has a VPC, a load balancer, an encryption key and a bucket for access logs already.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  Archive,
  AuditLogChecks,
  FrontDoor,
  ImmutableAuditLog,
  Network,
  WormEncryption,
} from 'immutable-audit-log/aws';
import { AuditLogPolicy, Deployment } from 'immutable-audit-log/policy';

const document = join(process.cwd(), 'examples/policies/sec-17a-4.json');
const policy = AuditLogPolicy.parse(readFileSync(document, 'utf8'));
const deployment = Deployment.example(policy);
const { breakGlassRoleArn } = deployment;

const app = new App();
Validations.of(app).addPlugins(new AuditLogChecks());
const [region] = policy.regions;
if (region === undefined) throw new Error('a policy has a region');

// By the tag, and the archive's also by its name, an organisation's guardrails know the stacks; see `OrgGuardrails`.
const tags = { 'immutable-audit-log': policy.name };
const keep = new Stack(app, 'Archive', { stackName: `${policy.name}-archive`, tags, terminationProtection: true });
const keyArn = 'arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555';
const encryption = WormEncryption.ownKey(Key.fromKeyArn(keep, 'Key', keyArn));
const accessLogs = Bucket.fromBucketName(keep, 'AccessLogs', 'acme-access-logs');
const archive = new Archive(keep, 'Archive', { policy, region, breakGlassRoleArn, encryption, accessLogs });

const front = new Stack(app, 'AuditLog', { tags });
const vpc = Vpc.fromVpcAttributes(front, 'Vpc', {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: ['us-east-1a', 'us-east-1b'],
  publicSubnetIds: ['subnet-00000000000000001', 'subnet-00000000000000002'],
  privateSubnetIds: ['subnet-00000000000000003', 'subnet-00000000000000004'],
});
const listener = ApplicationListener.fromApplicationListenerAttributes(front, 'Listener', {
  listenerArn:
    'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/acme/0123456789abcdef/0123456789abcdef',
  securityGroup: SecurityGroup.fromSecurityGroupId(front, 'ListenerGroup', 'sg-0123456789abcdef0'),
});

new ImmutableAuditLog(front, 'AuditLog', {
  policy,
  deployment,
  archive,
  network: Network.fromVpc(front, 'Network', vpc),
  frontDoor: FrontDoor.existing({ writes: listener, reads: listener, firstPriority: 100 }),
});
app.synth();
