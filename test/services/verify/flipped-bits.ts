import { HOUR_MS, SEAL_DELAY_MS } from '../../../lib/record';
import { type Verification, verifyLog } from '../../../lib/services/verify';
import { FakeClock } from '../../fake-clock';
import { LogBuilder } from '../../log-builder';
import { MemoryStore } from '../../memory-store';

/** A small log in memory, and how to verify it. */
export interface SmallLog {
  readonly store: MemoryStore;
  readonly verify: () => Promise<Verification>;
}

/** A closed log with every kind of object, and as few of each as show how they hang together: each has 32,768 bits of tail or some thousands of its own. */
export async function smallLog(): Promise<SmallLog> {
  const hour = Date.parse('2026-01-02T03:00:00.000Z');
  const store = new MemoryStore();
  const clock = new FakeClock(hour);
  const builder = new LogBuilder(store, clock);
  await builder.seal();
  const shard = await builder.shard(hour, 'first');
  await shard.append('{"round":1}', '{"actor":"alice"}');
  await shard.append('{"round":2}');
  await builder.seal();
  clock.setNow(hour + HOUR_MS + SEAL_DELAY_MS);
  await builder.seal();
  const { log, logKey } = builder;
  return { store, verify: () => verifyLog({ store, log, key: logKey.vkey, now: clock.now() }) };
}

/** One bit of one object. */
export interface Bit {
  readonly key: string;
  readonly bit: number;
}

/** Every bit of every object, in order. */
export function* everyBit({ store }: SmallLog): Iterable<Bit> {
  for (const [key, bytes] of store.objects) {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      yield { key, bit };
    }
  }
}

/** Whether verification finds that a bit is flipped, and names its object. The bit is flipped back. */
export async function isFound({ store, verify }: SmallLog, { key, bit }: Bit): Promise<boolean> {
  const bytes = store.objects.get(key) as Buffer;
  const flipped = Buffer.from(bytes);
  flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
  store.objects.set(key, flipped);
  try {
    const { findings } = await verify();
    return findings.some(({ code, object }) => object === key && (code === 'damaged' || code === 'unendorsed'));
  } finally {
    store.objects.set(key, bytes);
  }
}
