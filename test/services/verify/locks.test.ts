import { verifyLog } from '../../../lib/services/verify';
import { lockConformance } from '../../conformance/locks';
import { FakeClock } from '../../fake-clock';
import { GcsError } from '../../gcs-server/gcs-error';
import { GcsFixture } from '../../gcs-server/gcs-fixture';
import { LogBuilder } from '../../log-builder';
import { S3Error } from '../../s3-server/s3-error';
import { S3Fixture } from '../../s3-server/s3-fixture';

const DAY = 86_400_000;
const START = Date.parse('2026-01-02T03:00:00.000Z');

lockConformance('S3', async (now) => {
  const { store, server, bucket } = await S3Fixture.start({ now });
  const find = (key: string) => bucket.find(`logs/${key}`)!;
  return {
    store,
    shown: (key) => find(key).bytes,
    put: (key, bytes) => bucket.put(`logs/${key}`, { bytes }),
    hide: (key) => bucket.hide(`logs/${key}`),
    lock: (key, lock) => {
      find(key).retention = lock && {
        mode: lock.mode === 'compliance' ? 'COMPLIANCE' : 'GOVERNANCE',
        until: lock.until,
      };
    },
    lockNew: (mode, days) => {
      bucket.defaultRetention = { mode: mode === 'compliance' ? 'COMPLIANCE' : 'GOVERNANCE', days };
    },
    keepsMarkers: true,
    breakDown: () => {
      for (let i = 0; i < 3; i++)
        server.fail(new S3Error(403, 'AccessDenied'), (request) => request.asksFor('versions'));
    },
    close: () => server.close(),
  };
});

/** A bucket with versions, without a policy, in which each object is retained by itself. */
lockConformance('Cloud Storage', async (now) => {
  const { store, server, bucket } = await GcsFixture.start({ now });
  bucket.isVersioned = true;
  bucket.retention = undefined;
  const modes = { compliance: 'Locked', governance: 'Unlocked' } as const;
  return {
    store,
    shown: (key) => bucket.find(`logs/${key}`)!.bytes,
    put: (key, bytes) => bucket.put({ name: `logs/${key}`, bytes }),
    hide: (key) => bucket.erase(`logs/${key}`),
    lock: (key, lock) => bucket.retain(`logs/${key}`, lock && { mode: modes[lock.mode], until: lock.until }),
    lockNew: (mode, days) => {
      bucket.retentionOfNew = (created) => ({ mode: modes[mode], until: created + days * DAY });
    },
    keepsMarkers: false,
    breakDown: () => server.fail(new GcsError(403, 'forbidden'), (request) => request === 'GET'),
    close: () => server.close(),
  };
});

it.each(['NoSuchObjectLockConfiguration', 'ObjectLockConfigurationNotFoundError', 'InvalidRequest'])(
  'an object about whose lock S3 says %s is unlocked',
  async (code) => {
    const clock = new FakeClock(START);
    const s3 = await S3Fixture.start({ now: () => clock.now(), mode: 'GOVERNANCE' });
    const log = new LogBuilder(s3.store, clock);
    await log.seal();
    s3.server.fail(new S3Error(code === 'InvalidRequest' ? 400 : 404, code), (request) => request.asksFor('retention'));
    const { findings } = await verifyLog({ store: s3.store, log: log.log, key: log.logKey.vkey, now: clock.now() });
    expect(findings.map((finding) => finding.code)).toEqual(['unlocked']);
    await s3.server.close();
  },
);

describe('a bucket on Cloud Storage that is locked for a day, of a log that promises a week in compliance mode', () => {
  const clock = new FakeClock(START);
  let gcs: GcsFixture;
  let log: LogBuilder;

  beforeEach(async () => {
    gcs = await GcsFixture.start({ now: () => clock.now() });
    log = new LogBuilder(gcs.store, clock);
    await log.newSealer({ mode: 'compliance', days: 7 }).sealOnce();
  });
  afterEach(() => gcs.server.close());

  it.each([
    ['Unlocked', 2, /is locked until 2026-01-03T03:00:00.000Z only/],
    ['Locked', 0, undefined],
  ] as const)('with objects %s for a week has %i findings', async (mode, count, detail) => {
    for (const { name, created } of gcs.bucket.sorted()) gcs.bucket.retain(name, { mode, until: created + 7 * DAY });
    const { findings } = await verifyLog({ store: gcs.store, log: log.log, key: log.logKey.vkey, now: clock.now() });
    expect(findings).toHaveLength(count);
    for (const finding of findings)
      expect(finding).toMatchObject({ code: 'unlocked', detail: expect.stringMatching(detail!) });
  });
});
