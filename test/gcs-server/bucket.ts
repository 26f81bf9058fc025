import { crc32c } from '../../lib/services/crc32c';
import { GcsError } from './gcs-error';

/** One live object. */
export interface GcsObject {
  readonly name: string;
  readonly bytes: Buffer;
  readonly generation: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly created: number;
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

/** A bucket without versions. `put`, `erase` and `find` are for tests, and ask nobody. */
export class Bucket {
  private readonly objects = new Map<string, GcsObject>();
  private lastGeneration = 1_000;

  public constructor(
    private readonly now: () => number,
    public retention: RetentionPolicy | undefined,
  ) {}

  public find(name: string): GcsObject | undefined {
    return this.objects.get(name);
  }

  /** Whatever was there. */
  public put({ contentType = 'application/octet-stream', ...object }: NewObject): GcsObject {
    const generation = String(++this.lastGeneration);
    const made = { contentType, ...object, generation, created: this.now() };
    this.objects.set(object.name, made);
    return made;
  }

  /** Whatever keeps it. */
  public erase(name: string): void {
    this.objects.delete(name);
  }

  /** @param ifGeneration 0: only if there is none */
  public insert(object: NewObject, ifGeneration: string | null): GcsObject {
    const there = this.find(object.name);
    if (ifGeneration !== null && ifGeneration !== (there?.generation ?? '0')) {
      throw new GcsError(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.');
    }
    if (object.name === '' || Buffer.byteLength(object.name) > 1_024 || /[\r\n]|^\.\.?$/.test(object.name)) {
      throw new GcsError(400, 'invalid', 'Invalid object name');
    }
    if (there !== undefined) this.checkRetention(there);
    return this.put(object);
  }

  public delete(name: string): void {
    const there = this.find(name);
    if (there === undefined) throw new GcsError(404, 'notFound', `No such object: ${name}`);
    this.checkRetention(there);
    this.erase(name);
  }

  /** When the retention policy lets an object go, in milliseconds since 1970-01-01 UTC. */
  public expiration({ created }: GcsObject): number | undefined {
    return this.retention && created + this.retention.seconds * 1_000;
  }

  /** All objects in the order of their names' UTF-8 bytes. */
  public sorted(): GcsObject[] {
    return [...this.objects.values()].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  }

  private checkRetention(object: GcsObject): void {
    const until = this.expiration(object);
    if (until === undefined || until <= this.now()) return;
    throw new GcsError(
      403,
      'retentionPolicyNotMet',
      `Object '${object.name}' is subject to bucket's retention policy and cannot be deleted or overwritten until ${new Date(until).toISOString()}`,
    );
  }
}

/** The checksum as Google writes it: big-endian, in base64. */
export function checksumOf(bytes: Buffer): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32c(bytes));
  return checksum.toString('base64');
}
