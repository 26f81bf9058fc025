import { type LogName, MAX_ROOT_ENTRIES_SIZE, Malformed, parseRootEntries, type RootEntry } from '../../record';
import type { ObjectReader, StoredObject } from '../ports';

/** How many objects are read at once: bounds memory. */
const BATCH_OBJECTS = 32;
const BATCH_BYTES = 4 * 1024 * 1024;

/** What was in the source when one object of root entries was sealed. */
export interface Seal {
  /** All that was acknowledged before is sealed by this object or one before it. Milliseconds. */
  readonly time: number;
  /** How many entries each shard that had grown has, by its path. */
  readonly shards: ReadonlyMap<string, number>;
}

/** The root log cannot be followed beyond an object. */
export class RootUnreadable extends Error {}

/**
 * Follows the root log of a replica: object by object without a gap, each once its checkpoint is there too. Objects may arrive in any order. Signatures are
 * not checked: that is what `verify` is for.
 */
export class SealReader {
  /** Index of the next entry; unknown until it was looked for. */
  private size: number | undefined;

  public constructor(
    private readonly log: LogName,
    private readonly store: ObjectReader,
  ) {}

  /**
   * The seals that are new, in order.
   *
   * @param from the first call begins with the newest seal before this time, in milliseconds
   * @throws RootUnreadable
   */
  public async *next(from: number): AsyncIterable<Seal> {
    this.size ??= await this.sizeBefore(from);
    const notes = this.sizesOfNotes(this.size)[Symbol.asyncIterator]();
    let note = await notes.next();
    if (note.done) return;
    for await (const batch of this.batches(this.size)) {
      const objects = await Promise.all(batch.map(({ key }) => this.store.getTail(key, MAX_ROOT_ENTRIES_SIZE + 1)));
      for (const [i, { key, first }] of batch.entries()) {
        const bytes = objects[i];
        if (first < this.size) continue;
        if (first > this.size || bytes === undefined) return;
        const entries = read(key, bytes);
        const end = first + entries.length;
        while (!note.done && note.value < end) note = await notes.next();
        if (note.done || note.value > end) return;
        this.size = end;
        yield seal(entries);
      }
    }
  }

  private async *sizesOfNotes(after: number): AsyncIterable<number> {
    for await (const { key } of this.store.list(
      `${this.log.prefix}root/checkpoints/`,
      this.log.rootCheckpointKey(after),
    )) {
      const parsed = this.log.parseKey(key);
      if (parsed?.kind === 'root-checkpoint') yield parsed.size;
    }
  }

  private async *batches(size: number): AsyncIterable<EntriesObject[]> {
    let batch: EntriesObject[] = [];
    let bytes = 0;
    for await (const object of this.objects(size)) {
      batch.push(object);
      bytes += object.size;
      if (batch.length < BATCH_OBJECTS && bytes < BATCH_BYTES) continue;
      yield batch;
      batch = [];
      bytes = 0;
    }
    yield batch;
  }

  /** Objects of entries that begin with an index or behind it. */
  private async *objects(from: number): AsyncIterable<EntriesObject> {
    const after = from === 0 ? undefined : this.log.rootEntriesKey(from - 1);
    for await (const object of this.store.list(`${this.log.prefix}root/`, after)) {
      const parsed = this.log.parseKey(object.key);
      // Checkpoints are listed behind all entries.
      if (parsed?.kind === 'root-checkpoint') return;
      if (parsed?.kind === 'root-entries') yield { ...object, first: parsed.first };
    }
  }

  /** The begin of the newest object before a time, found in few steps: a log has one for each minute of years. */
  private async sizeBefore(time: number): Promise<number> {
    let before = 0;
    let behind = 1;
    if (time <= 0) return 0;
    for (
      let found = await this.isBefore(behind, time);
      found !== undefined;
      found = await this.isBefore(behind, time)
    ) {
      before = found;
      behind = Math.max(behind, found) * 2;
    }
    while (behind - before > 1) {
      const middle = Math.floor((before + behind) / 2);
      const found = await this.isBefore(middle, time);
      if (found === undefined || found >= behind) behind = middle;
      else before = found;
    }
    return before;
  }

  /** The begin of the first object from an index on, if that object is of before a time. */
  private async isBefore(index: number, time: number): Promise<number | undefined> {
    for await (const { key, first } of this.objects(index)) {
      const bytes = await this.store.getTail(key, MAX_ROOT_ENTRIES_SIZE + 1);
      return bytes !== undefined && seal(read(key, bytes)).time < time ? first : undefined;
    }
    return undefined;
  }
}

type EntriesObject = StoredObject & { readonly first: number };

function read(key: string, bytes: Buffer): RootEntry[] {
  try {
    return parseRootEntries(bytes).map(({ entry }) => entry);
  } catch (error) {
    throw error instanceof Malformed ? new RootUnreadable(`${key}: ${error.reason}`) : error;
  }
}

function seal(entries: readonly RootEntry[]): Seal {
  const shards = new Map<string, number>();
  for (const entry of entries) {
    for (const { path, size } of entry.kind === 'shards' ? entry.shards : []) shards.set(path, size);
  }
  return { time: Math.max(...entries.map(({ time }) => Date.parse(time))), shards };
}
