import { HOUR_MS, SEAL_DELAY_MS } from '../../../lib/record';
import { verifyLog } from '../../../lib/services/verify';
import { FakeClock } from '../../fake-clock';
import { GcsFixture } from '../../gcs-server/gcs-fixture';
import { LogBuilder } from '../../log-builder';

const ROUNDS = 12;
const HOUR = Date.parse('2026-01-02T03:00:00.000Z');

/** As it may happen on Google Cloud for a moment, although one instance of the sealer is asked for. */
it.each(['condition-first', 'permission-first'] as const)(
  'two sealers that race and may only create, %s, never sign a fork and fail no round',
  async (creatorsOnly) => {
    const clock = new FakeClock(HOUR);
    const gcs = await GcsFixture.start({ now: () => clock.now() });
    gcs.bucket.creatorsOnly = creatorsOnly;
    const log = new LogBuilder(gcs.store, clock);
    const retention = { mode: 'compliance', days: 1 } as const;
    const sealers = [log.newSealer(retention), log.newSealer(retention)];
    const shard = await log.shard(HOUR, 'a');
    for (let round = 0; round < ROUNDS; round++) {
      clock.setNow(HOUR + round * 60_000);
      await shard.append(`{"round":${round}}`);
      const outcomes = await Promise.allSettled(sealers.map((sealer) => sealer.sealOnce()));
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    }
    clock.setNow(HOUR + HOUR_MS + SEAL_DELAY_MS);
    await sealers[0]?.sealOnce();
    const { findings, summary } = await verifyLog({
      store: gcs.store,
      log: log.log,
      key: log.logKey.vkey,
      now: clock.now(),
    });
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ entries: ROUNDS, segments: ROUNDS });
    expect(gcs.doubts).toEqual([]);
    await gcs.server.close();
  },
);
