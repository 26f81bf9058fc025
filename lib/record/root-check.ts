import { isUtf8 } from 'node:buffer';
import { attempt } from './attempt';
import { type Checkpoint, parseCheckpoint } from './checkpoint';
import type { Finding, FindingCode } from './finding';
import { leafHash, MAX_LEAF_SIZE } from './hash';
import { LagWindow } from './lag-window';
import { Malformed } from './malformed';
import type { LogName } from './names';
import { openNote, type VerifierKey } from './note';
import { parseRootEntry, type RootEntry, SEAL_DELAY_MS } from './root-entry';
import { RootState } from './root-state';
import { eachLine } from './segment';
import { Tree } from './tree';

/** Most bytes of one object of root entries. */
export const MAX_ROOT_ENTRIES_SIZE: number = 8 * 1024 * 1024;

/** Most bytes of a note: what `parseNote` accepts. */
export const MAX_NOTE_BYTES: number = 64 * 1024;

/** Entries that may wait for a checkpoint that fits once one did not; beyond, the root counts as broken from there on. */
const MAX_UNVOUCHED = 10_000;

/** A root entry and its leaf hash. */
export interface RootLeaf {
  readonly entry: RootEntry;
  readonly leaf: Buffer;
}

/**
 * Takes an object of root entries apart.
 *
 * @throws Malformed that says in which line
 */
export function parseRootEntries(bytes: Buffer): RootLeaf[] {
  if (bytes.length > MAX_ROOT_ENTRIES_SIZE || bytes.at(-1) !== 0x0a || !isUtf8(bytes)) {
    throw new Malformed(`root entries that are not 1 byte to 8 MiB of whole lines of UTF-8`);
  }
  const leaves: RootLeaf[] = [];
  eachLine(bytes, (line, index) => {
    const entry =
      line.length > MAX_LEAF_SIZE ? new Malformed('too long') : attempt(() => parseRootEntry(line.toString()));
    if (entry instanceof Malformed) {
      throw new Malformed(`line ${index + 1}: ${entry.reason}`);
    }
    leaves.push({ entry, leaf: leafHash(line) });
  });
  return leaves;
}

/**
 * Reads a checkpoint note of the root.
 *
 * @param size as its key says
 * @throws Malformed
 */
export function openRootCheckpoint(note: string, key: VerifierKey, size: number): Checkpoint {
  const checkpoint = parseCheckpoint(openNote(note, key));
  if (checkpoint.origin !== key.name || checkpoint.size !== size) {
    throw new Malformed(`a checkpoint of size ${checkpoint.size} of ${checkpoint.origin} under the name of another`);
  }
  return checkpoint;
}

/** An entry that no checkpoint vouches for yet. */
interface Unvouched {
  readonly entry: RootEntry;
  readonly object: string;
}

/**
 * Checks the root log: objects of entries in the order of their names, each followed by the checkpoints whose sizes lie within it.
 * An entry counts once a checkpoint signs a tree that holds it. Which of two histories a signed checkpoint over another root belongs to only later ones can
 * tell: when one fits, the log key has signed two (`forked`), else the entries are not those that it signed (`damaged`).
 */
export class RootCheck {
  /** What the vouched entries say. */
  public readonly state: RootState;

  private readonly found: Finding[] = [];
  private tree = Tree.empty();
  /** Roots at the sizes within the newest object. */
  private roots = new Map<number, Buffer>();
  private unvouched: Unvouched[] = [];
  private vouched = 0;
  private misfits: { readonly size: number; readonly object: string }[] = [];
  /** Of the newest object: its end, which must be signed, and the time of its last entry. */
  private unsignedEnd: { readonly size: number; readonly time: number } | undefined;
  private readonly times: number[] = [];
  private damagedNote = 0;
  private broken = false;
  private endInDoubt = false;

  public constructor(
    private readonly log: LogName,
    private readonly key: VerifierKey,
    private readonly lag: LagWindow = LagWindow.NONE,
  ) {
    this.state = new RootState(log);
  }

  /** Takes away what has been found since the last call. */
  public takeFindings(): Finding[] {
    return this.found.splice(0);
  }

  /** Entries so far. */
  public get size(): number {
    return this.tree.size;
  }

  /** Entries that a checkpoint vouches for. */
  public get vouchedSize(): number {
    return this.vouched;
  }

  /** Whether entries are gone or damaged, so that no later checkpoint can be compared. */
  public get isBroken(): boolean {
    return this.broken;
  }

  /** Times at which the root was sealed, in order, as far as it is vouched for. Milliseconds. */
  public get sealTimes(): readonly number[] {
    return this.times;
  }

  /** After `finish`: whether the vouched entries are all that the root says; else it does not prove that something is not in it. */
  public get isWhole(): boolean {
    return !this.broken && !this.endInDoubt && this.vouched > 0;
  }

  /**
   * Takes the next object of entries.
   *
   * @param bytes `undefined` when it is too large to be read
   * @returns whether it belongs to the log; `false` when it begins inside the one before
   */
  public addEntries(first: number, bytes: Buffer | undefined): boolean {
    if (first < this.size) {
      return false;
    }
    const object = this.log.rootEntriesKey(first);
    this.endObject();
    if (first > this.size) {
      this.breakBeforeGap(`root entries ${this.size} to ${first - 1} are not there; later ones are`);
    }
    const leaves = bytes === undefined ? new Malformed('too large to be read') : attempt(() => parseRootEntries(bytes));
    if (leaves instanceof Malformed) {
      this.break('damaged', object, leaves.reason);
      return true;
    }
    if (this.broken) {
      return true;
    }
    for (const { entry, leaf } of leaves) {
      this.tree.append(leaf);
      this.roots.set(this.size, this.tree.root);
      this.unvouched.push({ entry, object });
    }
    this.unsignedEnd = { size: this.size, time: Date.parse(leaves.at(-1)?.entry.time ?? '') };
    if (this.misfits.length > 0 && this.unvouched.length > MAX_UNVOUCHED) {
      this.giveUp();
    }
    return true;
  }

  /** Takes the checkpoint under a size's name, after the entries up to that size if there are any. */
  public addCheckpoint(size: number, bytes: Buffer): void {
    const object = this.log.rootCheckpointKey(size);
    const checkpoint = attempt(() => openRootCheckpoint(bytes.toString(), this.key, size));
    if (size === this.unsignedEnd?.size) {
      this.unsignedEnd = undefined;
    }
    if (checkpoint instanceof Malformed) {
      this.damagedNote = size;
      this.report('damaged', object, checkpoint.reason);
    } else if (!this.broken) {
      this.compare(checkpoint, object);
    }
  }

  private compare({ size, root }: Checkpoint, object: string): void {
    const own = size === 0 ? Tree.empty().root : this.roots.get(size);
    if (own === undefined) {
      this.breakBeforeGap(`the log key signed ${size} root entries, there are ${this.size}`);
    } else if (own.equals(root)) {
      this.vouch(size);
    } else {
      this.misfits.push({ size, object });
    }
  }

  private vouch(size: number): void {
    for (const { object, size: misfit } of this.misfits) {
      this.report(
        'forked',
        object,
        `the log key signed another tree of size ${misfit} than the one that a later checkpoint fits`,
      );
    }
    this.misfits = [];
    for (const { entry, object } of this.unvouched.splice(0, size - this.vouched)) {
      const applied = attempt(() => this.state.apply(entry));
      if (applied instanceof Malformed) {
        this.report('damaged', object, `root entry ${this.vouched}: ${applied.reason}`);
      }
      this.vouched++;
    }
    if (this.state.time > (this.times.at(-1) ?? 0)) {
      this.times.push(this.state.time);
    }
  }

  /** Every object of entries gets a checkpoint at its end before there can be another object. */
  private endObject(): void {
    if (this.unsignedEnd !== undefined && !this.broken) {
      const { size, time } = this.unsignedEnd;
      const code = this.lag.covers(time) ? 'lag' : 'missing';
      this.report(code, this.log.rootCheckpointKey(size), 'the log went on, so there was a checkpoint here');
    }
    this.unsignedEnd = undefined;
    this.roots = new Map();
  }

  /** How old what is not there is, only the newest entry that is vouched for can tell: those behind it may be forged. */
  private breakBeforeGap(detail: string): void {
    this.break(this.lag.covers(this.state.time) ? 'lag' : 'missing', this.log.rootEntriesKey(this.size), detail);
  }

  private break(code: FindingCode, object: string, detail: string): void {
    if (!this.broken) {
      this.giveUp();
      this.report(code, object, detail);
    }
  }

  private giveUp(): void {
    this.settleMisfits();
    this.broken = true;
    this.unvouched = [];
    this.roots = new Map();
  }

  /** No later checkpoint fits: entries behind the last one that fitted are not those that were signed. */
  private settleMisfits(): void {
    const [misfit] = this.misfits;
    const suspect = this.unvouched[0];
    if (misfit !== undefined) {
      const range = `root entries ${this.vouched} to ${misfit.size - 1} are not those that ${misfit.object} signs`;
      this.report('damaged', suspect?.object ?? misfit.object, range);
    }
    this.misfits = [];
  }

  private report(code: FindingCode, object: string, detail: string): void {
    this.found.push({ code, object, detail });
  }

  /**
   * Judges the end of the log.
   *
   * @param now milliseconds
   * @returns how many entries are pending: claimed less than the seal delay ago and not signed yet
   */
  public finish(now: number): number {
    const misfit = this.misfits.length > 0;
    this.settleMisfits();
    const [oldest] = this.unvouched;
    if (this.broken || oldest === undefined) {
      return 0;
    }
    if (misfit || this.damagedNote > this.vouched) {
      this.endInDoubt = true;
      return 0;
    }
    const age = now - Date.parse(oldest.entry.time);
    if (age >= -SEAL_DELAY_MS && age <= SEAL_DELAY_MS + this.lag.milliseconds) {
      return this.unvouched.length;
    }
    this.endInDoubt = true;
    this.report('unsealed', oldest.object, `no checkpoint signs the root entries from ${this.vouched} on`);
    return 0;
  }
}
