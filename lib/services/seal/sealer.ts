import {
  closingTime,
  type LogName,
  MAX_SHARDS_PER_ENTRY,
  parseShardPath,
  parseVkey,
  type RetentionStatement,
  type RootEntry,
  SEAL_DELAY_MS,
  type SealedShard,
  type VerifierKey,
} from '../../record';
import type { Clock, ObjectStore, Signer } from '../ports';
import { firstOpenHour, type OpenShard, openShards } from './open-hours';
import { rootBroken } from './root-broken';
import { RootLog } from './root-log';
import { NO_ENTRIES, ShardReader, type ShardTree } from './shard-reader';

/** How many shards are read at a time. */
const SHARDS_AT_A_TIME = 8;

/** Most shards that one round seals: their entries stay well below `MAX_ROOT_ENTRIES_SIZE`. The next round takes the others. */
const MAX_SHARDS_PER_ROUND = 128 * MAX_SHARDS_PER_ENTRY;

/** How many alarms are remembered so as not to be raised again. */
const REMEMBERED_ALARMS = 10_000;

/** What a sealer needs. */
export interface SealerOptions {
  readonly store: ObjectStore;
  readonly log: LogName;
  /** Holds the log key. */
  readonly signer: Signer;
  /** The admission key's vkey, as the root shall state it. */
  readonly admission: string;
  /** As the root shall state it. */
  readonly retention: RetentionStatement;
  readonly clock: Clock;
}

/** A shard whose newest segments are not what they must be, and are therefore not sealed. */
export interface SealAlarm {
  /** `date=…/hour=…/<shard>` */
  readonly path: string;
  readonly reason: string;
}

/** What a round did. */
export interface SealedRound {
  /** Entries of the root log, all of them signed. */
  readonly size: number;
  /** Root entries that are new since the round before, by whichever sealer. */
  readonly added: number;
  /** Each is told once. */
  readonly alarms: readonly SealAlarm[];
}

/**
 * Writes the root log: which shards have grown, and when they closed. Any number of sealers may run at once.
 *
 * A shard is sealed as far as its segments' tails follow one another, signed by its endorsed key. What stands behind a wrong tail is never sealed.
 */
export class Sealer {
  private readonly root: RootLog;
  private readonly reader: ShardReader;
  private readonly alarmed = new Set<string>();
  private readonly ownKey: VerifierKey;
  /** From which hour on shards may be open that the root does not know yet. */
  private from: number | undefined;

  public constructor(private readonly options: SealerOptions) {
    this.root = new RootLog(options.store, options.log, options.signer);
    this.reader = new ShardReader(options.store, options.log);
    this.ownKey = parseVkey(options.admission);
  }

  /**
   * Seals what is new. A round that finds nothing new writes nothing. After an error the next round tries again.
   *
   * @throws root-log-broken, seal-unconfirmed, and what the store and the signer throw
   */
  public async sealOnce(): Promise<SealedRound> {
    const before = this.root.size;
    await this.catchUp();
    const start = this.options.clock.now();
    const { shards, alarms } = await this.findGrown(start);
    const entries = this.entriesFor(shards.slice(0, MAX_SHARDS_PER_ROUND), start);
    if (entries.length > 0) {
      await this.root.claim(entries);
      await this.catchUp();
    }
    if (shards.every((shard) => this.isSealed(shard))) {
      this.from = firstOpenHour(start);
      this.root.state.forgetClosed(this.from);
      this.reader.forgetBefore(this.from);
    }
    return { size: this.root.size, added: this.root.size - before, alarms: this.firstTime(alarms) };
  }

  private async catchUp(): Promise<void> {
    await this.root.catchUp((entries) => this.checkClaim(entries));
    const { time } = this.root.state;
    this.from ??= time === 0 ? undefined : firstOpenHour(time);
  }

  private get admission(): VerifierKey[] {
    return [...this.root.state.admissionKeys, this.ownKey];
  }

  private async findGrown(now: number): Promise<{ shards: SealedShard[]; alarms: SealAlarm[] }> {
    const { store, log } = this.options;
    const shards: SealedShard[] = [];
    const alarms: SealAlarm[] = [];
    const queue = openShards(store, log, this.root.state, this.from, now)[Symbol.asyncIterator]();
    const work = async (): Promise<void> => {
      for (let next = await queue.next(); !next.done; next = await queue.next()) {
        const { statement, problem } = await this.look(next.value, now);
        shards.push(...(statement === undefined ? [] : [statement]));
        alarms.push(...(problem === undefined ? [] : [{ path: next.value.path, reason: problem }]));
      }
    };
    await Promise.all(Array.from({ length: SHARDS_AT_A_TIME }, work));
    return { shards: shards.sort((a, b) => (a.path < b.path ? -1 : 1)), alarms };
  }

  private async look(open: OpenShard, now: number): Promise<{ statement?: SealedShard; problem?: string }> {
    const sealed = this.sealed(open.path);
    const { trees, problem } = await this.reader.grow(open.hour, open.shard, sealed, this.admission);
    const { size, root } = trees.at(-1) ?? sealed;
    const closed = now >= closingTime(open.hour);
    const isNew = size > sealed.size || (closed && size > 0);
    return {
      ...(isNew && { statement: { path: open.path, size, root: root.toString('base64'), closed } }),
      ...(problem !== undefined && { problem }),
    };
  }

  private sealed(path: string): ShardTree {
    return this.root.state.shards.get(path)?.last ?? NO_ENTRIES;
  }

  private isSealed({ path, size }: SealedShard): boolean {
    return (this.root.state.shards.get(path)?.size ?? 0) >= size;
  }

  private entriesFor(shards: readonly SealedShard[], start: number): RootEntry[] {
    const { state } = this.root;
    const { log, admission, retention } = this.options;
    // All that was in the store by then is sealed: replicas are told by it how far they are complete.
    const time = new Date(Math.max(start, state.time)).toISOString();
    const config = { admission, sealDelaySeconds: SEAL_DELAY_MS / 1000, retention };
    const entries: RootEntry[] = [];
    if (state.config === undefined) {
      entries.push({ kind: 'genesis', time, format: 1, origin: log.origin, ...config });
    } else if (!this.isOurs(state.config)) {
      entries.push({ kind: 'config', time, ...config });
    }
    for (let start = 0; start < shards.length; start += MAX_SHARDS_PER_ENTRY) {
      entries.push({ kind: 'shards', time, shards: shards.slice(start, start + MAX_SHARDS_PER_ENTRY) });
    }
    return entries;
  }

  private isOurs({ admission, retention }: Pick<SealerOptions, 'admission' | 'retention'>): boolean {
    const { mode, days } = this.options.retention;
    return admission === this.options.admission && retention.mode === mode && retention.days === days;
  }

  /** Entries that somebody claimed and nobody signed: they may be a crashed sealer's, or not a sealer's at all. */
  private async checkClaim(entries: readonly RootEntry[]): Promise<void> {
    const object = this.options.log.rootEntriesKey(this.root.size);
    for (const entry of entries) {
      if (Date.parse(entry.time) > this.options.clock.now() + SEAL_DELAY_MS) {
        throw rootBroken(object, `an unsigned claim is of ${entry.time}`);
      }
      if (entry.kind === 'acknowledged' || (entry.kind !== 'shards' && !this.isOurs(entry))) {
        throw rootBroken(object, `an unsigned claim says what this sealer would not: ${entry.kind}`);
      }
      for (const shard of entry.kind === 'shards' ? entry.shards : []) {
        await this.checkStatement(object, shard, Date.parse(entry.time));
      }
    }
  }

  private async checkStatement(object: string, { path, size, root, closed }: SealedShard, time: number): Promise<void> {
    const { hour, shard } = parseShardPath(path) as { hour: number; shard: string };
    const { state } = this.root;
    if (!state.shards.has(path) && hour < (this.from ?? firstOpenHour(state.time))) {
      throw rootBroken(object, `an unsigned claim is about ${path}, which was to be closed long ago`);
    }
    const sealed = this.sealed(path);
    const { trees } = await this.reader.grow(hour, shard, sealed, this.admission);
    const tree = [sealed, ...trees].find((each) => each.size === size);
    if (tree?.root.toString('base64') !== root || (closed && time < closingTime(hour))) {
      throw rootBroken(object, `an unsigned claim says of ${path} what its segments do not`);
    }
  }

  private firstTime(alarms: readonly SealAlarm[]): SealAlarm[] {
    if (this.alarmed.size > REMEMBERED_ALARMS) {
      this.alarmed.clear();
    }
    return alarms.filter(({ path, reason }) => {
      const known = this.alarmed.has(`${path} ${reason}`);
      this.alarmed.add(`${path} ${reason}`);
      return !known;
    });
  }
}
