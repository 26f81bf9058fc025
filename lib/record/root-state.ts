import { Malformed } from './malformed';
import { type LogName, parseShardPath } from './names';
import { parseVkey, type VerifierKey } from './note';
import type { RetentionStatement, RootEntry, SealedShard } from './root-entry';
import { ShardSealing } from './sealing';

/** What the log promises now. */
export interface LogConfig {
  /** The admission key's vkey. */
  readonly admission: string;
  readonly sealDelaySeconds: number;
  readonly retention: RetentionStatement;
}

/** A lock that the log promised from a time on. */
export interface PromisedRetention {
  /** Of the root entry, milliseconds. */
  readonly time: number;
  readonly retention: RetentionStatement;
}

/** What the root log's entries say together. */
export class RootState {
  /** By shard path. Whoever is done with a shard may delete it. */
  public readonly shards = new Map<string, ShardSealing>();

  /** Foreign objects that the log knows about: the SHA-256 in hex digits by key. */
  public readonly acknowledged = new Map<string, Set<string>>();

  private readonly promised: PromisedRetention[] = [];
  private readonly admission = new Map<string, VerifierKey>();
  private current: LogConfig | undefined;
  private newest = 0;

  public constructor(private readonly log: LogName) {}

  /** Every admission key that the root ever stated: what an old key endorsed stays endorsed after a rotation. */
  public get admissionKeys(): VerifierKey[] {
    return [...this.admission.values()];
  }

  /** What genesis or the newest config entry says; `undefined` before genesis. */
  public get config(): LogConfig | undefined {
    return this.current;
  }

  /** Every lock that the log ever promised, in order. */
  public get retentions(): readonly PromisedRetention[] {
    return this.promised;
  }

  /** Time of the newest entry, milliseconds. */
  public get time(): number {
    return this.newest;
  }

  /**
   * Takes the next entry of the root log.
   *
   * @throws Malformed when it cannot follow the entries before; then nothing has changed
   */
  public apply(entry: RootEntry): void {
    const time = Date.parse(entry.time);
    if (time < this.newest) {
      throw new Malformed('a root entry that is older than the one before');
    }
    if ((entry.kind === 'genesis') !== (this.current === undefined)) {
      throw new Malformed('a root log whose first entry, and no other, must be its genesis');
    }
    switch (entry.kind) {
      case 'genesis':
        if (entry.origin !== this.log.origin) {
          throw new Malformed('a genesis of another log');
        }
        this.configure(entry, time);
        break;
      case 'config':
        this.configure(entry, time);
        break;
      case 'shards':
        this.seal(entry.shards, time);
        break;
      case 'acknowledged':
        this.acknowledged.set(entry.key, (this.acknowledged.get(entry.key) ?? new Set()).add(entry.sha256));
    }
    this.newest = time;
  }

  private configure({ admission, sealDelaySeconds, retention }: LogConfig, time: number): void {
    const key = parseVkey(admission);
    if (key.name !== this.log.admission) {
      throw new Malformed('an admission key of another log');
    }
    this.admission.set(key.vkey, key);
    this.promised.push({ time, retention });
    this.current = { admission, sealDelaySeconds, retention };
  }

  private seal(shards: readonly SealedShard[], time: number): void {
    const wrong = shards.find((shard) => !(this.shards.get(shard.path) ?? new ShardSealing()).allows(shard));
    if (wrong !== undefined || new Set(shards.map(({ path }) => path)).size < shards.length) {
      throw new Malformed(`a root entry in which a shard neither grows nor closes: ${wrong?.path ?? 'named twice'}`);
    }
    for (const { path, size, root, closed } of shards) {
      const sealing = this.shards.get(path) ?? new ShardSealing();
      sealing.add({ time, size, root: Buffer.from(root, 'base64'), closed });
      this.shards.set(path, sealing);
    }
  }

  /** Forgets closed shards of hours that begin before a time in milliseconds. */
  public forgetClosed(before: number): void {
    for (const [path, sealing] of this.shards) {
      if (sealing.closed && (parseShardPath(path)?.hour ?? 0) < before) {
        this.shards.delete(path);
      }
    }
  }
}
