import { type Members, Place } from './place';

/** The parts of a stored object. */
export interface StoredObjectProps {
  /** Name of the bucket. */
  readonly bucket: string;

  /** Key of the object: 1 to 1,024 visible ASCII characters. */
  readonly key: string;

  /** Version id of the object. What is read once, at deployment, is read again only when this changes. */
  readonly version: string;
}

/** One version of an object in a versioned bucket. */
export class StoredObject {
  /**
   * Makes a stored object.
   *
   * @throws object-location-malformed
   */
  public static of(props: StoredObjectProps): StoredObject {
    return Place.valid('object', (at) => StoredObject._parse(props, at));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): StoredObject | undefined {
    const members = at.object(given, ['bucket', 'key', 'version']);
    if (members === undefined) return undefined;
    const text = (name: string, pattern: RegExp, allowed: string) =>
      at.member(name).text(members[name], pattern, 'object-location-malformed', allowed);
    const bucket = text('bucket', /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, '3 to 63 of a-z, 0-9, . and -');
    const key = text('key', /^[!-~]{1,1024}$/, '1 to 1,024 visible ASCII characters');
    const version = text('version', /^[!-~]{1,1024}$/, '1 to 1,024 visible ASCII characters');
    if (bucket === undefined || key === undefined || version === undefined) return undefined;
    return new StoredObject(bucket, key, version);
  }

  private constructor(
    /** Name of the bucket. */
    public readonly bucket: string,
    /** Key of the object. */
    public readonly key: string,
    /** Version id of the object. */
    public readonly version: string,
  ) {}

  /** @internal */
  public _render(): Members {
    return { bucket: this.bucket, key: this.key, version: this.version };
  }
}
