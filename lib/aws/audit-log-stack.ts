import { Fn, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ImmutableAuditLog, type ImmutableAuditLogProps } from './immutable-audit-log';
import { tagForOrganization } from './org-tag';

/**
 * A stack with a log in one region and nothing else, and the archive's stack beside it. It names its availability zones by CloudFormation's own
 * function, so that synthesis looks nothing up even when account and region are given.
 */
export class AuditLogStack extends Stack {
  /** What is in the stack. */
  public readonly auditLog: ImmutableAuditLog;

  /**
   * @param auditLog the parts of the log
   * @param props where, and how the stack is called and tagged
   * @throws what `ImmutableAuditLog` throws
   */
  public constructor(scope: Construct, id: string, auditLog: ImmutableAuditLogProps, props?: StackProps) {
    super(scope, id, props);
    tagForOrganization(this, auditLog.policy);
    this.auditLog = new ImmutableAuditLog(this, 'AuditLog', auditLog);
  }

  /** Two of the region, by the function of CloudFormation. */
  public override get availabilityZones(): string[] {
    return [0, 1].map((index) => Fn.select(index, Fn.getAzs()));
  }
}
