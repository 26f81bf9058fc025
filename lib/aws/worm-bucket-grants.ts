import { Token } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { AuditLogError } from '../policy/errors';
import type { IWormBucket } from './i-worm-bucket';
import type { WormEncryption } from './worm-encryption';

/**
 * The grants of a write-once bucket, each by actions spelled out. Where they are written down is the subclasses' matter.
 *
 * @internal
 */
export abstract class WormBucketGrants extends Construct implements IWormBucket {
  public abstract readonly bucket: IBucket;
  protected abstract readonly encryption: WormEncryption;

  public grantAppend(role: IRole, prefix: string): void {
    this.allow(role, ['s3:PutObject'], this.bucket.arnForObjects(`${checkPrefix(prefix)}*`));
    this.encryption._allow(this, role, 'kms:GenerateDataKey');
  }

  public grantRead(role: IRole): void {
    this.allow(role, ['s3:GetObject'], this.bucket.arnForObjects('*'));
    // No prefix condition: with one, S3 answers 403 instead of 404 for an object that is not there.
    this.allow(role, ['s3:ListBucket'], this.bucket.bucketArn);
    this.encryption._allow(this, role, 'kms:Decrypt');
  }

  public grantVerify(role: IRole): void {
    this.grantRead(role);
    const aboutObjects = ['s3:GetObjectVersion', 's3:GetObjectRetention', 's3:GetObjectLegalHold'];
    this.allow(role, aboutObjects, this.bucket.arnForObjects('*'));
    const aboutBucket = ['s3:ListBucketVersions', 's3:GetBucketObjectLockConfiguration'];
    this.allow(role, aboutBucket, this.bucket.bucketArn);
  }

  protected abstract allow(role: IRole, actions: string[], resource: string): void;
}

function checkPrefix(prefix: string): string {
  if (Token.isUnresolved(prefix) || /^[\w.=-]+(\/[\w.=-]+)*\/$/.test(prefix)) return prefix;
  throw new AuditLogError('prefix-malformed', {
    problem: 'not a prefix of object keys',
    given: prefix,
    allowed: 'folders of A-Z, a-z, 0-9 and _.=-, each ending in /',
    fix: 'give the folder that the role appends to, without a leading slash or wildcards',
  });
}
