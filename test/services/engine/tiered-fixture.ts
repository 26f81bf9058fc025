import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AthenaClient } from '@aws-sdk/client-athena';
import { hourOf } from '../../../lib/record';
import { AthenaEngine } from '../../../lib/services/engine/athena';
import { DuckDbEngine } from '../../../lib/services/engine/duckdb';
import { makeParquet } from '../../../lib/services/engine/parquet';
import { RolledUpHours } from '../../../lib/services/engine/rolled-up-hours';
import { TieredEngine } from '../../../lib/services/engine/tiered';
import type { ObjectStore } from '../../../lib/services/ports';
import { FileStore } from '../../../lib/services/store/file';
import { ClosedHours } from '../../../lib/services/view/closed-hours';
import { RollUp } from '../../../lib/services/view/roll-up';
import { AthenaServer } from '../../athena-server';
import { LOG, NOW } from '../../conformance/engine';
import { FakeClock } from '../../fake-clock';
import { MemoryStore } from '../../memory-store';

/** A tiered engine over DuckDB and what speaks Athena. */
export class TieredFixture {
  public static async make(store: MemoryStore = new MemoryStore()): Promise<TieredFixture> {
    const folder = await mkdtemp(join(tmpdir(), 'tiered-'));
    const view = await FileStore.open(join(folder, 'view'));
    const athena = await AthenaServer.start(join(folder, 'view', LOG.prefix, 'events/*/*.parquet'));
    const clock = new FakeClock(NOW);
    const recent = await openDuckDb(join(folder, 'recent'), store, clock);
    return new TieredFixture(folder, store, view, clock, athena, recent);
  }

  public readonly engine: TieredEngine;

  private constructor(
    private readonly folder: string,
    public readonly store: MemoryStore,
    public readonly view: FileStore,
    public readonly clock: FakeClock,
    public readonly athena: AthenaServer,
    public readonly recent: DuckDbEngine,
  ) {
    const client = new AthenaClient({ endpoint: athena.endpoint, region: 'eu-central-1', maxAttempts: 1 });
    const athenaEngine = new AthenaEngine({
      log: LOG,
      workgroup: 'audit-1',
      database: 'audit',
      table: 'events',
      view,
      clock,
      client,
    });
    this.engine = new TieredEngine({
      view: athenaEngine,
      recent,
      rolledUp: new RolledUpHours(LOG, store, view),
      report: () => {},
    });
  }

  /** One DuckDB that searches the whole log alone; its user closes it. */
  public openWhole(): Promise<DuckDbEngine> {
    return openDuckDb(join(this.folder, 'whole'), this.store, this.clock);
  }

  /** Rolls up the hours that are over at a time. */
  public async rollUp(until: number, view: ObjectStore = this.view): Promise<void> {
    const makeFile = (segments: Parameters<typeof makeParquet>[0]) => makeParquet(segments, 128 * 1024 ** 2, () => {});
    const clock = new FakeClock(until + 15 * 60_000 + 1);
    await new RollUp({
      log: LOG,
      store: this.store,
      view,
      hours: new ClosedHours({ log: LOG, store: this.store, clock }),
      makeFile,
    }).rollUp();
  }

  /** Takes an hour out of the view, or all hours. */
  public async remove(hour?: number): Promise<void> {
    const events = join(this.folder, 'view', LOG.prefix, 'events');
    const name =
      hour === undefined ? '' : `hour=${new Date(hourOf(hour)).toISOString().slice(0, 13).replace('T', '-')}`;
    await rm(join(events, name), { recursive: true, force: true });
  }

  public async close(): Promise<void> {
    await this.engine.close();
    await this.athena.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function openDuckDb(folder: string, store: MemoryStore, clock: FakeClock): Promise<DuckDbEngine> {
  return DuckDbEngine.open({
    log: LOG,
    store,
    clock,
    cache: { folder, memoryBytes: 128 * 1024 ** 2, threads: 1 },
    acknowledgeWithinMs: 30_000,
    report: () => {},
  });
}
