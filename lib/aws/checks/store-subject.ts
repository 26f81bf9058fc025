import type { AuditLogPolicy } from '../../policy';
import type { Resource } from './resource';
import type { Templates } from './templates';

/** What keeps a log as it was synthesized, and what must hold for it: an archive, or a bucket of replicas. */
export interface StoreSubject {
  readonly templates: Templates;
  readonly policy: AuditLogPolicy;

  /** Whether the stack has termination protection. */
  readonly isProtected: boolean;

  /** Whatever the stack is blamed for. */
  readonly stack: Resource;

  /** The bucket; none if it was there already, so that its template is not ours. */
  readonly bucket?: LockedBucket;

  /** The signing keys; replicas have none. */
  readonly keys: readonly KeyOfRole[];
}

export interface LockedBucket {
  readonly resource: Resource;

  /** The statements that must be in its policy. */
  readonly denials: readonly unknown[];
}

export interface KeyOfRole {
  readonly resource: Resource;

  /** The only role that may sign. */
  readonly signer: Resource;

  /** The statements that must be in its policy. */
  readonly denials: readonly unknown[];
}
