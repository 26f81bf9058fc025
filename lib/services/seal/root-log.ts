import { AuditLogError } from '../../policy/errors';
import {
  attempt,
  formatCheckpoint,
  formatNote,
  formatRootEntry,
  type LogName,
  MAX_NOTE_BYTES,
  MAX_ROOT_ENTRIES_SIZE,
  Malformed,
  openRootCheckpoint,
  parseRootEntries,
  parseVkey,
  type RootEntry,
  RootState,
  Tree,
} from '../../record';
import type { ObjectStore, Signer } from '../ports';
import { firstOpenHour } from './open-hours';
import { rootBroken } from './root-broken';

/** Says whether a sealer may sign entries that another claimed; throws when not. */
export type ClaimCheck = (entries: readonly RootEntry[]) => Promise<void>;

/**
 * The root log as one of any number of sealers sees and extends it.
 *
 * The store decides who may write which index: who creates the object of entries has claimed it. Whoever then finds claimed entries without a checkpoint,
 * the winner included, reads them back and signs the tree that they make. All sign the same tree, so it does not matter who is first.
 */
export class RootLog {
  /** What the entries so far say. */
  public readonly state: RootState;

  private tree = Tree.empty();
  private signed = 0;
  private started = false;
  private claimed: Buffer | undefined;

  public constructor(
    private readonly store: ObjectStore,
    private readonly log: LogName,
    private readonly signer: Signer,
  ) {
    this.state = new RootState(log);
  }

  /** Entries so far, all of them signed after `catchUp`. */
  public get size(): number {
    return this.tree.size;
  }

  /**
   * Reads all entries that are new, and signs those that were claimed and left unsigned.
   *
   * @param check for entries that neither this sealer claimed nor a checkpoint signs
   * @throws root-log-broken, seal-unconfirmed
   */
  public async catchUp(check: ClaimCheck): Promise<void> {
    await this.sign();
    for (let bytes = await this.next(); bytes !== undefined; bytes = await this.next()) {
      await this.follow(bytes, check);
    }
    await this.refuseLostEntries();
    this.started = true;
  }

  /** Claims the next entries. Whether this sealer or another was first, `catchUp` finds out. */
  public async claim(entries: readonly RootEntry[]): Promise<void> {
    this.claimed = Buffer.from(entries.map((entry) => `${formatRootEntry(entry)}\n`).join(''));
    await this.store.putOnce(this.log.rootEntriesKey(this.size), this.claimed);
  }

  private next(): Promise<Buffer | undefined> {
    return this.store.getTail(this.log.rootEntriesKey(this.size), MAX_ROOT_ENTRIES_SIZE + 1);
  }

  private async follow(bytes: Buffer, check: ClaimCheck): Promise<void> {
    const object = this.log.rootEntriesKey(this.size);
    const leaves = attempt(() => parseRootEntries(bytes));
    if (leaves instanceof Malformed) {
      throw rootBroken(object, leaves.reason);
    }
    const tree = this.tree.copy();
    for (const { leaf } of leaves) {
      tree.append(leaf);
    }
    const entries = leaves.map(({ entry }) => entry);
    const isSigned = await this.isSigned(tree);
    if (!isSigned && !this.claimed?.equals(bytes)) {
      await check(entries);
    }
    const applied = attempt(() => {
      for (const entry of entries) {
        this.state.apply(entry);
      }
    });
    if (applied instanceof Malformed) {
      throw rootBroken(object, applied.reason);
    }
    this.tree = tree;
    if (!this.started) {
      this.state.forgetClosed(firstOpenHour(this.state.time));
    }
    if (isSigned) {
      this.signed = tree.size;
    }
    await this.sign();
  }

  /** Signs the tree that was read back from the store, unless its checkpoint is there. */
  private async sign(): Promise<void> {
    const { size, root } = this.tree;
    if (this.signed === size) {
      return;
    }
    const object = this.log.rootCheckpointKey(size);
    if (!(await this.isSigned(this.tree))) {
      const text = formatCheckpoint({ origin: this.log.origin, size, root });
      const note = formatNote(text, this.signer.vkey, await this.signer.sign(Buffer.from(text)));
      await this.store.putOnce(object, Buffer.from(note));
      if (!(await this.isSigned(this.tree))) {
        throw new AuditLogError('seal-unconfirmed', {
          problem: 'the store did not confirm a checkpoint',
          given: object,
          fix: 'nothing, if it happens once: the next round tries again; else look at the store',
        });
      }
    }
    this.signed = size;
  }

  private async isSigned(tree: Tree): Promise<boolean> {
    const object = this.log.rootCheckpointKey(tree.size);
    const note = await this.store.getTail(object, MAX_NOTE_BYTES);
    if (note === undefined) {
      return false;
    }
    const checkpoint = attempt(() => openRootCheckpoint(note.toString(), parseVkey(this.signer.vkey), tree.size));
    if (checkpoint instanceof Malformed || !checkpoint.root.equals(tree.root)) {
      throw rootBroken(object, checkpoint instanceof Malformed ? checkpoint.reason : 'it signs other entries');
    }
    return true;
  }

  /** A checkpoint beyond the entries says that entries are gone: signing others in their place would fork the log. */
  private async refuseLostEntries(): Promise<void> {
    const folder = `${this.log.prefix}root/checkpoints/`;
    for await (const { key } of this.store.list(folder, this.log.rootCheckpointKey(this.size))) {
      // Another sealer may have gone on meanwhile; its entries are there then.
      if (this.log.parseKey(key)?.kind === 'root-checkpoint' && (await this.next()) === undefined) {
        throw rootBroken(key, `it signs more entries than the ${this.size} that are there`);
      }
      return;
    }
  }
}
