import type { AuditLogPolicy } from '../../policy';
import type { Resource } from './resource';
import type { Templates } from './templates';

/** An archive as it was synthesized, and what must hold for it. */
export interface ArchiveSubject {
  readonly templates: Templates;
  readonly policy: AuditLogPolicy;

  /** Begins the keys of the log's objects. */
  readonly prefix: string;

  /** Whether the stack has termination protection. */
  readonly isProtected: boolean;

  /** Whatever the archive's stack is blamed for. */
  readonly stack: Resource;

  /** The bucket; none if it was there already, so that its template is not ours. */
  readonly bucket?: LockedBucket;

  readonly keys: readonly KeyOfRole[];
  readonly ingest: Resource;
  readonly roles: readonly Resource[];
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
