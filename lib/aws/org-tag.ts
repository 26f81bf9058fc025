import { Tags } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { AuditLogPolicy, Retention } from '../policy';

/** Key of the tag by which the organisation's policies know what belongs to a log. Its value is the log's name. */
export const ORG_TAG = 'immutable-audit-log';

/** Key of the tag of buckets under Object Lock, by which rules of AWS Config tell them from others of a log. Its value is the lock's mode. */
export const LOCKED_TAG = `${ORG_TAG}:locked`;

/** Key of the tag of buckets that are replicated. */
export const REPLICATED_TAG = `${ORG_TAG}:replicated`;

/** Tags all that is below a scope and can be tagged; nothing of a disposable log, which the organisation must not keep from being torn down. */
export function tagForOrganization(scope: IConstruct, { name, retention }: AuditLogPolicy): void {
  if (!retention.isDisposable) Tags.of(scope).add(ORG_TAG, name);
}

/** Tags a bucket under Object Lock, unless it is disposable. */
export function tagLocked(bucket: IConstruct, { mode, isDisposable }: Retention): void {
  if (!isDisposable) Tags.of(bucket).add(LOCKED_TAG, mode);
}

/** Tags a bucket that is replicated, unless it is disposable. */
export function tagReplicated(bucket: IConstruct, { isDisposable }: Retention): void {
  if (!isDisposable) Tags.of(bucket).add(REPLICATED_TAG, 'within-jurisdiction');
}
