import { setImmediate as nextTick } from 'node:timers/promises';
import { HOUR_MS, openRootCheckpoint, parseRootEntries, parseVkey, SEAL_DELAY_MS, Tree } from '../../../lib/record';
import { verifyLog } from '../../../lib/services/verify';
import { FakeClock } from '../../fake-clock';
import { LogBuilder } from '../../log-builder';
import { MemoryStore } from '../../memory-store';

const ROUNDS = 1_000;
const HOUR = Date.parse('2026-01-02T03:00:00.000Z');

/** A store in which each access takes a random while, so that whoever uses it at once is interleaved anew each time. */
function slowStore(): MemoryStore {
  return new MemoryStore(async () => {
    for (let ticks = Math.floor(Math.random() * 3); ticks > 0; ticks--) {
      await nextTick();
    }
  });
}

it(`two sealers that race for ${ROUNDS} rounds never sign a fork`, async () => {
  const store = slowStore();
  const clock = new FakeClock(HOUR);
  const builder = new LogBuilder(store, clock);
  const sealers = [builder.newSealer(), builder.newSealer()];
  const shards = [await builder.shard(HOUR, 'a'), await builder.shard(HOUR, 'b')];
  for (let round = 0; round < ROUNDS; round++) {
    clock.setNow(HOUR + round * 3_000);
    await shards[round % 2]?.append(`{"round":${round}}`);
    const outcomes = await Promise.allSettled(sealers.map((sealer) => sealer.sealOnce()));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  }
  clock.setNow(HOUR + HOUR_MS + SEAL_DELAY_MS);
  await sealers[0]?.sealOnce();

  const key = parseVkey(builder.logKey.vkey);
  const tree = Tree.empty();
  let checkpoints = 0;
  for (let bytes = store.objects.get(builder.log.rootEntriesKey(0)); bytes; ) {
    for (const { leaf } of parseRootEntries(bytes)) {
      tree.append(leaf);
    }
    const note = String(store.objects.get(builder.log.rootCheckpointKey(tree.size)));
    expect(openRootCheckpoint(note, key, tree.size).root.equals(tree.root)).toBe(true);
    checkpoints++;
    bytes = store.objects.get(builder.log.rootEntriesKey(tree.size));
  }
  expect([...store.objects.keys()].filter((each) => each.includes('root/checkpoints/'))).toHaveLength(checkpoints);
  expect(checkpoints).toBeGreaterThan(ROUNDS / 2);

  const { findings, summary } = await verifyLog({ store, log: builder.log, key: key.vkey, now: clock.now() });
  expect(findings).toEqual([]);
  expect(summary).toMatchObject({ entries: ROUNDS, segments: ROUNDS, shards: 2, rootSize: tree.size });
}, 120_000);
