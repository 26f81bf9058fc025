import { createHash, randomUUID } from 'node:crypto';
import { S3Error } from './s3-error';

export type LockMode = 'COMPLIANCE' | 'GOVERNANCE';

/** Until when a version is locked, milliseconds. */
export interface Retention {
  readonly mode: LockMode;
  readonly until: number;
}

/** The lock that new versions get when they bring none. */
export interface DefaultRetention {
  readonly mode: LockMode;
  readonly days: number;
}

/** One version of a key, or a delete marker. */
export interface Version {
  readonly key: string;
  readonly versionId: string;
  /** Milliseconds. */
  readonly modified: number;
  readonly isDeleteMarker: boolean;
  readonly bytes: Buffer;
  readonly etag: string;
  /** Headers of the checksum that came with it. */
  readonly checksum: Readonly<Record<string, string>>;
  retention: Retention | undefined;
  legalHold: boolean;
}

/** What a PUT brings along. */
export interface NewVersion {
  readonly bytes: Buffer;
  readonly checksum?: Readonly<Record<string, string>>;
  readonly retention?: Retention | undefined;
  readonly ifNoneMatch?: boolean;
  readonly ifMatch?: string | undefined;
}

const DAY_MS = 86_400_000;

/** The versions of a bucket and the rules of Object Lock (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html). */
export class Bucket {
  public versioning: 'Enabled' | 'Suspended' | undefined;
  public defaultRetention: DefaultRetention | undefined;
  /** Newest first. */
  private readonly objects = new Map<string, Version[]>();

  public constructor(
    private readonly now: () => number,
    public hasLock: boolean,
  ) {
    if (hasLock) this.versioning = 'Enabled';
  }

  public get isEmpty(): boolean {
    return this.objects.size === 0;
  }

  /** Every version in the order of listings: keys ascending by their UTF-8 bytes, of one key the newest first. */
  public *versions(): Iterable<Version & { isLatest: boolean }> {
    const keys = [...this.objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const key of keys) {
      for (const [age, version] of (this.objects.get(key) ?? []).entries()) yield { ...version, isLatest: age === 0 };
    }
  }

  /** The object that a key shows, or the version asked for. */
  public find(key: string, versionId?: string): Version | undefined {
    const versions = this.objects.get(key) ?? [];
    return versionId === undefined ? versions[0] : versions.find((version) => version.versionId === versionId);
  }

  public put(key: string, { bytes, checksum = {}, retention, ifNoneMatch, ifMatch }: NewVersion): Version {
    const current = this.find(key);
    const isThere = current !== undefined && !current.isDeleteMarker;
    if (ifNoneMatch && isThere) throw new S3Error(412, 'PreconditionFailed');
    if (ifMatch !== undefined && !isThere) throw new S3Error(404, 'NoSuchKey');
    if (ifMatch !== undefined && current?.etag !== ifMatch) throw new S3Error(412, 'PreconditionFailed');
    this.checkNew(retention);
    return this.add(key, {
      isDeleteMarker: false,
      bytes,
      etag: `"${createHash('md5').update(bytes).digest('hex')}"`,
      checksum,
      retention: retention ?? this.byDefault(),
    });
  }

  /** Deletes as a DELETE without a version does: by a marker in front, where there are versions. */
  public hide(key: string): Version | undefined {
    if (this.versioning === undefined) {
      this.objects.delete(key);
      return undefined;
    }
    return this.add(key, {
      isDeleteMarker: true,
      bytes: Buffer.alloc(0),
      etag: '',
      checksum: {},
      retention: undefined,
    });
  }

  /** Deletes one version for good, unless it is locked. */
  public remove(key: string, versionId: string, bypass: boolean): Version | undefined {
    const version = this.find(key, versionId);
    if (version === undefined) return undefined;
    const { retention } = version;
    const isRetained = retention !== undefined && retention.until > this.now();
    if (version.legalHold || (isRetained && !(bypass && retention.mode === 'GOVERNANCE'))) {
      throw new S3Error(403, 'AccessDenied', 'Access Denied because object protected by object lock.');
    }
    const left = (this.objects.get(key) ?? []).filter((each) => each !== version);
    if (left.length > 0) this.objects.set(key, left);
    else this.objects.delete(key);
    return version;
  }

  /** Removes all that is under a key, locked or not, as nobody can in S3: for who owns the server. */
  public erase(key: string): void {
    this.objects.delete(key);
  }

  public retain(version: Version, wanted: Retention | undefined, bypass: boolean): void {
    this.checkNew(wanted);
    const held = version.retention;
    if (held !== undefined && held.until > this.now()) {
      const weaker = wanted === undefined || wanted.until < held.until || wanted.mode !== held.mode;
      const stricter = held.mode === 'GOVERNANCE' && wanted?.mode === 'COMPLIANCE' && wanted.until >= held.until;
      if (weaker && !stricter && !(bypass && held.mode === 'GOVERNANCE')) throw new S3Error(403, 'AccessDenied');
    }
    version.retention = wanted;
  }

  private checkNew(retention: Retention | undefined): void {
    if (retention === undefined) return;
    if (!this.hasLock) throw new S3Error(400, 'InvalidRequest', 'Bucket is missing Object Lock Configuration');
    if (retention.until <= this.now())
      throw new S3Error(400, 'InvalidArgument', 'The retain until date is in the past');
  }

  private byDefault(): Retention | undefined {
    const rule = this.defaultRetention;
    return rule && { mode: rule.mode, until: this.now() + rule.days * DAY_MS };
  }

  private add(key: string, rest: Omit<Version, 'key' | 'versionId' | 'modified' | 'legalHold'>): Version {
    const versionId = this.versioning === 'Enabled' ? randomUUID().replaceAll('-', '') : 'null';
    // S3 tells times by the second.
    const modified = Math.floor(this.now() / 1_000) * 1_000;
    const version = { ...rest, key, versionId, modified, legalHold: false };
    const others = (this.objects.get(key) ?? []).filter((each) => each.versionId !== versionId);
    this.objects.set(key, [version, ...others]);
    return version;
  }
}
