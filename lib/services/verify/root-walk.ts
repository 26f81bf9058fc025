import {
  type LagWindow,
  type LogName,
  MAX_NOTE_BYTES,
  MAX_ROOT_ENTRIES_SIZE,
  RootCheck,
  type VerifierKey,
} from '../../record';
import type { ObjectReader } from '../ports';
import { readAtMost, TOO_LARGE } from './bounded-read';
import { Peekable } from './peekable';

/** Size of a checkpoint whose note is in a listing. */
type NoteSizes = Peekable<number>;

/** Feeds the root log of a store to a check, one object at a time. */
export class RootWalk {
  public readonly check: RootCheck;
  /** First entries of objects that begin inside the one before: they cannot belong there. */
  public readonly misplaced: number[] = [];

  public constructor(
    private readonly store: ObjectReader,
    private readonly log: LogName,
    key: VerifierKey,
    lag: LagWindow,
  ) {
    this.check = new RootCheck(log, key, lag);
  }

  /** @param onObject called after every object of entries */
  public async walk(onObject: () => void): Promise<void> {
    const notes = new Peekable(this.noteSizes());
    for await (const first of this.firsts()) {
      if (this.check.isBroken) {
        break;
      }
      await this.addObject(first, notes);
      onObject();
    }
    for (let size = await notes.peek(); size !== undefined; size = await notes.peek()) {
      // The log may have grown since its entries were listed.
      if (this.check.isBroken || size <= this.check.size || !(await this.addObject(this.check.size, notes))) {
        notes.skip();
        await this.addNote(size);
      }
    }
  }

  private async addObject(first: number, notes: NoteSizes): Promise<boolean> {
    const bytes = await readAtMost(this.store, this.log.rootEntriesKey(first), MAX_ROOT_ENTRIES_SIZE);
    if (bytes === undefined) {
      return false;
    }
    const before = this.check.size;
    if (!this.check.addEntries(first, bytes === TOO_LARGE ? undefined : bytes)) {
      this.misplaced.push(first);
      return true;
    }
    let reached = -1;
    for (let size = await notes.peek(); size !== undefined && size <= this.check.size; size = await notes.peek()) {
      notes.skip();
      await this.addNote(size);
      reached = size;
    }
    if (reached < this.check.size && this.check.size > before) {
      await this.addNote(this.check.size);
    }
    return this.check.size > before;
  }

  private async addNote(size: number): Promise<void> {
    const bytes = await readAtMost(this.store, this.log.rootCheckpointKey(size), MAX_NOTE_BYTES);
    if (bytes !== undefined) {
      this.check.addCheckpoint(size, bytes === TOO_LARGE ? Buffer.alloc(0) : bytes);
    }
  }

  private async *firsts(): AsyncIterable<number> {
    for await (const { key } of this.store.list(`${this.log.prefix}root/`)) {
      const parsed = this.log.parseKey(key);
      if (parsed?.kind === 'root-entries') {
        yield parsed.first;
      }
    }
  }

  private async *noteSizes(): AsyncIterable<number> {
    for await (const { key } of this.store.list(`${this.log.prefix}root/checkpoints/`)) {
      const parsed = this.log.parseKey(key);
      if (parsed?.kind === 'root-checkpoint') {
        yield parsed.size;
      }
    }
  }
}
