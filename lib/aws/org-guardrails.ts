import { Names } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-organizations';
import { Construct } from 'constructs';
import { Organization } from '../policy';
import { AuditLogError } from '../policy/errors';
import { standInStatements } from './org-stand-in-statements';
import { contentOf, type OrgStatement } from './org-statement';
import { frontStatements, recordStatements, resourceStatements, roleStatements } from './org-statements';
import { checkRoleArn } from './role-arn';

/** Of a service control policy and of a resource control policy: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const MOST_CHARACTERS = 5_120;

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_AttachPolicy.html */
const TARGET = /^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|\d{12})$/;

/** A wildcard only after the first eight characters of the path and name: less would exempt roles that nobody thought of. */
const ROLE_PATTERN = /^arn:(\*|[a-z-]+):iam::(\*|\d{12}):role\/[\w+=,.@/-]{8}[\w+=,.@/*-]*$/;

/** What the CDK deploys with where it was bootstrapped without a qualifier, and StackSets with service-managed permissions. */
const DEPLOYERS = [
  'arn:*:iam::*:role/cdk-hnb659fds-cfn-exec-role-*',
  'arn:*:iam::*:role/cdk-hnb659fds-deploy-role-*',
  'arn:*:iam::*:role/stacksets-exec-*',
];

/** What an organisation's guardrails depend on. */
export interface OrgGuardrailsProps {
  /** Id of the organisation, such as `o-a1b2c3d4e5`. */
  readonly organizationId: string;

  /** Ids of the organisational units, accounts or the root whose logs are guarded: 1 to 100. */
  readonly targetIds: string[];

  /**
   * ARNs of the roles that alone may destroy, at least one: the break-glass roles of every log below the targets. `*` may stand for the
   * account, where the role is called the same in all of them.
   */
  readonly breakGlassRoleArns: string[];

  /**
   * Patterns of the ARNs of the roles that may change what belongs to a log, as `ArnLike` compares; at least eight characters of the name
   * come before a wildcard.
   *
   * @default - the roles of a CDK bootstrap without a qualifier, and of StackSets with service-managed permissions
   */
  readonly deployRolePatterns?: string[];
}

/**
 * What a log's account cannot guard itself against, its administrators and its root user: three service control policies and a resource
 * control policy, for a stack in the organisation's management account or its delegated administrator for policies, once in any region.
 *
 * They bind what has the tag `immutable-audit-log`, which logs that are not disposable give to all that is theirs, and roles and managed
 * policies by their path in IAM, `/immutable-audit-log/`, which those of all logs have. What has neither is bound for all below the targets:
 * taking a firewall off a load balancer, making an access point, and changing what waits in the CDK's buckets (`cdk-*-assets-*`) for its
 * deployment, which only roles called `cdk-*-file-publishing-role-*` may beside those that deploy. Buckets have attribute-based access
 * control turned on for this.
 *
 * Deployment may change what belongs to a log and take away its front. Only break-glass may delete buckets of records, their policies, keys
 * and the stacks of archives, change the exempt roles themselves, close an account or leave the organisation. Nobody at all may delete
 * objects.
 *
 * They bind neither the management account nor service-linked roles, and nothing that happens before they are attached. Who may deploy can
 * weaken what deployment may change: `OrgConfigRules` shows that, and existing locks hold.
 */
export class OrgGuardrails extends Construct {
  /** @throws organization-malformed, target-malformed, role-arn-malformed, role-pattern-malformed, policy-too-large */
  public constructor(scope: Construct, id: string, props: OrgGuardrailsProps) {
    super(scope, id);
    const breakGlass = [...new Set(props.breakGlassRoleArns)];
    const deployers = props.deployRolePatterns ?? DEPLOYERS;
    const organization = Organization.of({ id: props.organizationId });
    checkTargets(props.targetIds);
    checkBreakGlass(breakGlass);
    for (const pattern of deployers) checkPattern(pattern);
    const exempt = { breakGlass, deployers };
    const make = (name: string, type: string, description: string, statements: OrgStatement[]) =>
      this.makePolicy(name, { type, description, targetIds: props.targetIds }, statements);

    make('Records', 'SERVICE_CONTROL_POLICY', 'keeps records, keys and stacks of audit logs', recordStatements(exempt));
    const acting = [...roleStatements(exempt), ...standInStatements(exempt)];
    make('Roles', 'SERVICE_CONTROL_POLICY', 'keeps roles of audit logs, and others from standing in for them', acting);
    make('Front', 'SERVICE_CONTROL_POLICY', 'keeps what stands before audit logs', frontStatements(exempt));
    make('Resources', 'RESOURCE_CONTROL_POLICY', 'closes audit logs to others', resourceStatements(organization.id));
  }

  private makePolicy(
    id: string,
    how: { type: string; description: string; targetIds: string[] },
    statements: OrgStatement[],
  ): void {
    const content = contentOf(statements);
    const { length } = JSON.stringify(content);
    if (length > MOST_CHARACTERS) {
      throw new AuditLogError('policy-too-large', {
        problem: `the policy ${id} of the organisation is too long`,
        given: length,
        allowed: `up to ${MOST_CHARACTERS} characters`,
        fix: 'exempt fewer roles; break-glass roles of one name by * for the account',
      });
    }
    // Names are unique in an organisation, which may have guardrails of several logs, or of several units.
    const name = `immutable-audit-log-${id.toLowerCase()}-${Names.uniqueResourceName(this, { maxLength: 64 })}`;
    new CfnPolicy(this, id, { ...how, name, content });
  }
}

function checkTargets(targetIds: string[]): void {
  const wrong = targetIds.length === 0 ? 'no target' : targetIds.find((each) => !TARGET.test(each));
  if (wrong === undefined) return;
  throw new AuditLogError('target-malformed', {
    problem: 'not what a policy of an organisation can be attached to',
    given: wrong,
    allowed: 'r-<id> of a root, ou-<root>-<id> of an organisational unit, or 12 digits of an account',
    fix: 'give the ids of the units that logs are in',
  });
}

function checkBreakGlass(arns: string[]): void {
  for (const arn of arns) checkRoleArn(arn.replace('::*:', '::000000000000:'));
  if (arns.length > 0) return;
  throw new AuditLogError('role-arn-malformed', {
    problem: 'nobody is left who could do what the policies deny',
    fix: "give the ARNs of the logs' break-glass roles",
  });
}

function checkPattern(pattern: string): void {
  if (ROLE_PATTERN.test(pattern)) return;
  throw new AuditLogError('role-pattern-malformed', {
    problem: 'not a pattern of the ARNs of roles, or one of too many',
    given: pattern,
    allowed:
      'arn:<partition or *>:iam::<account or *>:role/<path and name>, with wildcards after eight characters at least',
    fix: 'name the roles that deploy by what their names begin with',
  });
}
