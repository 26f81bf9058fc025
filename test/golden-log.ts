import { MAX_LEAF_SIZE, refuse } from '../lib/record';
import type { ObjectStore } from '../lib/services/ports';
import { Sealer } from '../lib/services/seal/sealer';
import { FakeClock } from './fake-clock';
import { LogBuilder } from './log-builder';

const START = Date.parse('2026-01-02T03:00:00.000Z');
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** What comes with the store of a golden log. */
export interface GoldenLog {
  readonly vkey: string;
  readonly receipts: readonly string[];
  /** When all of the log is sealed and closed. */
  readonly end: number;
}

/**
 * Builds the golden log of format 1: two hours, three shards of which one is retired in the middle of its hour, all kinds of entries that are
 * written, two rounds of sealing within an hour, a change of the retention, and a last round that closes everything.
 *
 * @param events one stored value each
 */
export async function buildGoldenLog(store: ObjectStore, events: readonly string[]): Promise<GoldenLog> {
  const clock = new FakeClock(START);
  const builder = new LogBuilder(store, clock);
  const receipts: string[] = [];
  const half = events.length >> 1;

  await builder.seal();
  await clock.advance(SECOND);
  const retired = await builder.shard(START, 'retired');
  receipts.push(await retired.append(...events.slice(0, half)));
  await clock.advance(60 * SECOND);
  await builder.seal();
  receipts.push(await retired.appendLines(builder.line({ id: 'retry-1#0', json: '{"action":"a"}' })));

  const successor = await builder.shard(START, 'successor');
  await clock.advance(30 * SECOND);
  await successor.appendLines(builder.line({ writer: 'node', kind: 'heartbeat', json: '{}' }));
  await successor.appendLines(otherKinds(builder));
  await clock.advance(60 * SECOND);
  await builder.seal();

  clock.setNow(START + HOUR);
  const next = await builder.shard(START + HOUR, 'next hour');
  receipts.push(await next.append(...events.slice(half)));
  await sealWithLongerRetention(builder);

  const end = START + 3 * HOUR;
  clock.setNow(end);
  await sealWithLongerRetention(builder);
  return { vkey: builder.logKey.vkey, receipts, end };
}

/** A text of a client certificate's bearer, a value that was too large, and an event beside them. */
function otherKinds(builder: LogBuilder): string {
  const writer = 'mtls:spiffe://acme.example/agent';
  const refusal = JSON.stringify(refuse(`"${'x'.repeat(MAX_LEAF_SIZE)}"`));
  return [
    builder.line({ writer, id: 'batch.7#0', kind: 'text', json: JSON.stringify('not JSON: {"cut') }),
    builder.line({ writer, id: 'batch.7#1', kind: 'refused', json: refusal }),
    builder.line({ writer, id: 'batch.7#2', json: '{"action":"door.open","outcome":"denied"}' }),
  ].join('');
}

async function sealWithLongerRetention(builder: LogBuilder): Promise<void> {
  const sealer = new Sealer({
    store: builder.store,
    log: builder.log,
    signer: builder.logKey,
    admission: builder.admission.vkey,
    retention: { mode: 'governance', days: 2 },
    clock: builder.clock,
  });
  await sealer.sealOnce();
}
