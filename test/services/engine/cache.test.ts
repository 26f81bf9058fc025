import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { LogName } from '../../../lib/record';
import { all, event, LOG, NOW } from '../../conformance/engine';
import { ShardWriter } from '../../conformance/shard-writer';
import { EngineFixture } from './engine-fixture';

describe('the cache of DuckDbEngine', () => {
  let fixture: EngineFixture;
  let shard: ShardWriter;
  let lines: string[];

  const linesFound = async (): Promise<string[]> => {
    const engine = await fixture.open();
    const { events } = await engine.search(all());
    await engine.close();
    return events.map(({ line }) => line);
  };

  beforeEach(async () => {
    fixture = await EngineFixture.make();
    shard = new ShardWriter(LOG, fixture.store, NOW);
    lines = [];
    for (let i = 0; i < 40; i++) {
      const json = JSON.stringify({ action: `action-${i}`, pad: `${i}`.repeat(500) });
      lines.push(...(await shard.write(event(i, json, { id: `k${i}#0` }))));
    }
    expect(await linesFound()).toEqual(lines);
  });
  afterEach(() => fixture.close());

  it('is its owner’s only', async () => {
    expect((await stat(fixture.cacheFolder)).mode & 0o777).toBe(0o700);
  });

  it('is used again after a restart', async () => {
    await linesFound();
    expect(fixture.reports).toEqual([]);
    expect(await readdir(fixture.cacheFolder)).toEqual(['cache-0.duckdb']);
  });

  it('is built again when it was deleted', async () => {
    await rm(fixture.cacheFolder, { recursive: true });
    expect(await linesFound()).toEqual(lines);
  });

  it.each([
    ['empty', () => Buffer.alloc(0)],
    ['not a database', () => Buffer.from('not a database')],
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['a file of zeros', (bytes: Buffer) => Buffer.alloc(bytes.length)],
  ])('is built again when it is %s', async (_, damage) => {
    await writeFile(fixture.cacheFile, damage(await readFile(fixture.cacheFile)));
    expect(await linesFound()).toEqual(lines);
  });

  it.each([0.05, 0.15, 0.3, 0.5, 0.7, 0.9])('is built again when a page is overwritten at %d of it', async (part) => {
    const bytes = await readFile(fixture.cacheFile);
    bytes.fill(0xa5, Math.floor(bytes.length * part), Math.floor(bytes.length * part) + 4096);
    await writeFile(fixture.cacheFile, bytes);
    expect(await linesFound()).toEqual(lines);
  });

  it('is built again for another log', async () => {
    const engine = await fixture.open({ log: new LogName('other', 'local') });
    expect((await engine.search(all())).events).toEqual([]);
    await engine.close();
    expect(await linesFound()).toEqual(lines);
  });

  it('is built again when the store no longer holds what was loaded', async () => {
    await rm(join(fixture.folder, 'store', LOG.segmentKey(NOW - (NOW % 3_600_000), shard.shard, 3)));
    expect(await linesFound()).toEqual(lines.filter((_, i) => i !== 3));
    expect(fixture.reports).toEqual([['warn', 'cache-rebuilt', expect.anything()]]);
  });

  it('is one for each engine that is open', async () => {
    const engines = await Promise.all([fixture.open(), fixture.open(), fixture.open()]);
    const pages = await Promise.all(engines.map((engine) => engine.search(all())));
    expect(pages.map(({ events }) => events.length)).toEqual([40, 40, 40]);
    const files = (await readdir(fixture.cacheFolder)).filter((name) => name.endsWith('.duckdb'));
    expect(files).toEqual(['cache-0.duckdb', 'cache-1.duckdb', 'cache-2.duckdb']);
  });

  it('cannot be opened in a folder that is a file', async () => {
    const cache = { folder: join(fixture.cacheFile, 'x'), memoryBytes: 2 ** 28, threads: 1 };
    await expect(fixture.open({ cache })).rejects.toThrow();
  });

  describe('with another process', () => {
    let bundleFolder: string;
    let child: ChildProcess | undefined;

    beforeAll(async () => {
      // Within the package, where a process finds its modules.
      bundleFolder = await mkdtemp(join(__dirname, '../../../node_modules/.loading-process-'));
      buildSync({
        entryPoints: [join(__dirname, 'loading-process.ts')],
        bundle: true,
        platform: 'node',
        target: 'node20',
        external: ['@duckdb/node-api'],
        outfile: join(bundleFolder, 'main.js'),
      });
    });
    afterEach(async () => {
      if (child?.exitCode === null && child.signalCode === null) await kill();
    });
    afterAll(() => rm(bundleFolder, { recursive: true, force: true }));

    async function start(until: 'loading' | 'loaded'): Promise<void> {
      const args = [join(bundleFolder, 'main.js'), LOG.origin, join(fixture.folder, 'store'), fixture.cacheFolder];
      child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      let printed = '';
      for await (const chunk of child.stdout as NodeJS.ReadableStream) {
        printed += chunk;
        if (printed.includes(`${until}\n`)) return;
      }
      throw new Error('the process ended');
    }

    async function kill(): Promise<void> {
      const exit = once(child as ChildProcess, 'exit');
      child?.kill('SIGKILL');
      await exit;
    }

    it('is left to it', async () => {
      await start('loaded');
      expect(await linesFound()).toEqual(lines);
      expect(await readdir(fixture.cacheFolder)).toContain('cache-1.duckdb');
    });

    it('is taken over when that was killed', async () => {
      await start('loaded');
      await kill();
      expect(await linesFound()).toEqual(lines);
      await expect(access(join(fixture.cacheFolder, 'cache-1.duckdb'))).rejects.toThrow();
    });

    it('holds every line once, however often loading is killed in the middle', async () => {
      await rm(fixture.cacheFolder, { recursive: true });
      for (let i = 40; i < 400; i++) lines.push(...(await shard.write(event(i, `{"n":${i}}`, { id: `k${i}#0` }))));
      for (const milliseconds of [5, 30, 60, 100, 0]) {
        await start('loading');
        await sleep(milliseconds);
        await kill();
      }
      expect(await linesFound()).toEqual(lines);
    }, 60_000);
  });
});
