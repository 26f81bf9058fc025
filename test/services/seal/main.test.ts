import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogName } from '../../../lib/record';
import { SystemClock } from '../../../lib/services/clock';
import type { Log } from '../../../lib/services/ports';
import { openSealer, sealUntil } from '../../../lib/services/seal/main';
import { FileSigner } from '../../../lib/services/signer/file';
import { FileStore } from '../../../lib/services/store/file';
import { verifyLog } from '../../../lib/services/verify';
import { FakeClock } from '../../fake-clock';
import { LogBuilder } from '../../log-builder';
import { MemoryStore } from '../../memory-store';

const log = new LogName('acme-audit', 'local');

describe('a sealer of the file store', () => {
  let folder: string;
  let events: string[];
  const report: Log = (level, event) => void events.push(`${level} ${event}`);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealer-'));
    events = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('writes a log that verifies, and ends when it is told to', async () => {
    const { vkey } = await FileSigner.create(join(folder, 'log.pem'), log.origin);
    const { vkey: admission } = await FileSigner.create(join(folder, 'admission.pem'), log.admission);
    const clock = new SystemClock();
    const settings = {
      origin: log.origin,
      store: `file:${join(folder, 'store')}`,
      logKey: `file:${join(folder, 'log.pem')}`,
      admission,
      retention: { mode: 'governance', days: 1 } as const,
      intervalMs: 100,
    };
    const stop = new AbortController();
    const sealer = await openSealer(settings, clock, report);
    const running = sealUntil(sealer, settings.intervalMs, clock, report, stop.signal);
    const store = await FileStore.open(join(folder, 'store'));
    while ((await store.get(log.rootCheckpointKey(1))) === undefined) {
      await clock.sleep(10);
    }
    stop.abort();
    await running;
    expect(events).toEqual(['info sealed']);
    expect((await verifyLog({ store, log, key: vkey, now: clock.now() })).summary.rootSize).toBe(1);
  });
});

describe('sealUntil', () => {
  const rounds = async (store: MemoryStore, count: number): Promise<string[]> => {
    const clock = new FakeClock();
    const events: string[] = [];
    const stop = new AbortController();
    const report: Log = (level, event, fields) => void events.push(`${level} ${event} ${Object.keys(fields ?? {})}`);
    const running = sealUntil(new LogBuilder(store, clock).newSealer(), 60_000, clock, report, stop.signal);
    for (let round = 1; round < count; round++) {
      await settled(clock);
      await clock.advance(60_000);
    }
    await settled(clock);
    stop.abort();
    await running;
    return events;
  };

  async function settled(clock: FakeClock): Promise<void> {
    while (clock.sleeping === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('reports a round that sealed, and none that did not', async () => {
    expect(await rounds(new MemoryStore(), 3)).toEqual(['info sealed size,added']);
  });

  it('goes on after a round that failed', async () => {
    const store = new MemoryStore();
    const { getTail } = store;
    store.getTail = () => {
      store.getTail = getTail;
      return Promise.reject(new Error('outage'));
    };
    expect(await rounds(store, 2)).toEqual(['error round-failed message', 'info sealed size,added']);
  });

  it('raises an alarm about a broken root log', async () => {
    const store = new MemoryStore();
    store.objects.set(log.rootEntriesKey(0), Buffer.from('junk\n'));
    expect(await rounds(store, 1)).toEqual(['alarm round-failed message']);
  });

  it('raises an alarm about a shard that it does not seal', async () => {
    const store = new MemoryStore();
    const clock = new FakeClock();
    await new LogBuilder(store, clock).unendorsed(Date.parse('2026-01-02T03:00:00.000Z'), 'a').append('{}');
    expect(await rounds(store, 2)).toEqual(['alarm shard-not-sealed path,reason', 'info sealed size,added']);
  });
});
