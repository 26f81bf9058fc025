import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Archive, type ArchiveProps } from './archive';
import { tagForOrganization } from './org-tag';

/** A stack with a region's archive and nothing else, protected from deletion unless the log is disposable. */
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
  }
}
