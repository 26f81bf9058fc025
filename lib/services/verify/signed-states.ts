import {
  attempt,
  type Checkpoint,
  checkTail,
  type LogName,
  MAX_NOTE_BYTES,
  Malformed,
  openEndorsement,
  openRootCheckpoint,
  type ParsedKey,
  TAIL_SIZE,
  type VerifierKey,
} from '../../record';
import type { ObjectReader } from '../ports';
import { readAtMost } from './bounded-read';
import { openByAny } from './receipts';

/** Tells whether two objects of one name are signed states of two histories. */
export class SignedStates {
  public constructor(
    private readonly store: ObjectReader,
    private readonly log: LogName,
    private readonly logKey: VerifierKey,
    private readonly admission: readonly VerifierKey[],
  ) {}

  public async differ(key: ParsedKey, one: Buffer, other: Buffer): Promise<boolean> {
    const [a, b] = [await this.signed(key, one), await this.signed(key, other)];
    return a !== undefined && b !== undefined && !(a.size === b.size && a.root.equals(b.root));
  }

  private async signed(key: ParsedKey, bytes: Buffer): Promise<Checkpoint | undefined> {
    switch (key.kind) {
      case 'segment':
        return this.segmentState(key.hour, key.shard, key.first, bytes);
      case 'root-checkpoint':
        return wellFormed(() => openRootCheckpoint(bytes.toString(), this.logKey, key.size));
      default:
        return undefined;
    }
  }

  private async segmentState(
    hour: number,
    shard: string,
    first: number,
    bytes: Buffer,
  ): Promise<Checkpoint | undefined> {
    const note = await readAtMost(this.store, this.log.endorsementKey(hour, shard), MAX_NOTE_BYTES);
    if (!Buffer.isBuffer(note)) return undefined;
    return wellFormed(() => {
      const endorsement = openByAny(this.admission, (key) => {
        if (key === undefined) throw new Malformed('no admission key is known');
        return openEndorsement(note.toString(), key, this.log, hour, shard);
      });
      return checkTail(bytes.subarray(-TAIL_SIZE), first, endorsement).checkpoint;
    });
  }
}

function wellFormed<T>(read: () => T): T | undefined {
  const result = attempt(read);
  return result instanceof Malformed ? undefined : result;
}
