import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The packs of cdk-nag whose rules have the same names: NIST 800-53 revision 5, PCI DSS 3.2.1 and HIPAA. */
const COMPLIANCE_PACKS = ['NIST.800.53.R5', 'PCI.DSS.321', 'HIPAA.Security'];

/** A finding of cdk-nag that is meant. */
interface AcknowledgedFinding {
  /** Name of the rule in the pack AwsSolutions, such as `S1`, if it has one. */
  readonly awsSolutions?: string;

  /** Name of the rule in the packs about compliance, such as `S3BucketLoggingEnabled`, if they have one. */
  readonly compliance?: string;

  /** What an auditor is told. It is in `CHECKS.md` as well. */
  readonly reason: string;
}

/**
 * Tells packs of cdk-nag, where an app uses them, that a finding on a construct or what is below is meant. The ids begin with the pack's name:
 * bare ones would silence the finding as well, but leave no trace in the validation report.
 */
export function acknowledge(scope: IConstruct, { awsSolutions, compliance, reason }: AcknowledgedFinding): void {
  const validations = Validations.of(scope);
  if (awsSolutions !== undefined) {
    validations.acknowledge({ id: `AwsSolutions::AwsSolutions-${awsSolutions}`, reason });
  }
  if (compliance === undefined) return;
  for (const pack of COMPLIANCE_PACKS) validations.acknowledge({ id: `${pack}::${pack}-${compliance}`, reason });
}

/** What is said of every bucket that AWS delivers logs to. */
export function acknowledgeDeliveredLogs(bucket: IConstruct): void {
  acknowledge(bucket, {
    compliance: 'S3DefaultEncryptionKMS',
    reason:
      'AWS delivers server access logs and logs of load balancers only to buckets that encrypt with keys of S3 (AES-256).',
  });
  acknowledge(bucket, {
    compliance: 'S3BucketReplicationEnabled',
    reason: 'The bucket holds logs of requests for 400 days, and no records: what they tell of is in the log itself.',
  });
}

/** What is said of every log group. */
export function acknowledgeLogGroup(logGroup: IConstruct): void {
  acknowledge(logGroup, {
    compliance: 'CloudWatchLogGroupEncrypted',
    reason:
      'CloudWatch Logs encrypts at rest with a key that AWS owns (AES-GCM). The group holds messages of services and metadata of requests; no event, token or key is written to it.',
  });
}

/** What is said of a policy that names objects by how their keys begin. The finding has their ARN in its name, references in angle brackets. */
export function acknowledgeObjects(scope: IConstruct, arn: string, reason: string): void {
  acknowledge(scope, { awsSolutions: `IAM5[Resource::${withoutReferences(Stack.of(scope).resolve(arn))}]`, reason });
}

function withoutReferences(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': joined } = resolved as Reference;
  if (joined !== undefined) return joined[1].map(withoutReferences).join(joined[0]);
  return `<${Ref ?? attribute?.join('.')}>`;
}

/** How CloudFormation writes what it fills in, as far as ARNs of buckets have it. */
interface Reference {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly string[];
  readonly 'Fn::Join'?: readonly [separator: string, parts: readonly unknown[]];
}
