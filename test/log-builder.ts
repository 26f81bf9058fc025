import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import {
  compressLines,
  type Entry,
  formatCheckpoint,
  formatEndorsement,
  formatEntry,
  formatNote,
  formatRangeProof,
  formatSegment,
  formatVkey,
  hashLines,
  type KeptReceipt,
  LogName,
  type RetentionStatement,
  sha256,
  Tree,
} from '../lib/record';
import type { ObjectStore, Signer } from '../lib/services/ports';
import { type SealedRound, Sealer } from '../lib/services/seal/sealer';
import type { FakeClock } from './fake-clock';

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An Ed25519 key that is the same in every run. */
export class SeededSigner implements Signer {
  public readonly vkey: string;
  private readonly key: KeyObject;

  /** @param seed any text; equal seeds make equal keys */
  public constructor(name: string, seed: string) {
    const der = Buffer.concat([PKCS8_ED25519, sha256(Buffer.from(seed))]);
    this.key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const { x } = createPublicKey(this.key).export({ format: 'jwk' });
    this.vkey = formatVkey(name, Buffer.from(x as string, 'base64url'));
  }

  public async sign(message: Uint8Array): Promise<Buffer> {
    return sign(null, message, this.key);
  }

  /** A signed note of this key. */
  public async note(text: string): Promise<string> {
    return formatNote(text, this.vkey, await this.sign(Buffer.from(text)));
  }
}

/** A segment of these lines behind a tree, which grows by them. */
export async function segmentOf(lines: string, tree: Tree, key: SeededSigner): Promise<Buffer> {
  const { frontier } = tree;
  for (const leaf of hashLines(Buffer.from(lines))) {
    tree.append(leaf);
  }
  const origin = key.vkey.slice(0, key.vkey.indexOf('+'));
  const checkpoint = await key.note(formatCheckpoint({ origin, size: tree.size, root: tree.root }));
  return formatSegment(await compressLines(Buffer.from(lines)), checkpoint, frontier);
}

/** One shard of a log that is being built. */
export class ShardBuilder {
  public readonly tree: Tree;
  public endorsement = '';

  public constructor(
    private readonly builder: LogBuilder,
    public readonly hour: number,
    public readonly shard: string,
    public readonly key: SeededSigner,
    tree: Tree = Tree.empty(),
  ) {
    this.tree = tree;
  }

  /** The shard as it is now, to go on from in two ways. */
  public fork(): ShardBuilder {
    const other = new ShardBuilder(this.builder, this.hour, this.shard, this.key, this.tree.copy());
    other.endorsement = this.endorsement;
    return other;
  }

  /** Writes the endorsement, made at the beginning of the shard's hour. */
  public async endorse(): Promise<void> {
    const { log, admission, store } = this.builder;
    this.endorsement = await admission.note(formatEndorsement(log, this.key.vkey, this.hour, this.hour));
    await store.putOnce(this.endorsementKey, Buffer.from(this.endorsement));
  }

  public get endorsementKey(): string {
    return this.builder.log.endorsementKey(this.hour, this.shard);
  }

  /** Key of the segment that begins with an entry. */
  public segmentKey(first: number): string {
    return this.builder.log.segmentKey(this.hour, this.shard, first);
  }

  /** Writes one segment of events, received now, and gives the receipts line of a client who sent them all. */
  public async append(...events: string[]): Promise<string> {
    return this.appendLines(events.map((json) => this.builder.line({ json })).join(''));
  }

  /** Writes one segment of these lines, each ending in `\n`. */
  public async appendLines(lines: string): Promise<string> {
    const first = this.tree.size;
    const left = this.tree.frontier;
    const leaves = hashLines(Buffer.from(lines));
    const bytes = await segmentOf(lines, this.tree, this.key);
    await this.builder.store.putOnce(this.segmentKey(first), bytes);
    const { log, clock } = this.builder;
    const origin = log.shardOrigin(this.shard);
    const checkpoint = await this.key.note(formatCheckpoint({ origin, size: this.tree.size, root: this.tree.root }));
    const kept: KeptReceipt = {
      receipt: {
        origin,
        first,
        count: leaves.length,
        received: new Date(clock.now()).toISOString(),
        writer: 'anonymous',
        checkpoint,
        endorsement: this.endorsement,
        proof: formatRangeProof({ left, right: [] }),
      },
      leaves: leaves.map((leaf) => leaf.toString('base64')),
    };
    return JSON.stringify(kept);
  }
}

/** Builds a log in a store with keys and times that are the same in every run. Its root is written by the real sealer. */
export class LogBuilder {
  /** The log of a region. */
  public static of(region: string, store: ObjectStore, clock: FakeClock): LogBuilder {
    const log = new LogName('acme-audit', region);
    return new LogBuilder(store, clock, new SeededSigner(log.admission, region), log);
  }

  public readonly logKey: SeededSigner;
  private readonly sealer: Sealer;

  public constructor(
    public readonly store: ObjectStore,
    public readonly clock: FakeClock,
    public readonly admission: SeededSigner = new SeededSigner('acme-audit/local/admission', 'admission'),
    public readonly log: LogName = new LogName('acme-audit', 'local'),
  ) {
    this.logKey = new SeededSigner(this.log.origin, 'log');
    this.sealer = this.newSealer();
  }

  /** Another sealer of the same log. */
  public newSealer(retention: RetentionStatement = { mode: 'governance', days: 1 }): Sealer {
    return new Sealer({
      store: this.store,
      log: this.log,
      signer: this.logKey,
      admission: this.admission.vkey,
      retention,
      clock: this.clock,
    });
  }

  /** A shard without endorsement yet. The name makes its id and key. */
  public unendorsed(hour: number, name: string): ShardBuilder {
    const shard = sha256(Buffer.from(name)).toString('hex', 0, 16);
    return new ShardBuilder(this, hour, shard, new SeededSigner(this.log.shardOrigin(shard), name));
  }

  /** A shard that may begin. */
  public async shard(hour: number, name: string): Promise<ShardBuilder> {
    const shard = this.unendorsed(hour, name);
    await shard.endorse();
    return shard;
  }

  /** An entry's line with its `\n`: an anonymous event received now, unless told otherwise. */
  public line(entry: Partial<Entry>): string {
    return `${formatEntry({ received: this.clock.now(), writer: 'anonymous', kind: 'event', json: '{}', ...entry })}\n`;
  }

  /** Lets the log's sealer do one round. */
  public seal(): Promise<SealedRound> {
    return this.sealer.sealOnce();
  }
}
