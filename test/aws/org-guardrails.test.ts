import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { OrgGuardrails, type OrgGuardrailsProps } from '../../lib/aws/org-guardrails';
import { codeOf } from '../policy/coded';
import { archiveStack, BREAK_GLASS, COMPLIANCE, DISPOSABLE } from './archives';
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

const stack = archiveStack(COMPLIANCE);
/** An account below the targets, and the same as others see it, whom no service control policy of the organisation binds. */
const account = (sid?: string) =>
  new PolicySimulator([stack], {
    serviceControlPolicies: [FULL_ACCESS, ...without(sid, service)],
    resourceControlPolicies: without(sid, resource),
  });
const fromOutside = (sid?: string) => new PolicySimulator([stack], { resourceControlPolicies: without(sid, resource) });
const guarded = account();

const bucket = guarded.find('AWS::S3::Bucket', 'ArchiveRecordsBucket').arn;
const accessLogs = guarded.find('AWS::S3::Bucket', 'ArchiveRecordsAccessLogs').arn;
const logKey = guarded.find('AWS::KMS::Key', 'ArchiveLogKey').arn;
const sealRole = guarded.find('AWS::IAM::Role', 'ArchiveRolesSeal').arn;
const ingest = guarded.role('ArchiveRolesIngest');
const segment = `${bucket}/acme-audit/eu-central-1/entries/date=2026-11-22/x.ndjson.gz`;

const HERE = 'arn:aws:iam::111122223333';
const operator = administrator(`${HERE}:role/Operator`);
const root = administrator(`${HERE}:root`);
const breakGlass = administrator(BREAK_GLASS);
const execution = administrator(`${HERE}:role/cdk-hnb659fds-cfn-exec-role-111122223333-eu-central-1`);
const deployment = administrator(`${HERE}:role/cdk-hnb659fds-deploy-role-111122223333-eu-central-1`);
const starter = { ...administrator(`${HERE}:role/front-Starter`), tags: { [TAG]: 'acme-audit' } };
const foreigner = administrator('arn:aws:iam::999999999999:role/Operator');
const service_ = (name: string): Caller => ({ arn: `${name}.amazonaws.com`, policies: [] });

const ours = { [`aws:ResourceTag/${TAG}`]: 'acme-audit' };
const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:111122223333:${rest}`;
const loadBalancer = arn('elasticloadbalancing', 'loadbalancer/app/front/50dc6c495c0c9188');
const listener = arn('elasticloadbalancing', 'listener/app/front/50dc6c495c0c9188/0467ef3c8400ae65');
const webAcl = arn('wafv2', 'regional/webacl/front/00112233-4455-6677-8899-aabbccddeeff');
const distribution = 'arn:aws:cloudfront::111122223333:distribution/EDFDVBD6EXAMPLE';
const aFunction = arn('lambda', 'function:front-ingest');
const task = arn('ecs', 'task/front/00112233445566778899aabbccddeeff');
const logGroup = arn('logs', 'log-group:aws-waf-logs-front');
const rule = arn('events', 'rule/front-seal');
const archive = arn('cloudformation', 'stack/acme-audit-archive/00112233-4455-6677-8899-aabbccddeeff');
const front = arn('cloudformation', 'stack/acme-audit-front/00112233-4455-6677-8899-aabbccddeeff');
const thisAccount = 'arn:aws:account::111122223333:account';
const theirBucket = 'arn:aws:s3:::somebody-elses';

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

/** All are allowed by IAM and by the policy of the bucket or key. */
const attacks: Record<string, Row[]> = {
  DenyReconfiguration: [
    ['an operator replaces the policy of the records', operator, 's3:PutBucketPolicy', bucket],
    ['the root user replaces the policy of the records', root, 's3:PutBucketPolicy', bucket],
    ['an operator lets records expire', operator, 's3:PutLifecycleConfiguration', bucket],
    ['an operator suspends versions', operator, 's3:PutBucketVersioning', bucket],
    ['an operator stops replication', operator, 's3:PutReplicationConfiguration', bucket],
    ['an operator takes the default lock away', operator, 's3:PutBucketObjectLockConfiguration', bucket],
    ['an operator encrypts by a key to lose', operator, 's3:PutEncryptionConfiguration', bucket],
    ['the root user lets the access logs expire', root, 's3:PutLifecycleConfiguration', accessLogs],
    ['an operator takes the tag off a bucket', operator, 's3:UntagResource', bucket, { 'aws:TagKeys': TAG }],
    ['an operator hides the tags of a bucket', operator, 's3:PutBucketAbac', bucket],
    ['an operator replaces the policy of a key', operator, 'kms:PutKeyPolicy', logKey],
    ['an operator takes the tag off a key', operator, 'kms:UntagResource', logKey, { 'aws:TagKeys': TAG }],
    ['an operator unprotects the archive', operator, 'cloudformation:UpdateTerminationProtection', archive, ours],
  ],
  DenyDestruction: [
    ['deployment deletes an empty bucket', execution, 's3:DeleteBucket', bucket],
    ['deployment deletes the policy of the records', execution, 's3:DeleteBucketPolicy', bucket],
    ['the root user deletes the policy of the records', root, 's3:DeleteBucketPolicy', bucket],
  ],
  DenyDeletionOfArchives: [
    ['deployment deletes the archive', deployment, 'cloudformation:DeleteStack', archive, ours],
    ['an operator deletes the archive', operator, 'cloudformation:DeleteStack', archive, ours],
  ],
  DenyRoleChanges: [
    ['an operator trusts another account', operator, 'iam:UpdateAssumeRolePolicy', sealRole],
    ['an operator lets ingest do everything', operator, 'iam:PutRolePolicy', ingest.arn as string],
    ['the root user deletes the sealer', root, 'iam:DeleteRole', sealRole],
    ['an operator takes the tag off a role', operator, 'iam:UntagRole', sealRole, { 'aws:TagKeys': TAG }],
  ],
  DenyPassRole: [
    ['an operator runs code of theirs as the sealer', operator, 'iam:PassRole', sealRole],
    ['a stolen ingest node runs code as the sealer', { ...operator, tags: {} }, 'iam:PassRole', sealRole],
    ['an operator deploys past the deploy role', operator, 'iam:PassRole', execution.arn as string],
  ],
  DenyForgedTag: [
    [
      'an operator makes a role that looks like ours',
      operator,
      'iam:CreateRole',
      `${HERE}:role/new`,
      { [`aws:RequestTag/${TAG}`]: 'acme-audit' },
    ],
    [
      'an operator tags their own role',
      operator,
      'iam:TagRole',
      `${HERE}:role/Operator`,
      { [`aws:RequestTag/${TAG}`]: 'acme-audit' },
    ],
  ],
  DenyTakeover: [
    [
      'an operator makes a role that may deploy',
      operator,
      'iam:CreateRole',
      `${HERE}:role/cdk-hnb659fds-deploy-role-x`,
    ],
    ['an operator becomes the deploy role', operator, 'iam:UpdateAssumeRolePolicy', deployment.arn as string],
    ['deployment becomes break-glass', execution, 'iam:UpdateAssumeRolePolicy', BREAK_GLASS],
    ['the root user widens the execution role', root, 'iam:AttachRolePolicy', execution.arn as string],
  ],
  DenyLeaving: [
    ['the root user closes the account', root, 'account:CloseAccount', thisAccount],
    ['an operator leaves the organisation', operator, 'organizations:LeaveOrganization', '*'],
    ['deployment disables the region', execution, 'account:DisableRegion', thisAccount],
  ],
  DenyFrontChanges: [
    ['an operator deletes a load balancer', operator, 'elasticloadbalancing:DeleteLoadBalancer', loadBalancer, ours],
    ['an operator turns mutual TLS off', operator, 'elasticloadbalancing:ModifyListener', listener, ours],
    ['an operator opens port 80', operator, 'elasticloadbalancing:CreateListener', loadBalancer, ours],
    ['an operator empties a firewall', operator, 'wafv2:UpdateWebACL', webAcl, ours],
    ['the root user stops the logs of a firewall', root, 'wafv2:DeleteLoggingConfiguration', webAcl, ours],
    ['an operator takes the firewall off a cache', operator, 'cloudfront:UpdateDistribution', distribution, ours],
    ['an operator takes the tag off a firewall', operator, 'wafv2:UntagResource', webAcl, ours],
  ],
  DenyFirewallRemoval: [
    ['an operator takes a firewall away', operator, 'wafv2:DisassociateWebACL', loadBalancer],
    ['the root user puts an empty firewall in its place', root, 'wafv2:AssociateWebACL', loadBalancer],
  ],
  DenyServiceChanges: [
    ['an operator replaces the code of a service', operator, 'lambda:UpdateFunctionCode', aFunction, ours],
    ['an operator stops the sealer', operator, 'lambda:PutFunctionConcurrency', aFunction, ours],
    ['an operator stops its schedule', operator, 'events:DisableRule', rule, ours],
    ['an operator gives a function an address', operator, 'lambda:CreateFunctionUrlConfig', aFunction, ours],
    ['an operator enters a task', operator, 'ecs:ExecuteCommand', task, ours],
  ],
  DenyInvocation: [
    ['an operator appends in the name of another', operator, 'lambda:InvokeFunction', aFunction, ours],
    ['an operator appends by the address of a function', operator, 'lambda:InvokeFunctionUrl', aFunction, ours],
    ['the root user appends in the name of another', root, 'lambda:InvokeFunction', aFunction, ours],
  ],
  DenyLogDeletion: [
    ['an operator deletes logs', operator, 'logs:DeleteLogGroup', logGroup, ours],
    ['the root user lets logs expire', root, 'logs:PutRetentionPolicy', logGroup, ours],
  ],
};

const openBucket = allow({ AWS: `${HERE}:root` }, 's3:*');
const openKey = allow({ AWS: `${HERE}:root` }, 'kms:*');
const publicBucket = allow('*', 's3:*');
const openTrust = allow({ AWS: '*' }, 'sts:*');

/** Somebody who may deploy weakened the policy of the bucket, key or role before. */
const afterWeakening: Record<string, Weak[]> = {
  DenyDestruction: [
    ['an operator disables the log key', operator, 'kms:DisableKey', logKey, {}, openKey],
    ['deployment deletes the log key', execution, 'kms:ScheduleKeyDeletion', logKey, {}, openKey],
  ],
  DenyDestructionOfObjects: [
    ['an operator places a delete marker', operator, 's3:DeleteObject', segment, {}, openBucket],
    ['the root user deletes a version', root, 's3:DeleteObjectVersion', segment, {}, openBucket],
    ['break-glass bypasses the lock', breakGlass, 's3:BypassGovernanceRetention', segment, {}, openBucket],
    ['deployment deletes access logs', execution, 's3:DeleteObject', `${accessLogs}/worm-bucket/x`, {}, openBucket],
  ],
  DenyWritesByStrangers: [
    ['an operator overwrites', operator, 's3:PutObject', segment, {}, openBucket],
    ['the root user signs a checkpoint', root, 'kms:Sign', logKey, ed25519, openKey],
    ['a replication rule of another bucket overwrites', operator, 's3:ReplicateObject', segment, {}, openBucket],
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
  DenyOtherOrganizations: [
    ['another organisation reads', foreigner, 's3:GetObject', segment, FOREIGN, publicBucket],
    ['anyone reads', ANYONE, 's3:GetObject', segment, NOBODY, publicBucket],
    ['another organisation becomes the sealer', foreigner, 'sts:AssumeRole', sealRole, FOREIGN, openTrust],
  ],
  DenyServicesForOtherOrganizations: [
    [
      'a service writes for another organisation',
      service_('logging.s3'),
      's3:PutObject',
      `${accessLogs}/worm-bucket/x`,
      { ...SERVICE, 'aws:SourceAccount': '999999999999', 'aws:SourceOrgID': 'o-foreign00000' },
      publicBucket,
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

test('every statement has an attack that only it refuses', () => {
  const sids = [...service, ...resource].flatMap(({ Statement }) => Statement.map(({ Sid }) => Sid));
  expect([...sids].sort()).toEqual([...new Set([...Object.keys(attacks), ...Object.keys(afterWeakening)])].sort());
});

const honest: Row[] = [
  ['ingest appends', ingest, 's3:PutObject', segment, once],
  ['ingest endorses', ingest, 'kms:Sign', guarded.find('AWS::KMS::Key', 'ArchiveAdmissionKey').arn, ed25519],
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
    `${HERE}:role/acme-audit-archive-ArchiveRolesIngest`,
    { [`aws:RequestTag/${TAG}`]: 'acme-audit' },
  ],
  ['deployment gives a service its role', execution, 'iam:PassRole', sealRole],
  ['the deploy role hands over to the execution role', deployment, 'iam:PassRole', execution.arn as string],
  ['the deploy role protects the archive', deployment, 'cloudformation:UpdateTerminationProtection', archive, ours],
  ['the deploy role deletes the front', deployment, 'cloudformation:DeleteStack', front, ours],
  ['deployment replaces a load balancer', execution, 'elasticloadbalancing:DeleteLoadBalancer', loadBalancer, ours],
  ['deployment updates a firewall', execution, 'wafv2:UpdateWebACL', webAcl, ours],
  ['deployment puts a firewall up', execution, 'wafv2:AssociateWebACL', loadBalancer],
  ['deployment updates a service', execution, 'lambda:UpdateFunctionCode', aFunction, ours],
  ['what rolls the view up starts its task', starter, 'iam:PassRole', sealRole],
  ['break-glass disables a leaked key', breakGlass, 'kms:DisableKey', logKey],
  ['break-glass deletes the archive', breakGlass, 'cloudformation:DeleteStack', archive, ours],
  ['break-glass repairs the policy of the records', breakGlass, 's3:PutBucketPolicy', bucket],
  ['break-glass bootstraps again', breakGlass, 'iam:AttachRolePolicy', execution.arn as string],
  ['break-glass closes the account', breakGlass, 'account:CloseAccount', thisAccount],
  ['an operator looks at a bucket', operator, 's3:GetBucketPolicy', bucket],
  ['an operator looks at a key', operator, 'kms:DescribeKey', logKey],
  ['an operator changes a bucket of others', operator, 's3:PutBucketPolicy', theirBucket],
  ['an operator deletes a bucket of others', operator, 's3:DeleteBucket', theirBucket],
  ['an operator deletes an object of others', operator, 's3:DeleteObject', `${theirBucket}/x`],
  ['an operator deletes a load balancer of others', operator, 'elasticloadbalancing:DeleteLoadBalancer', loadBalancer],
  ['an operator changes a role of others', operator, 'iam:PutRolePolicy', `${HERE}:role/theirs`],
  ['an operator passes a role of others', operator, 'iam:PassRole', `${HERE}:role/theirs`],
  ['an operator deletes a stack of others', operator, 'cloudformation:DeleteStack', archive],
  ['an operator deletes logs of others', operator, 'logs:DeleteLogGroup', logGroup],
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
    ['SERVICE_CONTROL_POLICY', 'immutable-audit-log-records'],
    ['SERVICE_CONTROL_POLICY', 'immutable-audit-log-front'],
    ['RESOURCE_CONTROL_POLICY', 'immutable-audit-log-resources'],
  ]);
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
  const there = new PolicySimulator([stack], { serviceControlPolicies: [FULL_ACCESS, ...scps] });
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
  const there = new PolicySimulator([stack], { serviceControlPolicies: [FULL_ACCESS, ...scps] });
  const request = { action: 's3:DeleteBucket', resource: bucket, context: MEMBER };
  expect(await there.decide({ ...request, by: breakGlass })).toBe('Allowed');
  expect(await there.decide({ ...request, by: operator })).toBe('ExplicitlyDenied');
});

test('has room for the break-glass roles of three accounts', () => {
  expect(() => guardrails({ breakGlassRoleArns: roles(3) })).not.toThrow();
});
