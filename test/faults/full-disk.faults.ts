import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { appendUnderLoad, foundNumbers } from '../cli/append-load';
import { RunningLog } from '../cli/running-log';

const STORE_SIZE = '24m';
/** Longer than ingest keeps a request waiting for its store. */
const FULL_MS = 40_000;
/** Room for a few segments. */
const LEFT_BYTES = 256 * 1024;

/** Puts the log's store on a file system of its own that is nearly full. */
function mountSmallStore(data: string): string {
  const store = join(data, 'store');
  mkdirSync(store, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${STORE_SIZE}`, 'tmpfs', store], { stdio: 'pipe' });
  } catch (error) {
    throw new Error(
      `this suite mounts a small file system, for which it must run as root where mounting is allowed: ${error}`,
    );
  }
  return store;
}

test('a disk that gets full and free again loses nothing that was acknowledged', async () => {
  const folder = await RunningLog.makeFolder();
  const store = mountSmallStore(join(folder, '.audit-log'));
  const ballast = join(store, '.tmp', 'ballast');
  let log: RunningLog | undefined;
  try {
    log = await RunningLog.start(folder);
    mkdirSync(join(store, '.tmp'), { recursive: true });
    const { bavail, bsize } = statfsSync(store);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - LEFT_BYTES));
    let isOver = false;
    const load = appendUnderLoad(log, 8, () => isOver);
    await sleep(FULL_MS);
    rmSync(ballast);
    await sleep(10_000);
    isOver = true;
    const { acknowledged, retries } = await load;
    expect([...retries.keys()]).toContain('status 503');
    const found = await foundNumbers(log);
    expect(found).toHaveLength(new Set(found).size);
    expect([...acknowledged].filter((n) => !found.includes(n))).toEqual([]);
    expect(await log.verify('--receipts', 'load.ndjson')).toMatchObject({ code: 0, stderr: '' });
  } finally {
    await log?.stop();
    execFileSync('umount', [store]);
    rmSync(folder, { recursive: true, force: true });
  }
}, 300_000);
