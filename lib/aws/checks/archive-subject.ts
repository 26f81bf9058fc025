import type { Resource } from './resource';
import type { StoreSubject } from './store-subject';

/** An archive as it was synthesized, and what must hold for it. */
export interface ArchiveSubject extends StoreSubject {
  /** Begins the keys of the log's objects. */
  readonly prefix: string;

  /** ARNs of the only buckets that records are copied to, as its template has them. */
  readonly destinations: readonly unknown[];

  readonly ingest: Resource;
  readonly roles: readonly Resource[];
}
