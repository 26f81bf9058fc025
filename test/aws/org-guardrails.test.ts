import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { MultiRegionAuditLog } from '../../lib/aws';
import { OrgGuardrails, type OrgGuardrailsProps } from '../../lib/aws/org-guardrails';
import { codeOf } from '../policy/coded';
import { parsedPolicy } from '../policy/parsed-policy';
import { archiveStack, BREAK_GLASS, DISPOSABLE } from './archives';
import { deploymentOf } from './multi-region-logs';
import {
  ANYONE,
  administrator,
  type Caller,
  type Decision,
  type PolicyDocument,
  PolicySimulator,
  type Request,
} from './policy-simulator';
import { ORGANIZATION, OTHER_ACCOUNT, replicaStack, replicatedStack } from './replicated';

const TAG = 'immutable-audit-log';

const props: OrgGuardrailsProps = {
  organizationId: ORGANIZATION,
  targetIds: ['ou-ab12-11111111'],
  breakGlassRoleArns: [BREAK_GLASS],
};

function guardrails(more: Partial<OrgGuardrailsProps> = {}) {
  const stack = new Stack(new App(), 'Organisation');
  new OrgGuardrails(stack, 'Guardrails', { ...props, ...more });
  return Object.values(Template.fromStack(stack).findResources('AWS::Organizations::Policy')).map(
    ({ Properties }) => Properties as { Type: string; Name: string; TargetIds: string[]; Content: PolicyDocument },
  );
}

const made = guardrails();
const ofType = (type: string) => made.filter(({ Type }) => Type === type).map(({ Content }) => Content);
const service = ofType('SERVICE_CONTROL_POLICY');
const resource = ofType('RESOURCE_CONTROL_POLICY');
const allow = (Principal: unknown, Action: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', ...(Principal ? { Principal } : {}), Action, Resource: '*' }],
});
const FULL_ACCESS = allow(undefined, '*');
const without = (sid: string | undefined, policies: PolicyDocument[]) =>
  policies.map(({ Statement, ...rest }) => ({ ...rest, Statement: Statement.filter(({ Sid }) => Sid !== sid) }));

const policy = parsedPolicy();
const log = new MultiRegionAuditLog(new App(), policy.name, {
  policy,
  deployment: deploymentOf(policy, { breakGlassRoleArn: BREAK_GLASS }),
});
const here = log.logs['eu-central-1']!;
/** All stacks of one of the log's regions: replicas, archive and front. */
const stacks = [log.replicas['eu-central-1']!, here.archive, here].map((each) => Stack.of(each));
/** An account below the targets, and the same as others see it, whom no service control policy of the organisation binds. */
const account = (sid?: string) =>
  new PolicySimulator(stacks, {
    serviceControlPolicies: [FULL_ACCESS, ...without(sid, service)],
    resourceControlPolicies: without(sid, resource),
  });
const fromOutside = (sid?: string) => new PolicySimulator(stacks, { resourceControlPolicies: without(sid, resource) });
const guarded = account();

const arnOf = (type: string, id: string) => guarded.find(`AWS::${type}`, id).arn;
const bucket = arnOf('S3::Bucket', 'ArchiveRecordsBucket');
const accessLogs = arnOf('S3::Bucket', 'ArchiveRecordsAccessLogs');
const frontLogs = arnOf('S3::Bucket', 'AuditLogFrontDoorLogs');
const logKey = arnOf('KMS::Key', 'ArchiveLogKey');
const sealRole = arnOf('IAM::Role', 'ArchiveRolesSeal');
const replicationRole = arnOf('IAM::Role', 'ArchiveReplicationRole');
const replicationPolicy = arnOf('IAM::ManagedPolicy', 'ArchiveReplicationPolicy');
const ingest = guarded.role('ArchiveRolesIngest');
const key = 'acme-audit/eu-central-1/entries/date=2026-11-22/x.ndjson.gz';
const segment = `${bucket}/${key}`;

const HERE = 'arn:aws:iam::111122223333';
const operator = administrator(`${HERE}:role/Operator`);
const root = administrator(`${HERE}:root`);
const breakGlass = administrator(BREAK_GLASS);
const execution = administrator(`${HERE}:role/cdk-hnb659fds-cfn-exec-role-111122223333-eu-central-1`);
const deployment = administrator(`${HERE}:role/cdk-hnb659fds-deploy-role-111122223333-eu-central-1`);
const publisher = administrator(`${HERE}:role/cdk-auditlog-file-publishing-role-111122223333-eu-central-1`);
const stagingBucket = 'arn:aws:s3:::cdk-auditlog-assets-111122223333-eu-central-1';
const publisherOfOthers = administrator(`${HERE}:role/cdk-hnb659fds-file-publishing-role-111122223333-eu-central-1`);
const stagingOfOthers = 'arn:aws:s3:::cdk-hnb659fds-assets-111122223333-eu-central-1';
const asset = `${stagingBucket}/0a1b2c3d.zip`;
const accessPoint = 'arn:aws:s3:eu-central-1:111122223333:accesspoint/theirs';
/** Of a log that is disposable, and so without the tag. */
const disposable = administrator(`${HERE}:role/immutable-audit-log/try-archive-ArchiveRolesIngest`);
const canary = administrator(`${HERE}:role/immutable-audit-log/acme-audit-watch-CanaryRole`);
/** Somebody who has the tag of a log's role, and is elsewhere in IAM. */
const tagged = (by: Caller): Caller => ({ ...by, tags: { [TAG]: 'acme-audit' } });
const viewRole = arnOf('IAM::Role', 'ArchiveRolesView');
const toTasks = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
const starter = guarded.role('AuditLogReadsRollUpStarter');
const sibling = administrator(`arn:aws:iam::${OTHER_ACCOUNT}:role/Operator`);
const foreigner = administrator('arn:aws:iam::999999999999:role/Operator');
const service_ = (name: string): Caller => ({ arn: `${name}.amazonaws.com`, policies: [] });

const loadBalancer = arnOf('ElasticLoadBalancingV2::LoadBalancer', 'AuditLogFrontDoorIngest');
const listener = arnOf('ElasticLoadBalancingV2::Listener', 'AuditLogFrontDoorIngest');
const listenerRule = arnOf('ElasticLoadBalancingV2::ListenerRule', 'AuditLogFrontDoorIngest');
const targets = arnOf('ElasticLoadBalancingV2::TargetGroup', 'AuditLogReadsQuery');
const webAcl = arnOf('WAFv2::WebACL', 'AuditLogFrontDoorIngest');
const securityGroup = arnOf('EC2::SecurityGroup', 'AuditLogFrontDoorIngest');
const endpoint = arnOf('EC2::VPCEndpoint', 'AuditLogNetworkEndpointsS3');
const aFunction = arnOf('Lambda::Function', 'AuditLogWritesIngest');
const aService = arnOf('ECS::Service', 'AuditLogReadsQuery');
const cluster = arnOf('ECS::Cluster', 'AuditLogReadsQuery');
const task = arnOf('ECS::Task', 'AuditLogReadsQuery');
const scaling = arnOf('ApplicationAutoScaling::ScalableTarget', 'AuditLogReadsQuery');
const logGroup = arnOf('Logs::LogGroup', 'AuditLogFrontDoorIngestFirewall');
const rule = arnOf('Events::Rule', 'AuditLogSeal');
const alarm = arnOf('CloudWatch::Alarm', 'AuditLogReplicationAlarmsLate');
const archive = arnOf('CloudFormation::Stack', 'acme-audit-archive');
const front = arnOf('CloudFormation::Stack', 'acme-audit-front');

/** Of a cache of reads, which is in a stack of its own. */
const ours = { [`aws:ResourceTag/${TAG}`]: 'acme-audit' };
const distribution = 'arn:aws:cloudfront::111122223333:distribution/EDFDVBD6EXAMPLE';
const throughAccessPoint = `arn:aws:s3:eu-central-1:111122223333:accesspoint/theirs/object/${key}`;
const ofOurBucket = { [`s3:BucketTag/${TAG}`]: 'acme-audit' };

/** Of somebody else in the same account: without tags and elsewhere in IAM. */
const their = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:111122223333:${rest}`;
const theirBucket = 'arn:aws:s3:::somebody-elses';
const theirLoadBalancer = their('elasticloadbalancing', 'loadbalancer/app/theirs/50dc6c495c0c9188');
const theirLogGroup = their('logs', 'log-group:theirs');
const theirStack = their('cloudformation', 'stack/acme-audit-archive/00112233-4455-6677-8899-aabbccddeeff');
const thisAccount = 'arn:aws:account::111122223333:account';

const MEMBER = { 'aws:PrincipalOrgID': ORGANIZATION, 'aws:PrincipalIsAWSService': 'false' };
const FOREIGN = { 'aws:PrincipalOrgID': 'o-foreign00000', 'aws:PrincipalIsAWSService': 'false' };
const NOBODY = { 'aws:PrincipalIsAWSService': 'false' };
const SERVICE = { 'aws:PrincipalIsAWSService': 'true' };
const once = { 's3:ObjectCreationOperation': 'true', 's3:if-none-match': '*' };
const ed25519 = { 'kms:SigningAlgorithm': 'ED25519_SHA_512', 'kms:MessageType': 'RAW' };

type Row = [what: string, by: Caller, action: string, resource: string, context?: Request['context']];
type Weak = [...Row, PolicyDocument];

const decide = (simulator: PolicySimulator, [, by, action, resource, context]: Row): Promise<Decision> =>
  simulator.decide({ by, action, resource, context: { ...MEMBER, ...context } });

/** An operator, whom IAM allows everything, calls each of some actions. */
const calls = (resource: string, actions: readonly string[], context?: Request['context']): Row[] =>
  actions.map((action) => [`an operator calls ${action}`, operator, action, resource, context]);
const untag = { 'aws:TagKeys': TAG };

/** All are allowed by IAM and by the policy of the bucket or key. */
const attacks: Record<string, Row[]> = {
  DenyReconfiguration: [
    ['the root user replaces the policy of the records', root, 's3:PutBucketPolicy', bucket],
    ...calls(bucket, [
      's3:PutBucketPolicy',
      's3:PutLifecycleConfiguration',
      's3:PutBucketVersioning',
      's3:PutReplicationConfiguration',
      's3:PutBucketObjectLockConfiguration',
      's3:PutEncryptionConfiguration',
      's3:PutBucketAbac',
      's3:TagResource',
    ]),
    ...calls(bucket, ['s3:UntagResource'], untag),
    ['the root user lets the access logs expire', root, 's3:PutLifecycleConfiguration', accessLogs],
    ['an operator opens the logs of load balancers', operator, 's3:DeleteBucketPolicy', frontLogs],
  ],
  DenyKeyChanges: [
    ...calls(logKey, ['kms:PutKeyPolicy', 'kms:TagResource']),
    ...calls(logKey, ['kms:UntagResource'], untag),
  ],
  DenyDestructionOfRecords: [
    ['deployment deletes an empty bucket of records', execution, 's3:DeleteBucket', bucket],
    ['deployment deletes the policy of the records', execution, 's3:DeleteBucketPolicy', bucket],
  ],
  DenyStackChanges: [
    ['the root user changes the front as the role that deployed it', root, 'cloudformation:UpdateStack', front],
    ...calls(archive, [
      'cloudformation:CancelUpdateStack',
      'cloudformation:ContinueUpdateRollback',
      'cloudformation:CreateChangeSet',
      'cloudformation:CreateStackRefactor',
      'cloudformation:ExecuteChangeSet',
      'cloudformation:ExecuteStackRefactor',
      'cloudformation:RollbackStack',
      'cloudformation:SetStackPolicy',
      'cloudformation:TagResource',
      'cloudformation:UpdateStack',
      'cloudformation:UpdateTerminationProtection',
    ]),
    ...calls(archive, ['cloudformation:UntagResource'], untag),
    ...calls(front, ['cloudformation:DeleteStack', 'cloudformation:UpdateStack', 'cloudformation:CreateChangeSet']),
  ],
  DenyDeletionOfArchives: [['deployment deletes the archive', deployment, 'cloudformation:DeleteStack', archive]],
  DenyRoleChanges: [
    ...calls(sealRole, [
      'iam:AttachRolePolicy',
      'iam:DeleteRole',
      'iam:DetachRolePolicy',
      'iam:PutRolePolicy',
      'iam:PutRolePermissionsBoundary',
      'iam:TagRole',
      'iam:UpdateAssumeRolePolicy',
    ]),
    ...calls(sealRole, ['iam:UntagRole'], untag),
    ...calls(`${HERE}:role/immutable-audit-log/theirs`, ['iam:CreateRole']),
    ...calls(replicationPolicy, [
      'iam:CreatePolicyVersion',
      'iam:SetDefaultPolicyVersion',
      'iam:DeletePolicyVersion',
      'iam:DeletePolicy',
    ]),
    ['the root user lets the replication role do everything', root, 'iam:CreatePolicyVersion', replicationPolicy],
    ['the root user trusts another account with the sealer', root, 'iam:UpdateAssumeRolePolicy', sealRole],
  ],
  DenyPassRole: [
    ['an operator runs code of theirs as the sealer', operator, 'iam:PassRole', sealRole],
    ['an operator has a bucket of theirs replicated over replicas', operator, 'iam:PassRole', replicationRole],
    ['an operator has a rule of theirs start tasks', operator, 'iam:PassRole', starter.arn as string],
    ['a stolen role of a log that IAM was opened for', { ...operator, tags: { [TAG]: 'x' } }, 'iam:PassRole', sealRole],
    ['an operator deploys past the deploy role', operator, 'iam:PassRole', execution.arn as string],
  ],
  DenyForgedTag: (
    [
      ['iam:CreateRole', `${HERE}:role/new`],
      ['iam:CreateUser', `${HERE}:user/new`],
      ['iam:TagRole', `${HERE}:role/Operator`],
      ['iam:TagUser', `${HERE}:user/operator`],
    ] as const
  ).flatMap(([action, who]) => calls(who, [action], { [`aws:RequestTag/${TAG}`]: 'acme-audit' })),
  DenyTakeover: [
    ...calls(execution.arn as string, [
      'iam:AttachRolePolicy',
      'iam:CreateRole',
      'iam:DeleteRolePermissionsBoundary',
      'iam:DetachRolePolicy',
      'iam:PutRolePolicy',
      'iam:TagRole',
      'iam:UntagRole',
      'iam:UpdateAssumeRolePolicy',
    ]),
    ['deployment becomes break-glass', execution, 'iam:UpdateAssumeRolePolicy', BREAK_GLASS],
    ['the root user widens the execution role', root, 'iam:AttachRolePolicy', execution.arn as string],
    [
      'an operator makes a role that publishes',
      operator,
      'iam:CreateRole',
      `${HERE}:role/cdk-x-file-publishing-role-x`,
    ],
    ['deployment has others publish', execution, 'iam:UpdateAssumeRolePolicy', publisher.arn as string],
  ],
  DenyStagingChanges: [
    ['the root user replaces a template that waits', root, 's3:PutObject', `${stagingBucket}/0a1b2c3d.json`],
    ['an operator plants code', operator, 's3:PutObject', 'arn:aws:s3:::cdk-hnb659fds-assets-111122223333-us-east-1/x'],
    ...calls(asset, ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:PutObject', 's3:ReplicateDelete']),
    ['a replication rule of another bucket plants code', operator, 's3:ReplicateObject', asset],
    ...calls(stagingBucket, [
      's3:DeleteBucket',
      's3:DeleteBucketPolicy',
      's3:PutBucketAcl',
      's3:PutBucketPolicy',
      's3:PutBucketVersioning',
      's3:PutLifecycleConfiguration',
    ]),
  ],
  DenyJoining: [
    ['the root user starts a machine as the load balancer', root, 'ec2:RunInstances', securityGroup],
    ...calls(securityGroup, [
      'ec2:ApplySecurityGroupsToClientVpnTargetNetwork',
      'ec2:AssociateSecurityGroupVpc',
      'ec2:CreateClientVpnEndpoint',
      'ec2:CreateInstanceConnectEndpoint',
      'ec2:CreateNetworkInterface',
      'ec2:ModifyClientVpnEndpoint',
      'ec2:ModifyInstanceAttribute',
      'ec2:ModifyNetworkInterfaceAttribute',
      'ec2:RequestSpotFleet',
      'ec2:RequestSpotInstances',
      'ec2:RunInstances',
    ]),
  ],
  DenyLeaving: [
    ['the root user closes the account', root, 'account:CloseAccount', thisAccount],
    ['an operator leaves the organisation', operator, 'organizations:LeaveOrganization', '*'],
    ['deployment disables the region', execution, 'account:DisableRegion', thisAccount],
  ],
  DenyFrontChanges: [
    ['the root user stops the logs of a firewall', root, 'wafv2:DeleteLoggingConfiguration', webAcl],
    ...calls(
      distribution,
      [
        'cloudfront:DeleteDistribution',
        'cloudfront:TagResource',
        'cloudfront:UntagResource',
        'cloudfront:UpdateDistribution',
      ],
      ours,
    ),
    ...calls(loadBalancer, [
      'elasticloadbalancing:AddTags',
      'elasticloadbalancing:CreateListener',
      'elasticloadbalancing:DeleteLoadBalancer',
      'elasticloadbalancing:ModifyLoadBalancerAttributes',
      'elasticloadbalancing:RemoveTags',
      'elasticloadbalancing:SetSecurityGroups',
    ]),
    ...calls(listener, ['elasticloadbalancing:ModifyListener', 'elasticloadbalancing:DeleteListener']),
    ...calls(listenerRule, ['elasticloadbalancing:DeleteRule', 'elasticloadbalancing:ModifyRule']),
    ...calls(targets, ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets']),
    ...calls(webAcl, [
      'wafv2:DeleteWebACL',
      'wafv2:PutLoggingConfiguration',
      'wafv2:TagResource',
      'wafv2:UntagResource',
      'wafv2:UpdateWebACL',
    ]),
  ],
  DenyBypasses: [
    ...calls(accessPoint, ['s3:CreateAccessPoint']),
    ...calls('arn:aws:s3::111122223333:accesspoint/theirs.mrap', ['s3:CreateMultiRegionAccessPoint']),
    ['an operator takes a firewall away', operator, 'wafv2:DisassociateWebACL', loadBalancer],
    ['the root user puts an empty firewall in its place', root, 'wafv2:AssociateWebACL', loadBalancer],
  ],
  DenyNetworkChanges: [
    ...calls(securityGroup, [
      'ec2:AuthorizeSecurityGroupIngress',
      'ec2:DeleteTags',
      'ec2:ModifySecurityGroupRules',
      'ec2:RevokeSecurityGroupIngress',
    ]),
    ...calls(endpoint, ['ec2:DeleteVpcEndpoints', 'ec2:ModifyVpcEndpoint']),
  ],
  DenyServiceChanges: [
    ['the root user appends in the name of another', root, 'lambda:InvokeFunction', aFunction],
    ['a stolen role of a log does', { ...operator, tags: { [TAG]: 'acme-audit' } }, 'lambda:InvokeFunction', aFunction],
    ...calls(scaling, [
      'application-autoscaling:DeleteScalingPolicy',
      'application-autoscaling:DeregisterScalableTarget',
      'application-autoscaling:PutScalingPolicy',
      'application-autoscaling:RegisterScalableTarget',
      'application-autoscaling:UntagResource',
    ]),
    ...calls(aService, ['ecs:DeleteService', 'ecs:TagResource', 'ecs:UntagResource', 'ecs:UpdateService']),
    ...calls(cluster, ['ecs:DeleteCluster', 'ecs:UpdateCluster']),
    ...calls(task, ['ecs:ExecuteCommand', 'ecs:StopTask']),
    ...calls(rule, [
      'events:DeleteRule',
      'events:DisableRule',
      'events:PutRule',
      'events:PutTargets',
      'events:RemoveTargets',
      'events:UntagResource',
    ]),
    ...calls(aFunction, [
      'lambda:AddPermission',
      'lambda:CreateFunctionUrlConfig',
      'lambda:DeleteFunction',
      'lambda:InvokeFunction',
      'lambda:InvokeFunctionUrl',
      'lambda:PutFunctionConcurrency',
      'lambda:RemovePermission',
      'lambda:TagResource',
      'lambda:UntagResource',
      'lambda:UpdateFunctionCode',
    ]),
  ],
  DenyMonitoringChanges: [
    ['the root user lets logs expire', root, 'logs:PutRetentionPolicy', logGroup],
    ...calls(alarm, [
      'cloudwatch:DeleteAlarms',
      'cloudwatch:DisableAlarmActions',
      'cloudwatch:PutMetricAlarm',
      'cloudwatch:SetAlarmState',
      'cloudwatch:UntagResource',
    ]),
    ...calls(logGroup, [
      'logs:DeleteLogGroup',
      'logs:DeleteRetentionPolicy',
      'logs:PutRetentionPolicy',
      'logs:TagLogGroup',
      'logs:TagResource',
      'logs:UntagLogGroup',
      'logs:UntagResource',
    ]),
    ...calls(`${logGroup}:log-stream:x`, ['logs:DeleteLogStream'], ours),
  ],
};

const openBucket = allow({ AWS: `${HERE}:root` }, 's3:*');
const openKey = allow({ AWS: `${HERE}:root` }, 'kms:*');
const publicBucket = allow('*', 's3:*');
const publicKey = allow('*', 'kms:*');
const openTrust = allow({ AWS: '*' }, 'sts:*');

/** Somebody who may deploy weakened the policy of the bucket, key or role before. */
const afterWeakening: Record<string, Weak[]> = {
  DenyDestructionOfKeys: [
    ['an operator disables the log key', operator, 'kms:DisableKey', logKey, {}, openKey],
    ['deployment deletes the log key', execution, 'kms:ScheduleKeyDeletion', logKey, {}, openKey],
  ],
  DenyDestructionOfObjects: [
    ['an operator places a delete marker', operator, 's3:DeleteObject', segment, {}, openBucket],
    ['the root user deletes a version', root, 's3:DeleteObjectVersion', segment, {}, openBucket],
    [
      'an operator deletes a version by an access point',
      operator,
      's3:DeleteObjectVersion',
      throughAccessPoint,
      ofOurBucket,
      openBucket,
    ],
    ['break-glass bypasses the lock', breakGlass, 's3:BypassGovernanceRetention', segment, {}, openBucket],
    ['deployment deletes access logs', execution, 's3:DeleteObject', `${accessLogs}/worm-bucket/x`, {}, openBucket],
    [
      'deployment deletes logs of load balancers',
      execution,
      's3:DeleteObject',
      `${frontLogs}/access/x`,
      {},
      openBucket,
    ],
    ['an operator takes replicas over', operator, 's3:ObjectOwnerOverrideToBucketOwner', segment, {}, openBucket],
    ['an operator gives a record away', operator, 's3:PutObjectAcl', segment, {}, openBucket],
    ['an operator gives a version away', operator, 's3:PutObjectVersionAcl', segment, {}, openBucket],
    [
      'a replication rule of another bucket copies delete markers',
      operator,
      's3:ReplicateDelete',
      segment,
      {},
      openBucket,
    ],
    ['an operator encrypts again with a key to lose', operator, 's3:UpdateObjectEncryption', segment, {}, openBucket],
  ],
  DenyWritesWithoutTag: [
    ['a role of a disposable log overwrites', disposable, 's3:PutObject', segment, {}, publicBucket],
    ['a role of a disposable log replicates', disposable, 's3:ReplicateObject', segment, {}, publicBucket],
  ],
  DenyWritesFromOtherPaths: [
    ['a tagged operator overwrites', tagged(operator), 's3:PutObject', segment, {}, openBucket],
    [
      'a tagged operator overwrites by an access point',
      tagged(operator),
      's3:PutObject',
      throughAccessPoint,
      ofOurBucket,
      openBucket,
    ],
    ['a tagged role of another account overwrites', tagged(sibling), 's3:PutObject', segment, MEMBER, publicBucket],
    [
      'a tagged role of another account replicates',
      tagged(sibling),
      's3:ReplicateObject',
      segment,
      MEMBER,
      publicBucket,
    ],
  ],
  DenySigningWithoutTag: [
    ['a role of a disposable log signs a checkpoint', disposable, 'kms:Sign', logKey, ed25519, publicKey],
  ],
  DenySigningFromOtherPaths: [
    ['a tagged operator signs a checkpoint', tagged(operator), 'kms:Sign', logKey, ed25519, openKey],
    [
      'a tagged role of another account signs a checkpoint',
      tagged(sibling),
      'kms:Sign',
      logKey,
      { ...MEMBER, ...ed25519 },
      publicKey,
    ],
  ],
  DenyForgedSessions: [
    [
      'an operator looks like a role of a log',
      operator,
      'sts:TagSession',
      `${HERE}:role/theirs`,
      { [`aws:RequestTag/${TAG}`]: 'acme-audit' },
      openTrust,
    ],
  ],
  DenyBucketsToOtherOrganizations: [
    ['another organisation reads', foreigner, 's3:GetObject', segment, FOREIGN, publicBucket],
    ['another organisation lists', foreigner, 's3:ListBucket', bucket, FOREIGN, publicBucket],
    ['another organisation opens the bucket', foreigner, 's3:PutBucketPolicy', bucket, FOREIGN, publicBucket],
    [
      'another organisation reads by an access point',
      foreigner,
      's3:GetObject',
      throughAccessPoint,
      { ...FOREIGN, ...ofOurBucket },
      publicBucket,
    ],
    ['anyone reads', ANYONE, 's3:GetObject', segment, NOBODY, publicBucket],
    ['anyone reads access logs', ANYONE, 's3:GetObject', `${accessLogs}/worm-bucket/x`, NOBODY, publicBucket],
  ],
  DenyKeysAndRolesToOtherOrganizations: [
    ['another organisation becomes the sealer', foreigner, 'sts:AssumeRole', sealRole, FOREIGN, openTrust],
    ['another organisation changes the key', foreigner, 'kms:PutKeyPolicy', logKey, FOREIGN, publicKey],
    ['a federated identity becomes the sealer', foreigner, 'sts:AssumeRoleWithSAML', sealRole, FOREIGN, openTrust],
  ],
  DenyBucketsToServicesForOthers: [
    [
      'a service writes for another organisation',
      service_('logging.s3'),
      's3:PutObject',
      `${accessLogs}/worm-bucket/x`,
      { ...SERVICE, 'aws:SourceAccount': '999999999999', 'aws:SourceOrgID': 'o-foreign00000' },
      publicBucket,
    ],
  ],
  DenyKeysAndRolesToServicesForOthers: [
    [
      'a service becomes the sealer for another organisation',
      service_('lambda'),
      'sts:AssumeRole',
      sealRole,
      { ...SERVICE, 'aws:SourceAccount': '999999999999', 'aws:SourceOrgID': 'o-foreign00000' },
      allow({ Service: 'lambda.amazonaws.com' }, 'sts:AssumeRole'),
    ],
    [
      'a service reads a key for another organisation',
      service_('logging.s3'),
      'kms:GetPublicKey',
      logKey,
      { ...SERVICE, 'aws:SourceAccount': '999999999999', 'aws:SourceOrgID': 'o-foreign00000' },
      allow({ Service: 'logging.s3.amazonaws.com' }, 'kms:*'),
    ],
  ],
};

const inside = ({ arn: by }: Caller) => by?.startsWith(HERE) ?? false;
const decideWeak = ([, by, action, resource, context, policy]: Weak, sid?: string): Promise<Decision> =>
  (inside(by) ? account(sid) : fromOutside(sid)).decide(
    { by, action, resource, context: { ...(inside(by) && MEMBER), ...context } },
    policy,
  );

describe.each(Object.entries(attacks))('%s', (sid, rows) => {
  const open = account(sid);

  test.each(rows)('refuses, and nothing else does: %s', async (...row) => {
    expect(await decide(guarded, row)).toBe('ExplicitlyDenied');
    expect(await decide(open, row)).toBe('Allowed');
  });
});

describe.each(Object.entries(afterWeakening))('%s, where a policy of the log was weakened', (sid, rows) => {
  test.each(rows)('refuses, and nothing else does: %s', async (...row) => {
    expect(await decideWeak(row)).toBe('ExplicitlyDenied');
    expect(await decideWeak(row, sid)).toBe('Allowed');
  });
});

test.each<Weak>([
  ['an operator overwrites', operator, 's3:PutObject', segment, {}, openBucket],
  ['break-glass overwrites', breakGlass, 's3:PutObject', segment, {}, openBucket],
  ['deployment overwrites', execution, 's3:PutObject', segment, {}, openBucket],
  ['who publishes overwrites', publisher, 's3:PutObject', segment, {}, openBucket],
  ['a replication rule of another bucket overwrites', operator, 's3:ReplicateObject', segment, {}, openBucket],
  ['the root user signs a checkpoint', root, 'kms:Sign', logKey, ed25519, openKey],
  ['deployment signs a checkpoint', execution, 'kms:Sign', logKey, ed25519, openKey],
])('refuses whoever has neither tag nor path of a log’s role: %s', async (...row) => {
  expect(await decideWeak(row)).toBe('ExplicitlyDenied');
});

test('every statement has an attack that only it refuses', () => {
  const sids = [...service, ...resource].flatMap(({ Statement }) => Statement.map(({ Sid }) => Sid));
  expect([...sids].sort()).toEqual([...new Set([...Object.keys(attacks), ...Object.keys(afterWeakening)])].sort());
});

test('every action of every statement has one too', () => {
  const tried = (sid: unknown) =>
    [...(attacks[sid as string] ?? []), ...(afterWeakening[sid as string] ?? [])].map(([, , action]) => action);
  const fits = (pattern: string, action: string) =>
    pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : action === pattern;
  const untried = [...service, ...resource]
    .flatMap(({ Statement }) => Statement)
    .flatMap(({ Sid, Action }) =>
      (Action as string[])
        .filter((pattern) => !tried(Sid).some((action) => fits(pattern, action)))
        .map((pattern) => `${Sid}: ${pattern}`),
    );
  expect(untried).toEqual([]);
});

const honest: Row[] = [
  ['ingest appends', ingest, 's3:PutObject', segment, once],
  ['ingest endorses', ingest, 'kms:Sign', arnOf('KMS::Key', 'ArchiveAdmissionKey'), ed25519],
  ['the sealer signs', guarded.role('ArchiveRolesSeal'), 'kms:Sign', logKey, ed25519],
  ['query reads', guarded.role('ArchiveRolesQuery'), 's3:GetObject', segment],
  ['verification reads a lock', guarded.role('ArchiveRolesVerification'), 's3:GetObjectRetention', segment],
  ['deployment sets the policy of the records', execution, 's3:PutBucketPolicy', bucket],
  ['deployment lengthens the default lock', execution, 's3:PutBucketObjectLockConfiguration', bucket],
  ['deployment replicates', execution, 's3:PutReplicationConfiguration', bucket],
  ['deployment shows the tags of a bucket', execution, 's3:PutBucketAbac', bucket],
  ['deployment tags a bucket', execution, 's3:TagResource', bucket],
  ['deployment sets the policy of a key', execution, 'kms:PutKeyPolicy', logKey],
  ['deployment changes a role', execution, 'iam:UpdateAssumeRolePolicy', sealRole],
  [
    'deployment makes a role of ours',
    execution,
    'iam:CreateRole',
    `${HERE}:role/immutable-audit-log/acme-audit-archive-ArchiveRolesIngest`,
    { [`aws:RequestTag/${TAG}`]: 'acme-audit' },
  ],
  ['deployment gives a service its role', execution, 'iam:PassRole', sealRole],
  ['the deploy role hands over to the execution role', deployment, 'iam:PassRole', execution.arn as string],
  ['the deploy role protects the archive', deployment, 'cloudformation:UpdateTerminationProtection', archive],
  ['the deploy role deletes the front', deployment, 'cloudformation:DeleteStack', front],
  ['deployment replaces a load balancer', execution, 'elasticloadbalancing:DeleteLoadBalancer', loadBalancer],
  ['deployment updates a firewall', execution, 'wafv2:UpdateWebACL', webAcl],
  ['deployment puts a firewall up', execution, 'wafv2:AssociateWebACL', loadBalancer],
  ['deployment updates a service', execution, 'lambda:UpdateFunctionCode', aFunction],
  ['deployment changes what a role may do', execution, 'iam:CreatePolicyVersion', replicationPolicy],
  ['the deploy role changes the archive', deployment, 'cloudformation:CreateChangeSet', archive],
  ['the deploy role changes the front', deployment, 'cloudformation:ExecuteChangeSet', front],
  ['deployment lets go of the logs of a front that goes', execution, 's3:DeleteBucketPolicy', frontLogs],
  ['deployment scales tasks', execution, 'application-autoscaling:RegisterScalableTarget', scaling],
  ['deployment changes an alarm', execution, 'cloudwatch:PutMetricAlarm', alarm],
  ['deployment changes an allow-list', execution, 'ec2:AuthorizeSecurityGroupIngress', securityGroup],
  ['deployment restarts tasks', execution, 'ecs:UpdateService', aService],
  ['deployment changes a schedule', execution, 'events:PutRule', rule],
  ['who publishes uploads code', publisher, 's3:PutObject', asset],
  ['who publishes for others uploads', publisherOfOthers, 's3:PutObject', `${stagingOfOthers}/0a1b2c3d.json`],
  ['deployment takes the code', execution, 's3:GetObject', asset],
  ['deployment bootstraps again', execution, 's3:PutBucketPolicy', stagingBucket],
  ['break-glass removes an asset', breakGlass, 's3:DeleteObject', asset],
  ['an operator looks at an asset', operator, 's3:GetObject', asset],
  ['an operator writes to a bucket of others', operator, 's3:PutObject', `${theirBucket}/x`],
  ['deployment makes an access point', execution, 's3:CreateAccessPoint', accessPoint],
  ['an operator writes through an access point', operator, 's3:PutObject', `${accessPoint}/object/x`],
  ['deployment places an endpoint', execution, 'ec2:CreateVpcEndpoint', securityGroup],
  ['Lambda joins a function to its group, as its role', canary, 'ec2:CreateNetworkInterface', securityGroup],
  ['break-glass starts a machine', breakGlass, 'ec2:RunInstances', securityGroup],
  ['an operator starts a machine elsewhere', operator, 'ec2:RunInstances', their('ec2', 'security-group/sg-0')],
  ['what rolls the view up starts its task', starter, 'iam:PassRole', viewRole, toTasks],
  ['break-glass disables a leaked key', breakGlass, 'kms:DisableKey', logKey],
  ['break-glass deletes the archive', breakGlass, 'cloudformation:DeleteStack', archive],
  ['break-glass repairs the policy of the records', breakGlass, 's3:PutBucketPolicy', bucket],
  ['break-glass bootstraps again', breakGlass, 'iam:AttachRolePolicy', execution.arn as string],
  ['break-glass closes the account', breakGlass, 'account:CloseAccount', thisAccount],
  ['an operator looks at a bucket', operator, 's3:GetBucketPolicy', bucket],
  ['an operator looks at a key', operator, 'kms:DescribeKey', logKey],
  ['an operator changes a bucket of others', operator, 's3:PutBucketPolicy', theirBucket],
  ['an operator deletes a bucket of others', operator, 's3:DeleteBucket', theirBucket],
  ['an operator deletes an object of others', operator, 's3:DeleteObject', `${theirBucket}/x`],
  [
    'an operator deletes a load balancer of others',
    operator,
    'elasticloadbalancing:DeleteLoadBalancer',
    theirLoadBalancer,
  ],
  ['an operator changes a role of others', operator, 'iam:PutRolePolicy', `${HERE}:role/theirs`],
  ['an operator passes a role of others', operator, 'iam:PassRole', `${HERE}:role/theirs`],
  ['an operator deletes a stack of others', operator, 'cloudformation:DeleteStack', theirStack],
  ['an operator changes a stack of others', operator, 'cloudformation:UpdateStack', theirStack],
  ['an operator deletes logs of others', operator, 'logs:DeleteLogGroup', theirLogGroup],
  ['an operator changes a policy of others', operator, 'iam:CreatePolicyVersion', `${HERE}:policy/theirs`],
  ['an operator reads logs of load balancers', operator, 's3:GetObject', `${frontLogs}/access/x`],
];

test.each(honest)('lets through: %s', async (...row) => {
  expect(await decide(guarded, row)).toBe('Allowed');
});

test.each([
  ['writes the access logs', 'logging.s3', 's3:PutObject', `${accessLogs}/worm-bucket/x`, '111122223333', undefined],
  ['runs a function as the sealer', 'lambda', 'sts:AssumeRole', sealRole, undefined, openTrust],
])('lets through: a service %s', async (_, name, action, resource, source, policy) => {
  const context = { ...SERVICE, ...(source && { 'aws:SourceAccount': source, 'aws:SourceOrgID': ORGANIZATION }) };
  const trust = policy && allow({ Service: `${name}.amazonaws.com` }, action);
  expect(await fromOutside().decide({ by: service_(name), action, resource, context }, trust)).toBe('Allowed');
});

test('at least forty requests are walked of each kind of policy', () => {
  const count = (rows: Record<string, unknown[]>, sids: string[]) =>
    sids.reduce((sum, sid) => sum + (rows[sid]?.length ?? 0), 0);
  const sids = (policies: PolicyDocument[]) =>
    policies.flatMap(({ Statement }) => Statement.map(({ Sid }) => Sid as string));
  const ofServiceControl = count(attacks, sids(service)) + count(afterWeakening, sids(service)) + honest.length;
  const honestToResources = honest.filter(([, , action]) => /^(s3|kms|sts):/.test(action));
  const ofResourceControl = count(afterWeakening, sids(resource)) + honestToResources.length;
  expect(ofServiceControl).toBeGreaterThanOrEqual(40);
  expect(ofResourceControl).toBeGreaterThanOrEqual(40);
});

describe('replicas', () => {
  const organisation = { serviceControlPolicies: [FULL_ACCESS, ...service], resourceControlPolicies: resource };
  const here = [replicaStack('eu-central-1'), replicatedStack('eu-central-1')];
  const frankfurt = new PolicySimulator(here, organisation);
  const irish = new PolicySimulator([replicatedStack('eu-west-1')], { account: OTHER_ACCOUNT }).role(
    'ArchiveReplicationRole',
  );
  const replicas = frankfurt.find('AWS::S3::Bucket', 'ReplicasBucket').arn;
  const copy = `${replicas}/acme-audit/eu-west-1/entries/x`;

  test('another account of the organisation copies a record', async () => {
    const request = { by: irish, action: 's3:ReplicateObject', resource: copy, context: MEMBER };
    expect(await frankfurt.decide(request)).toBe('Allowed');
  });

  test.each<[string, Caller, string, string, Request['context'], PolicyDocument | undefined]>([
    [
      'a role of that name in another organisation copies',
      foreigner,
      's3:ReplicateObject',
      copy,
      FOREIGN,
      publicBucket,
    ],
    ['an operator copies by a role of theirs', operator, 's3:ReplicateObject', copy, MEMBER, openBucket],
    ['an operator replaces the policy', operator, 's3:PutBucketPolicy', replicas, MEMBER, undefined],
    ['the root user deletes the policy', root, 's3:DeleteBucketPolicy', replicas, MEMBER, undefined],
    ['deployment deletes a replica', execution, 's3:DeleteObjectVersion', copy, MEMBER, openBucket],
  ])('never: %s', async (_, by, action, about, context, policy) => {
    const at = inside(by) ? frankfurt : new PolicySimulator(here, { resourceControlPolicies: resource });
    expect(await at.decide({ by, action, resource: about, context }, policy)).toBe('ExplicitlyDenied');
  });
});

test('a disposable log is not bound, so that it can be torn down', async () => {
  const torn = new PolicySimulator([archiveStack(DISPOSABLE)], {
    serviceControlPolicies: [FULL_ACCESS, ...service],
    resourceControlPolicies: resource,
  });
  const context = MEMBER;
  const by = operator;
  for (const action of ['s3:DeleteBucket', 's3:DeleteBucketPolicy']) {
    expect(await torn.decide({ by, action, resource: bucket, context })).toBe('Allowed');
  }
  expect(await torn.decide({ by, action: 's3:DeleteObjectVersion', resource: segment, context })).toBe('Allowed');
});

test('both kinds of policies are attached to every target', () => {
  const targetIds = ['r-ab12', 'ou-ab12-11111111', '111122223333'];
  for (const { TargetIds } of guardrails({ targetIds })) expect(TargetIds).toEqual(targetIds);
  expect(made.map(({ Type, Name }) => [Type, Name])).toEqual([
    ['SERVICE_CONTROL_POLICY', expect.stringMatching(/^immutable-audit-log-records-/)],
    ['SERVICE_CONTROL_POLICY', expect.stringMatching(/^immutable-audit-log-roles-/)],
    ['SERVICE_CONTROL_POLICY', expect.stringMatching(/^immutable-audit-log-front-/)],
    ['RESOURCE_CONTROL_POLICY', expect.stringMatching(/^immutable-audit-log-resources-/)],
  ]);
});

test('an organisation may have guardrails twice, under other names', () => {
  const organisation = new Stack(new App(), 'Organisation');
  for (const id of ['Of-one', 'Of-another']) new OrgGuardrails(organisation, id, props);
  const policies = Object.values(Template.fromStack(organisation).findResources('AWS::Organizations::Policy'));
  expect(new Set(policies.map(({ Properties }) => Properties.Name)).size).toBe(8);
});

test('deny only; resource control policies everyone', () => {
  for (const { Statement } of [...service, ...resource]) for (const each of Statement) expect(each.Effect).toBe('Deny');
  for (const { Statement } of resource) for (const each of Statement) expect(each.Principal).toBe('*');
  for (const { Statement } of service) for (const each of Statement) expect(each).not.toHaveProperty('Principal');
});

test('other roles may deploy', async () => {
  const mine = guardrails({ deployRolePatterns: ['arn:aws:iam::*:role/pipeline-deploy-*'] });
  const by = administrator(`${HERE}:role/pipeline-deploy-eu`);
  const scps = mine.filter(({ Type }) => Type === 'SERVICE_CONTROL_POLICY').map(({ Content }) => Content);
  const there = new PolicySimulator(stacks, { serviceControlPolicies: [FULL_ACCESS, ...scps] });
  const request = { action: 's3:PutBucketPolicy', resource: bucket, context: MEMBER };
  expect(await there.decide({ ...request, by })).toBe('Allowed');
  expect(await there.decide({ ...request, by: execution })).toBe('ExplicitlyDenied');
});

const roles = (count: number) =>
  Array.from({ length: count }, (_, index) => `arn:aws:iam::${111122220000 + index}:role/security/audit-break-glass`);

test.each<[string, string, Partial<OrgGuardrailsProps>]>([
  ['an id that is not an organisation’s', 'organization-malformed', { organizationId: 'acme' }],
  ['no target', 'target-malformed', { targetIds: [] }],
  ['a target of another form', 'target-malformed', { targetIds: ['ou-1'] }],
  ['no break-glass role', 'role-arn-malformed', { breakGlassRoleArns: [] }],
  ['a break-glass role that is many', 'role-arn-malformed', { breakGlassRoleArns: [`${HERE}:role/*`] }],
  ['a pattern that fits every role', 'role-pattern-malformed', { deployRolePatterns: ['arn:aws:iam::*:role/*'] }],
  ['a pattern of too few characters', 'role-pattern-malformed', { deployRolePatterns: ['arn:*:iam::*:role/deploy-*'] }],
  ['a pattern of users', 'role-pattern-malformed', { deployRolePatterns: ['arn:*:iam::*:user/deployment'] }],
  ['more roles than a policy has room for', 'policy-too-large', { breakGlassRoleArns: roles(8) }],
])('refuses %s', (_, code, more) => {
  expect(codeOf(() => guardrails(more))).toBe(code);
});

test('break-glass roles of one name are exempt in every account by one pattern', async () => {
  const mine = guardrails({ breakGlassRoleArns: ['arn:aws:iam::*:role/security/audit-break-glass'] });
  const scps = mine.filter(({ Type }) => Type === 'SERVICE_CONTROL_POLICY').map(({ Content }) => Content);
  const there = new PolicySimulator(stacks, { serviceControlPolicies: [FULL_ACCESS, ...scps] });
  const request = { action: 's3:DeleteBucket', resource: bucket, context: MEMBER };
  expect(await there.decide({ ...request, by: breakGlass })).toBe('Allowed');
  expect(await there.decide({ ...request, by: operator })).toBe('ExplicitlyDenied');
});

test('has room for the break-glass roles of five accounts', () => {
  expect(() => guardrails({ breakGlassRoleArns: roles(5) })).not.toThrow();
});
