import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDbEngine, type DuckDbEngineOptions } from '../../../lib/services/engine/duckdb';
import { FileStore } from '../../../lib/services/store/file';
import { LOG, NOW } from '../../conformance/engine';
import { FakeClock } from '../../fake-clock';

/** A store and a cache folder of their own, and the engines that are opened over them. */
export class EngineFixture {
  public static async make(): Promise<EngineFixture> {
    const folder = await mkdtemp(join(tmpdir(), 'duckdb-engine-'));
    return new EngineFixture(folder, await FileStore.open(join(folder, 'store')));
  }

  public readonly clock = new FakeClock(NOW);
  /** What the engines reported: level, event, fields. */
  public readonly reports: unknown[][] = [];
  private readonly engines: DuckDbEngine[] = [];

  private constructor(
    public readonly folder: string,
    public readonly store: FileStore,
  ) {}

  public get cacheFolder(): string {
    return join(this.folder, 'query');
  }

  public get cacheFile(): string {
    return join(this.cacheFolder, 'cache-0.duckdb');
  }

  public async open(options: Partial<DuckDbEngineOptions> = {}): Promise<DuckDbEngine> {
    const engine = await DuckDbEngine.open({
      log: LOG,
      store: this.store,
      clock: this.clock,
      cache: { folder: this.cacheFolder, memoryBytes: 256 * 1024 ** 2, threads: 2 },
      acknowledgeWithinMs: 30_000,
      report: (...report) => this.reports.push(report),
      ...options,
    });
    this.engines.push(engine);
    return engine;
  }

  public async close(): Promise<void> {
    for (const engine of this.engines) await engine.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
