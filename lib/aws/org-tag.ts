import { Tags } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { AuditLogPolicy } from '../policy';

/** Key of the tag by which the organisation's policies know what belongs to a log. Its value is the log's name. */
export const ORG_TAG = 'immutable-audit-log';

/** Tags all that is below a scope and can be tagged; nothing of a disposable log, which the organisation must not keep from being torn down. */
export function tagForOrganization(scope: IConstruct, { name, retention }: AuditLogPolicy): void {
  if (!retention.isDisposable) Tags.of(scope).add(ORG_TAG, name);
}
