import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AppendAnswer,
  type BodyValue,
  eachLine,
  encodeBody,
  LogName,
  openReceipt,
  type ProvedReceipt,
  parseEntry,
  parseSegment,
  parseVkey,
  ShardKey,
} from '../../../lib/record';
import { Ingest } from '../../../lib/services/ingest/ingest';
import { MemoryBudget } from '../../../lib/services/ingest/memory-budget';
import type { Signer } from '../../../lib/services/ports';
import { FakeClock } from '../../fake-clock';
import { ScriptedWriter } from './scripted-writer';

export const LOG = new LogName('acme', 'local');
export const START = '2026-01-02T03:04:05.678Z';
export const PACE_MS = 50;
const MOST_TURNS = 3_000;

/** An admission key in memory that can be told to fail. */
export class MemorySigner implements Signer {
  private readonly key = ShardKey.generate(LOG.admission);
  /** Called before each signature. */
  public before: () => Promise<void> = async () => {};

  public get vkey(): string {
    return this.key.vkey;
  }

  public async sign(message: Uint8Array): Promise<Uint8Array> {
    await this.before();
    return this.key.sign(Buffer.from(message).toString());
  }
}

/** An ingest node over a store that follows a script, at a time that stands still. */
export class IngestFixture {
  public readonly clock: FakeClock;
  public readonly writer = new ScriptedWriter();
  public readonly admission = new MemorySigner();
  public readonly budget: MemoryBudget;
  public readonly events: { level: string; event: string }[] = [];
  public readonly ingest: Ingest;

  public constructor(options: { start?: string; budget?: number; paceMs?: number } = {}) {
    this.clock = new FakeClock(options.start ?? START);
    this.budget = new MemoryBudget(options.budget ?? 64 * 1024 * 1024);
    this.ingest = new Ingest({
      log: LOG,
      writer: this.writer,
      admission: this.admission,
      clock: this.clock,
      report: (level, event) => this.events.push({ level, event }),
      budget: this.budget,
      paceMs: options.paceMs ?? PACE_MS,
    });
  }

  /** Appends one event. */
  public append(json: string, writer = 'jwt:ada', key?: string): Promise<AppendAnswer> {
    return this.ingest.append([event(json)], writer, key);
  }

  /** Lets time pass in small steps until something is so. */
  public async passUntil(isSo: () => boolean, step = 100): Promise<void> {
    for (let turn = 0; !isSo(); turn++) {
      if (turn === MOST_TURNS) {
        throw new Error('it never came to be');
      }
      await this.clock.advance(step);
      await sleep(0);
    }
  }

  /** The stored entries of one segment put. */
  public entries(at: number): ReturnType<typeof parseEntry>[] {
    const put = this.writer.segments.at(at);
    if (put === undefined) {
      throw new Error(`there is no segment ${at}`);
    }
    const entries: ReturnType<typeof parseEntry>[] = [];
    eachLine(parseSegment(Buffer.from(put.bytes)).lines, (line) => entries.push(parseEntry(line.toString())));
    return entries;
  }

  /** Checks a receipt in full, as the client that sent these values does. */
  public prove({ receipt }: AppendAnswer, values: readonly BodyValue[], key?: string): ProvedReceipt {
    const received = Date.parse(receipt.received);
    const { leaves } = encodeBody(values, { received, writer: receipt.writer, idempotencyKey: key });
    return openReceipt(receipt, leaves, parseVkey(this.admission.vkey));
  }
}

/** Waits, while the test's clock stands still, until something is so. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; !isSo(); turn++) {
    if (turn === MOST_TURNS) {
      throw new Error('it never came to be');
    }
    await sleep(1);
  }
}

/** Time for what wrongly happens to happen. */
export function settle(): Promise<void> {
  return sleep(20);
}

export function event(json: string): BodyValue {
  return { kind: 'event', json };
}

/** What became of an append. */
export function outcomeOf(answer: Promise<unknown>): Promise<string> {
  return answer.then(
    () => 'confirmed',
    (error: { code?: string; name: string }) => error.code ?? error.name,
  );
}
