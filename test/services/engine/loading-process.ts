import { LogName } from '../../../lib/record';
import { SystemClock } from '../../../lib/services/clock';
import { DuckDbEngine } from '../../../lib/services/engine/duckdb';
import { FileStoreReader } from '../../../lib/services/store/file-reader';

/** A process that loads a log into a cache and then waits to be killed. Arguments: log, store folder, cache folder. */
async function run([origin = '', store = '', folder = '']: readonly string[]): Promise<void> {
  const engine = await DuckDbEngine.open({
    log: LogName.parse(origin) as LogName,
    store: await FileStoreReader.open(store),
    clock: new SystemClock(),
    cache: { folder, memoryBytes: 256 * 1024 ** 2, threads: 1 },
    acknowledgeWithinMs: 30_000,
    report: () => {},
  });
  process.stdout.write('loading\n');
  await engine.refresh();
  process.stdout.write('loaded\n');
  setInterval(() => {}, 60_000);
}

void run(process.argv.slice(2));
