import { ORG_TAG } from './org-tag';

/** A statement of an organisation's policy: these deny only. */
export interface OrgStatement {
  readonly Sid: string;
  readonly Effect: 'Deny';
  readonly Principal?: '*';
  readonly Action: readonly string[];
  readonly Resource: readonly string[] | '*';
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Who is exempt from which statements. */
export interface Exempt {
  /** ARNs of the roles for emergencies. */
  readonly breakGlass: readonly string[];

  /** Patterns of the ARNs of the roles that deploy. */
  readonly deployers: readonly string[];
}

const OURS = { StringLike: { [`aws:ResourceTag/${ORG_TAG}`]: '*' } };

/** Of principals that are not a log's own roles, whose tags nobody but deployment sets. */
const STRANGER = { Null: { [`aws:PrincipalTag/${ORG_TAG}`]: 'true' } };

/**
 * The roles of archives, by the names that CloudFormation makes from their logical ids: IAM advises against tags in conditions about
 * `iam:PassRole` (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html).
 */
const ARCHIVE_ROLES = 'arn:*:iam::*:role/*ArchiveRoles*';

/** What changes who may become a role, and what it may do then. */
const ROLE_CHANGES = [
  'iam:AttachRolePolicy',
  'iam:DeleteRole',
  'iam:DeleteRolePermissionsBoundary',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
  'iam:TagRole',
  'iam:UntagRole',
  'iam:UpdateAssumeRolePolicy',
  'iam:UpdateRole',
];

/** What no principal of an account may do to records, keys and roles of logs, the account's root user included. */
export function recordStatements({ breakGlass, deployers }: Exempt): OrgStatement[] {
  const butBreakGlass = but(breakGlass);
  const butDeployment = but([...deployers, ...breakGlass]);
  return [
    // No condition key tells a stronger lock from a weaker one, so deployment may set either, which it must to lengthen retention.
    deny(
      'DenyReconfiguration',
      [
        's3:PutBucket*',
        's3:PutEncryptionConfiguration',
        's3:PutLifecycleConfiguration',
        's3:PutReplicationConfiguration',
        's3:TagResource',
        's3:UntagResource',
        'kms:PutKeyPolicy',
        'kms:TagResource',
        'kms:UntagResource',
        'cloudformation:UpdateTerminationProtection',
      ],
      { ...OURS, ...butDeployment },
    ),
    deny('DenyDestruction', ['s3:DeleteBucket*', 'kms:DisableKey', 'kms:ScheduleKeyDeletion'], {
      ...OURS,
      ...butBreakGlass,
    }),
    // With its stack, a bucket that is kept loses its policy. The stack of a front has the tag too, and may go.
    deny('DenyDeletionOfArchives', ['cloudformation:DeleteStack'], { ...OURS, ...butBreakGlass }, [
      'arn:*:cloudformation:*:*:stack/*-archive*/*',
      'arn:*:cloudformation:*:*:stack/*-replicas*/*',
    ]),
    deny('DenyRoleChanges', ROLE_CHANGES, { ...OURS, ...butDeployment }),
    // Who may start code as a role of a log may append, seal and sign as the log does. What starts the log's tasks has the tag.
    deny('DenyPassRole', ['iam:PassRole'], { ...STRANGER, ...butDeployment }, [ARCHIVE_ROLES, ...deployers]),
    deny('DenyForgedTag', ['iam:CreateRole', 'iam:CreateUser', 'iam:TagRole', 'iam:TagUser'], {
      StringLike: { [`aws:RequestTag/${ORG_TAG}`]: '*' },
      ...butDeployment,
    }),
    // Who is exempt by name: else an administrator would make, or become, one of them.
    deny('DenyTakeover', ['iam:CreateRole', ...ROLE_CHANGES], butBreakGlass, [...deployers, ...breakGlass]),
    deny(
      'DenyLeaving',
      ['account:CloseAccount', 'account:DisableRegion', 'organizations:LeaveOrganization'],
      butBreakGlass,
    ),
  ];
}

/** What no principal of an account may do to what stands before the records: firewalls, load balancers, services and their logs. */
export function frontStatements({ breakGlass, deployers }: Exempt): OrgStatement[] {
  const butDeployment = but([...deployers, ...breakGlass]);
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
      { ...OURS, ...butDeployment },
    ),
    // WAF knows no tag of a load balancer here, so this binds every load balancer of the accounts.
    deny('DenyFirewallRemoval', ['wafv2:AssociateWebACL', 'wafv2:DisassociateWebACL'], butDeployment, [
      'arn:*:elasticloadbalancing:*:*:loadbalancer/app/*',
    ]),
    deny(
      'DenyServiceChanges',
      [
        'ecs:ExecuteCommand',
        'ecs:TagResource',
        'ecs:UntagResource',
        'ecs:UpdateService',
        'events:DeleteRule',
        'events:DisableRule',
        'events:PutTargets',
        'events:RemoveTargets',
        'lambda:AddPermission',
        'lambda:Create*',
        'lambda:Delete*',
        'lambda:Put*',
        'lambda:TagResource',
        'lambda:UntagResource',
        'lambda:Update*',
      ],
      { ...OURS, ...butDeployment },
    ),
    // A function believes the load balancer's word about who sent a request, and cannot see who calls it.
    deny('DenyInvocation', ['lambda:Invoke*'], { ...OURS, ...STRANGER, ...butDeployment }),
    deny(
      'DenyLogDeletion',
      [
        'logs:DeleteLogGroup',
        'logs:DeleteLogStream',
        'logs:DeleteRetentionPolicy',
        'logs:PutRetentionPolicy',
        'logs:TagLogGroup',
        'logs:TagResource',
        'logs:UntagLogGroup',
        'logs:UntagResource',
      ],
      { ...OURS, ...butDeployment },
    ),
  ];
}

/** What nobody may do to buckets, keys and roles of logs, wherever they come from, whatever the resource's own policy says. */
export function resourceStatements(organizationId: string): OrgStatement[] {
  const everything = ['s3:*', 'kms:*', 'sts:AssumeRole*'];
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
      OURS,
    ),
    denyAll('DenyWritesByStrangers', ['kms:Sign', 's3:PutObject', 's3:ReplicateObject'], {
      ...OURS,
      ...STRANGER,
      BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
    }),
    // Whoever gives a session tags would give it that of a log's own role.
    denyAll('DenyForgedSessions', ['sts:TagSession'], { StringLike: { [`aws:RequestTag/${ORG_TAG}`]: '*' } }),
    denyAll('DenyOtherOrganizations', everything, {
      ...OURS,
      StringNotEqualsIfExists: { 'aws:PrincipalOrgID': organizationId },
      BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
    }),
    // A service of AWS that acts for somebody else's account. Those that act for nobody name no account.
    denyAll('DenyServicesForOtherOrganizations', everything, {
      ...OURS,
      StringNotEqualsIfExists: { 'aws:SourceOrgID': organizationId },
      Null: { 'aws:SourceAccount': 'false' },
      Bool: { 'aws:PrincipalIsAWSService': 'true' },
    }),
  ];
}

/** The text as AWS counts it: without white space. */
export function contentOf(statements: readonly OrgStatement[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

function deny(
  Sid: string,
  Action: string[],
  Condition: OrgStatement['Condition'],
  Resource: readonly string[] | '*' = '*',
): OrgStatement {
  return { Sid, Effect: 'Deny', Action, Resource, Condition };
}

function denyAll(Sid: string, Action: string[], Condition: OrgStatement['Condition']): OrgStatement {
  return { Sid, Effect: 'Deny', Principal: '*', Action, Resource: '*', Condition };
}

function but(roles: readonly string[]): OrgStatement['Condition'] {
  return { ArnNotLike: { 'aws:PrincipalArn': roles } };
}
