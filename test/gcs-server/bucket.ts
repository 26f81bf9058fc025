import { crc32c } from '../../lib/services/crc32c';
import { GcsError } from './gcs-error';

/** One generation of an object. */
export interface GcsObject {
  readonly name: string;
  readonly bytes: Buffer;
  readonly generation: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly created: number;
  /** When its name ceased to show it. */
  readonly deleted?: number;
  /** Its own, besides the bucket's policy. */
  readonly retention?: ObjectRetention;
  readonly contentType: string;
  readonly contentEncoding?: string;
}

/** What a request says about a new object. */
export interface NewObject {
  readonly name: string;
  readonly bytes: Buffer;
  readonly contentType?: string;
  readonly contentEncoding?: string;
}

/** https://cloud.google.com/storage/docs/bucket-lock: objects younger than the period can neither be deleted nor replaced. */
export interface RetentionPolicy {
  readonly seconds: number;
  readonly isLocked: boolean;
}

/** https://cloud.google.com/storage/docs/object-lock */
export interface ObjectRetention {
  readonly mode: 'Locked' | 'Unlocked';
  /** Milliseconds since 1970-01-01 UTC. */
  readonly until: number;
}

/**
 * What is answered to who may create objects and not delete them, when a key is taken: Google does not document what it looks at first, the condition
 * of the request or what the caller may do.
 */
export type CreatorsOnly = 'condition-first' | 'permission-first';

/** A bucket. `put`, `retain`, `erase` and `find` are for tests, and ask nobody. */
export class Bucket {
  /** Whether an object that is replaced or deleted is kept as a noncurrent one. */
  public isVersioned = false;
  /** Whether callers may only create. @default - they may do all */
  public creatorsOnly?: CreatorsOnly;
  /** The retention that whoever makes an object gives it. @default - none */
  public retentionOfNew?: (created: number) => ObjectRetention;
  private readonly objects = new Map<string, GcsObject>();
  private readonly noncurrent: GcsObject[] = [];
  private lastGeneration = 1_000;

  public constructor(
    private readonly now: () => number,
    public retention: RetentionPolicy | undefined,
  ) {}

  public find(name: string): GcsObject | undefined {
    return this.objects.get(name);
  }

  public findGeneration(name: string, generation: string): GcsObject | undefined {
    return this.generations().find((each) => each.name === name && each.generation === generation);
  }

  /** Whatever was there. */
  public put({ contentType = 'application/octet-stream', ...object }: NewObject): GcsObject {
    this.erase(object.name);
    const created = this.now();
    const retention = this.retentionOfNew?.(created);
    const generation = String(++this.lastGeneration);
    const made = { contentType, ...object, generation, created, ...(retention && { retention }) };
    this.objects.set(object.name, made);
    return made;
  }

  /** Gives an object another retention of its own, or none. */
  public retain(name: string, retention: ObjectRetention | undefined): void {
    const { retention: _, ...object } = this.find(name)!;
    this.objects.set(name, { ...object, ...(retention && { retention }) });
  }

  /** Whatever keeps it. */
  public erase(name: string): void {
    const object = this.find(name);
    if (object !== undefined && this.isVersioned) this.noncurrent.push({ ...object, deleted: this.now() });
    this.objects.delete(name);
  }

  /** @param ifGeneration 0: only if there is none */
  public insert(object: NewObject, ifGeneration: string | null): GcsObject {
    const there = this.find(object.name);
    if (there !== undefined && this.creatorsOnly === 'permission-first') throw mayNotDelete();
    if (ifGeneration !== null && ifGeneration !== (there?.generation ?? '0')) {
      throw new GcsError(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.');
    }
    if (object.name === '' || Buffer.byteLength(object.name) > 1_024 || /[\r\n]|^\.\.?$/.test(object.name)) {
      throw new GcsError(400, 'invalid', 'Invalid object name');
    }
    if (there !== undefined) this.checkDeletion(there);
    return this.put(object);
  }

  public delete(name: string): void {
    const there = this.find(name);
    if (there === undefined) throw new GcsError(404, 'notFound', `No such object: ${name}`);
    this.checkDeletion(there);
    this.erase(name);
  }

  /** When the retention policy and its own retention let an object go, in milliseconds since 1970-01-01 UTC. */
  public expiration({ created, retention }: GcsObject): number | undefined {
    const ends = [this.retention && created + this.retention.seconds * 1_000, retention?.until];
    const known = ends.filter((end) => end !== undefined);
    return known.length === 0 ? undefined : Math.max(...known);
  }

  /** All objects that names show, in the order of their names' UTF-8 bytes. */
  public sorted(): GcsObject[] {
    return [...this.objects.values()].sort(byNameAndGeneration);
  }

  /** The same, and what names do not show any more. */
  public generations(): GcsObject[] {
    return [...this.objects.values(), ...this.noncurrent].sort(byNameAndGeneration);
  }

  /** An object that is kept as a noncurrent one is not deleted: retention does not keep it from that. */
  private checkDeletion(object: GcsObject): void {
    if (this.creatorsOnly !== undefined) throw mayNotDelete();
    if (this.isVersioned) return;
    const until = this.expiration(object);
    if (until === undefined || until <= this.now()) return;
    throw new GcsError(
      403,
      'retentionPolicyNotMet',
      `Object '${object.name}' is subject to bucket's retention policy and cannot be deleted or overwritten until ${new Date(until).toISOString()}`,
    );
  }
}

function byNameAndGeneration(a: GcsObject, b: GcsObject): number {
  return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)) || Number(a.generation) - Number(b.generation);
}

function mayNotDelete(): GcsError {
  return new GcsError(
    403,
    'forbidden',
    "ingest@acme.iam.gserviceaccount.com does not have storage.objects.delete access to the Google Cloud Storage object. Permission 'storage.objects.delete' denied on resource (or it may not exist).",
  );
}

/** The checksum as Google writes it: big-endian, in base64. */
export function checksumOf(bytes: Buffer): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32c(bytes));
  return checksum.toString('base64');
}
