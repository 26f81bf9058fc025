import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDbEngine } from '../../../lib/services/engine/duckdb';
import { FileStore } from '../../../lib/services/store/file';
import { type EngineUnderTest, engineConformance, LOG, NOW } from '../../conformance/engine';
import { FakeClock } from '../../fake-clock';

async function open(): Promise<EngineUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'duckdb-engine-'));
  const store = await FileStore.open(join(folder, 'store'));
  const clock = new FakeClock(NOW);
  const engine = await DuckDbEngine.open({
    log: LOG,
    store,
    clock,
    cache: { folder: join(folder, 'query'), memoryBytes: 256 * 1024 ** 2, threads: 2 },
    acknowledgeWithinMs: 30_000,
    report: () => {},
  });
  const close = async (): Promise<void> => {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { engine, store, clock, close };
}

engineConformance('DuckDbEngine', open);
