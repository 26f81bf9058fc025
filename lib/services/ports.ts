/**
 * What the services need from the world. Cores see only these interfaces; `store/`, `signer/` and `engine/` fulfil them.
 */

/**
 * How a `putOnce` ended.
 *
 * - `written`: the store confirmed that this call created the object; it is durable.
 * - `exists`: the key was taken before this call; nothing was changed.
 * - `unknown`: the store did not say (timeout, 5xx, lost connection); the object may or may not be there, now or later.
 */
export type PutOutcome = 'written' | 'exists' | 'unknown';

/** The write side of a store: all that an ingest node may do. */
export interface ObjectWriter {
  /**
   * Creates an object that never existed before, in one attempt. Never overwrites, never retries, never throws for what the store answers.
   * The bytes must not change until the promise settles.
   */
  putOnce(key: string, bytes: Uint8Array): Promise<PutOutcome>;
}

/** One object as a listing shows it. */
export interface StoredObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /**
   * When the store says that it was written, milliseconds since 1970-01-01 UTC, exact to the second.
   *
   * @default - the store's word is worth no more than that of whoever writes to it
   */
  readonly modified?: number;
}

/** The read side of a store. Both methods throw when the store cannot be read: an outage is never an absence. */
export interface ObjectReader {
  /** The whole object, or `undefined` when there is none under the key. */
  get(key: string): Promise<Buffer | undefined>;

  /** The last `bytes` bytes of an object (all of it if it is shorter), or `undefined` when there is none. */
  getTail(key: string, bytes: number): Promise<Buffer | undefined>;

  /**
   * The objects whose keys begin with `prefix`, in ascending order of their keys' UTF-8 bytes.
   *
   * @param after list only keys greater than this one
   */
  list(prefix: string, after?: string): AsyncIterable<StoredObject>;

  /**
   * The folders directly below `prefix` (which ends in `/` or is empty), each ending in `/`, in ascending order.
   */
  listFolders(prefix: string): AsyncIterable<string>;
}

/** Until when a store itself refuses to delete or change a version. */
export interface ObjectLock {
  /** In `governance`, whoever has the permission may lift it. */
  readonly mode: 'compliance' | 'governance';
  /** Milliseconds since 1970-01-01 UTC. */
  readonly until: number;
}

/** One version of an object, or a delete marker. */
export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly isDeleteMarker: boolean;
  /** Whether it is what reading the key shows. */
  readonly isLatest: boolean;
  /** When the store says that it was written, milliseconds since 1970-01-01 UTC. */
  readonly modified: number;
  /** @default - it is not locked */
  readonly lock?: ObjectLock;
}

/** What a store with versions and locks can tell beyond its objects. Both methods throw when the store cannot be read. */
export interface LockReader {
  /** All versions of all keys that begin with `prefix`, in ascending order of keys as far as one page of the store goes; the versions of one key in any order. */
  versions(prefix: string): AsyncIterable<ObjectVersion>;

  /** One version's bytes, or `undefined` when it is not there any more. */
  getVersion(key: string, versionId: string): Promise<Buffer | undefined>;
}

/** A store that can do both. */
export interface ObjectStore extends ObjectWriter, ObjectReader {}

/** Holds one private key that it never gives away. */
export interface Signer {
  /** The public key as a C2SP signed-note verifier key, `<name>+<key id>+<base64>`. */
  readonly vkey: string;

  /** The 64-byte Ed25519 signature over the bytes. Throws when the key cannot be used now. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Time, as a service sees it. */
export interface Clock {
  /** Wall clock, milliseconds since 1970-01-01 UTC. */
  now(): number;

  /** Milliseconds from an arbitrary start; never steps back. */
  monotonic(): number;

  /** Resolves after the given milliseconds, or at once when the signal aborts. Does not keep the process alive. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/**
 * Where a service says what happened to it: one event a call. Never event data, bodies, keys, tokens or headers.
 *
 * `alarm` means that somebody may be tampering, and wakes people; `error` that a service cannot do its work; `warn` that it had to work around something.
 */
export type Log = (
  level: 'info' | 'warn' | 'error' | 'alarm',
  event: string,
  fields?: Readonly<Record<string, string | number>>,
) => void;

/** What to search for. All given conditions must hold. Times are milliseconds since 1970-01-01 UTC. */
export interface EventQuery {
  /** First `received` that matches. */
  readonly from: number;
  /** First `received` that no longer matches. */
  readonly to: number;
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  readonly outcome?: string;
  readonly writer?: string;
  /** Text that must occur in the stored line, compared character by character. */
  readonly contains?: string;
  /** Most lines to return, 1 to 10,000. */
  readonly limit: number;
  /** Continue behind this position; from `EventPage.next`. */
  readonly after?: EventPosition;
}

/** Where an entry stands in the order of all results: by `received`, then shard origin, then index in the shard. */
export interface EventPosition {
  readonly received: number;
  readonly origin: string;
  readonly index: number;
}

/** One stored line with its place in the log. */
export interface FoundEvent extends EventPosition {
  /** The entry's line, byte for byte as stored, without its `\n`. */
  readonly line: string;
}

/** How far the log of one region was searched. */
export interface RegionCompleteness {
  readonly region: string;
  /** Every event acknowledged there and received before this time was searched; milliseconds since 1970-01-01 UTC. 0 when nothing can be said. */
  readonly completeUntil: number;
}

/** One page of results in ascending order of position. */
export interface EventPage {
  readonly events: readonly FoundEvent[];
  /** Where the next page starts, or `undefined` when this is the last. */
  readonly next?: EventPosition;
  /** Every acknowledged event received before this time was searched; milliseconds since 1970-01-01 UTC. Of several logs, the least. */
  readonly completeUntil: number;
  /**
   * How far each log was searched, the engine's own first.
   *
   * @default - one log was searched
   */
  readonly regions?: readonly RegionCompleteness[];
  /**
   * Segments that could not be read, wholly or in part, and were left out of the search as far as they could not.
   *
   * @default - none
   */
  readonly skipped?: number;
}

/** Finds stored lines. Equal `(writer, id)` are one event: the first by position. */
export interface QueryEngine {
  search(query: EventQuery): Promise<EventPage>;
  close(): Promise<void>;
}
