import { Stack, type StackProps, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Archive, type ArchiveProps } from './archive';
import { tagForOrganization } from './org-tag';

/**
 * A stack with a region's archive and nothing else, protected from deletion unless the log is disposable. It exports whatever any front
 * takes, whether one does or not: CloudFormation deletes no export that is in use, so that otherwise no front could take less than before.
 */
export class ArchiveStack extends Stack {
  /** What is in the stack. */
  public readonly archive: Archive;

  /**
   * @param archive what to keep
   * @param props where, and how the stack is called and tagged; `terminationProtection` follows from the policy
   * @throws region-unlisted, region-mismatch, bucket-ambiguous, role-arn-malformed
   */
  public constructor(scope: Construct, id: string, archive: ArchiveProps, props?: StackProps) {
    super(scope, id, { ...props, terminationProtection: !archive.policy.retention.isDisposable });
    tagForOrganization(this, archive.policy);
    this.archive = new Archive(this, 'Archive', archive);
    this.exportAll(this.archive);
  }

  private exportAll({ bucket: { bucket }, roles, logKey, admissionKey }: Archive): void {
    const { ingest, seal, query, view, verification } = roles;
    for (const { roleArn, roleName } of [ingest, seal, query, view, verification]) {
      this.exportValue(roleArn);
      this.exportValue(roleName);
    }
    for (const { key } of [logKey, admissionKey]) {
      this.exportValue(key.keyArn);
      this.exportValue(key.keyId);
    }
    // What was there before is exported, if at all, by the stack that made it.
    if (Stack.of(bucket) !== this || !Token.isUnresolved(bucket.bucketName)) return;
    this.exportValue(bucket.bucketArn);
    this.exportValue(bucket.bucketName);
  }
}
