import { IAM_PATH, STARTER_PATH } from './iam-path';
import { PUBLISHERS } from './org-stand-in-statements';
import { but, deny, denyAll, type Exempt, type OrgStatement, OUR_ROLES, OURS } from './org-statement';
import { LOCKED_TAG, ORG_TAG } from './org-tag';

/**
 * Of buckets and objects. `aws:ResourceTag` would be the tag of the access point wherever a request comes through one:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-tagging.html
 */
const OUR_BUCKETS = { StringLike: { [`s3:BucketTag/${ORG_TAG}`]: '*' } };

const LOCKED_BUCKETS = { StringLike: { [`s3:BucketTag/${LOCKED_TAG}`]: '*' } };

/** Of principals that are not a log's own roles: nobody but deployment gives a role below the targets the tag, or the path. */
const UNTAGGED = { Null: { [`aws:PrincipalTag/${ORG_TAG}`]: 'true' } };

const OUR_MANAGED_POLICIES = `arn:*:iam::*:policy${IAM_PATH}*`;
const OUR_STARTERS = `arn:*:iam::*:role${STARTER_PATH}*`;

/** What changes who may become a role, and what it may do then: everything but looking and passing. */
const IAM_CHANGES = [
  'iam:Attach*',
  'iam:Create*',
  'iam:Delete*',
  'iam:Detach*',
  'iam:Put*',
  'iam:Tag*',
  'iam:Untag*',
  'iam:Update*',
];

/** What no principal of an account may do to records, keys and stacks of logs, the account's root user included. */
export function recordStatements({ breakGlass, deployers }: Exempt): OrgStatement[] {
  const butBreakGlass = but(breakGlass);
  const butDeployment = but([...deployers, ...breakGlass]);
  return [
    // No condition key tells a stronger lock from a weaker one, so deployment may set either, which it must to lengthen retention.
    deny(
      'DenyReconfiguration',
      [
        's3:DeleteBucket*',
        's3:PutBucket*',
        's3:PutEncryptionConfiguration',
        's3:PutLifecycleConfiguration',
        's3:PutReplicationConfiguration',
        's3:TagResource',
        's3:UntagResource',
      ],
      { ...OUR_BUCKETS, ...butDeployment },
    ),
    deny('DenyKeyChanges', ['kms:PutKeyPolicy', 'kms:TagResource', 'kms:UntagResource'], { ...OURS, ...butDeployment }),
    // Buckets of logs about requests are not locked, and lose their policy with the front that they belong to.
    deny('DenyDestructionOfRecords', ['s3:DeleteBucket*'], { ...LOCKED_BUCKETS, ...butBreakGlass }),
    deny('DenyDestructionOfKeys', ['kms:DisableKey', 'kms:ScheduleKeyDeletion'], { ...OURS, ...butBreakGlass }),
    // CloudFormation keeps the role that a stack was deployed with, and acts as it for whoever changes the stack without naming one:
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
    deny(
      'DenyStackChanges',
      [
        'cloudformation:CancelUpdateStack',
        'cloudformation:ContinueUpdateRollback',
        'cloudformation:CreateChangeSet',
        'cloudformation:CreateStackRefactor',
        'cloudformation:DeleteStack',
        'cloudformation:ExecuteChangeSet',
        'cloudformation:ExecuteStackRefactor',
        'cloudformation:RollbackStack',
        'cloudformation:SetStackPolicy',
        'cloudformation:TagResource',
        'cloudformation:UntagResource',
        'cloudformation:UpdateStack',
        'cloudformation:UpdateTerminationProtection',
      ],
      { ...OURS, ...butDeployment },
    ),
    // With its stack, a bucket that is kept loses its policy. The stack of a front has the tag too, and may go.
    deny('DenyDeletionOfArchives', ['cloudformation:DeleteStack'], { ...OURS, ...butBreakGlass }, [
      'arn:*:cloudformation:*:*:stack/*-archive*/*',
      'arn:*:cloudformation:*:*:stack/*-replicas*/*',
    ]),
    deny(
      'DenyLeaving',
      ['account:CloseAccount', 'account:DisableRegion', 'organizations:LeaveOrganization'],
      butBreakGlass,
    ),
  ];
}

/** What no principal of an account may do to roles of logs and to exempt ones: whoever may act as one of them is bound by nothing else here. */
export function roleStatements({ breakGlass, deployers }: Exempt): OrgStatement[] {
  const butDeployment = but([...deployers, ...breakGlass]);
  return [
    deny('DenyRoleChanges', [...IAM_CHANGES, 'iam:SetDefaultPolicyVersion'], butDeployment, [
      OUR_ROLES,
      OUR_MANAGED_POLICIES,
    ]),
    // Who may start code as a role of a log may append, seal and sign as the log does.
    deny('DenyPassRole', ['iam:PassRole'], but([...deployers, ...breakGlass, OUR_STARTERS]), [OUR_ROLES, ...deployers]),
    deny('DenyForgedTag', ['iam:CreateRole', 'iam:CreateUser', 'iam:TagRole', 'iam:TagUser'], {
      StringLike: { [`aws:RequestTag/${ORG_TAG}`]: '*' },
      ...butDeployment,
    }),
    // Who is exempt by name: else an administrator would make, or become, one of them.
    deny('DenyTakeover', IAM_CHANGES, but(breakGlass), [...deployers, PUBLISHERS, ...breakGlass]),
  ];
}

/** What no principal of an account may do to what stands before the records: firewalls, load balancers, services and their logs. */
export function frontStatements({ breakGlass, deployers }: Exempt): OrgStatement[] {
  const butDeployment = but([...deployers, ...breakGlass]);
  const ours = { ...OURS, ...butDeployment };
  return [
    deny(
      'DenyFrontChanges',
      [
        'cloudfront:Delete*',
        'cloudfront:TagResource',
        'cloudfront:UntagResource',
        'cloudfront:Update*',
        'elasticloadbalancing:Add*',
        'elasticloadbalancing:Create*',
        'elasticloadbalancing:Delete*',
        'elasticloadbalancing:Deregister*',
        'elasticloadbalancing:Modify*',
        'elasticloadbalancing:Register*',
        'elasticloadbalancing:Remove*',
        'elasticloadbalancing:Set*',
        'wafv2:Delete*',
        'wafv2:Put*',
        'wafv2:TagResource',
        'wafv2:UntagResource',
        'wafv2:Update*',
      ],
      ours,
    ),
    // Nothing tells here whose load balancer it is, nor of which bucket the access point, behind which a bucket's name is no longer seen.
    // So this binds every load balancer and every access point of the accounts.
    deny(
      'DenyBypasses',
      ['s3:CreateAccessPoint', 's3:CreateMultiRegionAccessPoint', 'wafv2:AssociateWebACL', 'wafv2:DisassociateWebACL'],
      butDeployment,
      ['arn:*:elasticloadbalancing:*:*:loadbalancer/app/*', 'arn:*:s3:*:*:accesspoint/*'],
    ),
    deny(
      'DenyNetworkChanges',
      [
        'ec2:AuthorizeSecurityGroup*',
        'ec2:DeleteTags',
        'ec2:DeleteVpcEndpoints',
        'ec2:ModifySecurityGroupRules',
        'ec2:ModifyVpcEndpoint',
        'ec2:RevokeSecurityGroup*',
      ],
      ours,
    ),
    deny(
      'DenyServiceChanges',
      [
        'application-autoscaling:Delete*',
        'application-autoscaling:Deregister*',
        'application-autoscaling:Put*',
        'application-autoscaling:Register*',
        'application-autoscaling:UntagResource',
        'ecs:Delete*',
        'ecs:ExecuteCommand',
        'ecs:StopTask',
        'ecs:TagResource',
        'ecs:UntagResource',
        'ecs:Update*',
        'events:DeleteRule',
        'events:DisableRule',
        'events:PutRule',
        'events:PutTargets',
        'events:RemoveTargets',
        'events:UntagResource',
        'lambda:AddPermission',
        'lambda:Create*',
        'lambda:Delete*',
        // It believes the load balancer's word about who sent a request, and cannot see who calls it.
        'lambda:Invoke*',
        'lambda:Put*',
        'lambda:RemovePermission',
        'lambda:TagResource',
        'lambda:UntagResource',
        'lambda:Update*',
      ],
      ours,
    ),
    deny(
      'DenyMonitoringChanges',
      [
        'cloudwatch:DeleteAlarms',
        'cloudwatch:DisableAlarmActions',
        'cloudwatch:PutMetricAlarm',
        'cloudwatch:SetAlarmState',
        'cloudwatch:UntagResource',
        'logs:DeleteLogGroup',
        'logs:DeleteLogStream',
        'logs:DeleteRetentionPolicy',
        'logs:PutRetentionPolicy',
        'logs:TagLogGroup',
        'logs:TagResource',
        'logs:UntagLogGroup',
        'logs:UntagResource',
      ],
      ours,
    ),
  ];
}

/** What nobody may do to buckets, keys and roles of logs, wherever they come from, whatever the resource's own policy says. */
export function resourceStatements(organizationId: string): OrgStatement[] {
  const butServices = { BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } };
  const untagged = { ...UNTAGGED, ...butServices };
  // In an account of the organisation that is not below the targets, anybody may give a role either.
  const elsewhere = { ...but([OUR_ROLES]), ...butServices };
  const others = { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': organizationId }, ...butServices };
  // A service of AWS that acts for somebody else's account. Those that act for nobody name no account.
  const servicesForOthers = {
    StringNotEqualsIfExists: { 'aws:SourceOrgID': organizationId },
    Null: { 'aws:SourceAccount': 'false' },
    Bool: { 'aws:PrincipalIsAWSService': 'true' },
  };
  const keysAndRoles = ['kms:*', 'sts:AssumeRole*'];
  const writes = ['s3:PutObject', 's3:ReplicateObject'];
  return [
    // Exempts nobody: locks make sure that an honest caller never needs it.
    denyAll(
      'DenyDestructionOfObjects',
      [
        's3:BypassGovernanceRetention',
        's3:DeleteObject',
        's3:DeleteObjectVersion',
        's3:ObjectOwnerOverrideToBucketOwner',
        's3:PutObjectAcl',
        's3:PutObjectVersionAcl',
        's3:ReplicateDelete',
        's3:UpdateObjectEncryption',
      ],
      OUR_BUCKETS,
    ),
    denyAll('DenyWritesWithoutTag', writes, { ...OUR_BUCKETS, ...untagged }),
    denyAll('DenyWritesFromOtherPaths', writes, { ...OUR_BUCKETS, ...elsewhere }),
    denyAll('DenySigningWithoutTag', ['kms:Sign'], { ...OURS, ...untagged }),
    denyAll('DenySigningFromOtherPaths', ['kms:Sign'], { ...OURS, ...elsewhere }),
    // Whoever gives a session tags would give it that of a log's own role.
    denyAll('DenyForgedSessions', ['sts:TagSession'], { StringLike: { [`aws:RequestTag/${ORG_TAG}`]: '*' } }),
    denyAll('DenyBucketsToOtherOrganizations', ['s3:*'], { ...OUR_BUCKETS, ...others }),
    denyAll('DenyKeysAndRolesToOtherOrganizations', keysAndRoles, { ...OURS, ...others }),
    denyAll('DenyBucketsToServicesForOthers', ['s3:*'], { ...OUR_BUCKETS, ...servicesForOthers }),
    denyAll('DenyKeysAndRolesToServicesForOthers', keysAndRoles, { ...OURS, ...servicesForOthers }),
  ];
}
