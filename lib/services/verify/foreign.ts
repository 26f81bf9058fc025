import { type LogName, type ParsedKey, sha256 } from '../../record';
import type { ObjectReader, StoredObject } from '../ports';
import { readAtMost } from './bounded-read';
import type { Report } from './report';

/** Behind every key that begins with a folder. */
const LAST_CHARACTER = '\u{10FFFF}';

/** A foreign object that is larger cannot be acknowledged. */
const MAX_ACKNOWLEDGED_SIZE = 64 * 1024 * 1024;

/** Walked with the shards. */
const SHARD_FOLDERS = ['entries/', 'shards/'] as const;

/** Finds what does not belong where the log keeps its own objects. */
export class ForeignObjects {
  public constructor(
    private readonly store: ObjectReader,
    private readonly log: LogName,
    private readonly acknowledged: ReadonlyMap<string, ReadonlySet<string>>,
    private readonly report: Report,
  ) {}

  /** Reports an object that has no place in the log, unless the root knows it and its bytes. */
  public async check(key: string): Promise<void> {
    const hashes = this.acknowledged.get(key);
    const bytes = hashes && (await readAtMost(this.store, key, MAX_ACKNOWLEDGED_SIZE));
    if (Buffer.isBuffer(bytes) && hashes?.has(sha256(bytes).toString('hex'))) {
      this.report.totals.acknowledged++;
      return;
    }
    const known =
      hashes === undefined ? 'no object of the log has such a name' : 'it is not the object that the root acknowledges';
    this.report.add({ code: 'foreign', object: key, detail: known });
  }

  /** The objects of one kind below a folder; others are reported. */
  public async *only<K extends ParsedKey['kind']>(folder: string, kind: K): AsyncIterable<KeyOf<K>> {
    for await (const object of this.store.list(`${this.log.prefix}${folder}`)) {
      const key = this.log.parseKey(object.key);
      if (key?.kind === kind) {
        yield { ...object, ...(key as Extract<ParsedKey, { kind: K }>) };
      } else {
        await this.check(object.key);
      }
    }
  }

  /** Reports what lies outside the shards' folders and is not of the root log. */
  public async checkOutside(): Promise<void> {
    let after: string | undefined = '';
    while (after !== undefined) {
      after = await this.checkUntilFolder(after);
    }
  }

  private async checkUntilFolder(after: string): Promise<string | undefined> {
    for await (const { key } of this.store.list(this.log.prefix, after)) {
      const folder = SHARD_FOLDERS.find((each) => key.startsWith(`${this.log.prefix}${each}`));
      if (folder !== undefined) {
        return `${this.log.prefix}${folder}${LAST_CHARACTER}`;
      }
      if (this.log.parseKey(key) === undefined) {
        await this.check(key);
      }
    }
    return undefined;
  }
}

/** An object of a kind, with what its key says. */
export type KeyOf<K extends ParsedKey['kind']> = StoredObject & Extract<ParsedKey, { kind: K }>;
