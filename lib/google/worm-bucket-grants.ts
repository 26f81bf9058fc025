import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { AuditLogError } from '../policy/errors';
import { AuditLogChecks } from './audit-log-checks';
import type { IWormBucket } from './i-worm-bucket';
import type { ServiceIdentity } from './service-identity';

/**
 * The grants of a write-once bucket: one member of one role each, so that nobody else's are replaced. No role here has
 * `storage.objects.delete`, without which nothing can be overwritten either
 * (https://cloud.google.com/storage/docs/access-control/iam-roles).
 *
 * @internal
 */
export abstract class WormBucketGrants extends Construct implements IWormBucket {
  public abstract readonly bucketName: string;

  public grantAppend(identity: ServiceIdentity, prefix: string): void {
    const folder = checkPrefix(prefix);
    this.allow(identity, 'roles/storage.objectCreator', `Append ${folder}`, folder);
  }

  public grantRead(identity: ServiceIdentity): void {
    this.allow(identity, 'roles/storage.objectViewer', 'Read');
  }

  public grantVerify(identity: ServiceIdentity): void {
    this.grantRead(identity);
    this.allow(identity, 'roles/storage.legacyBucketReader', 'Verify');
  }

  private allow(identity: ServiceIdentity, role: string, what: string, prefix?: string): void {
    const condition = prefix === undefined ? undefined : this.below(prefix);
    const id = `${what} ${identity.node.id}`;
    const { member, _grants } = identity;
    const grant = new StorageBucketIamMember(this, id, { bucket: this.bucketName, role, member, condition });
    _grants.push(AuditLogChecks._promise(grant));
  }

  private below(prefix: string): { title: string; expression: string } {
    return {
      title: 'one folder',
      expression: `resource.name.startsWith("projects/_/buckets/${this.bucketName}/objects/${prefix}")`,
    };
  }
}

function checkPrefix(prefix: string): string {
  if (Token.isUnresolved(prefix) || /^[\w.=-]+(\/[\w.=-]+)*\/$/.test(prefix)) return prefix;
  throw new AuditLogError('prefix-malformed', {
    problem: 'not a prefix of object keys',
    given: prefix,
    allowed: 'folders of A-Z, a-z, 0-9 and _.=-, each ending in /',
    fix: 'give the folder that the service appends to, without a leading slash, quotes or wildcards',
  });
}
