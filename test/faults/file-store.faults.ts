import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, statfs, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PutOutcome } from '../../lib/services/ports';
import { FileStore } from '../../lib/services/store/file';
import { keysOf } from '../conformance/store';

const ESBUILD = join(__dirname, '../../node_modules/.bin/esbuild');

jest.setTimeout(60_000);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-store-faults-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('on a really full file system', () => {
  const objectOf = (index: number): Buffer => Buffer.alloc(10_000, index);

  beforeEach(() => {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'tmpfs', folder], { stdio: 'pipe' });
    } catch (error) {
      throw new Error(`a file system of 1 MiB is needed: run this as root, where it may mount one (${String(error)})`);
    }
  });
  afterEach(() => execFileSync('umount', [folder]));

  /** Puts objects until the disk has been full 20 times. */
  async function fill(store: FileStore, causes: unknown[]): Promise<Map<number, PutOutcome>> {
    const outcomes = new Map<number, PutOutcome>();
    for (let index = 0; causes.length < 20; index++) {
      outcomes.set(index, await store.putOnce(`a/${index % 3}/${index}`, objectOf(index)));
    }
    return outcomes;
  }

  it('lists exactly what was confirmed, whole, and takes puts again when there is space', async () => {
    const causes: unknown[] = [];
    const store = await FileStore.open(join(folder, 'store'), { onDoubt: (_, cause) => causes.push(cause) });
    const ballast = join(folder, 'ballast');
    await writeFile(ballast, randomBytes(300_000));

    const outcomes = await fill(store, causes);
    expect((await statfs(folder)).bavail * 4096).toBeLessThan(10_000);
    expect(new Set(causes.map((cause) => (cause as NodeJS.ErrnoException).code))).toEqual(new Set(['ENOSPC']));
    const written = [...outcomes].filter(([, outcome]) => outcome === 'written').map(([index]) => index);
    const unknown = [...outcomes].filter(([, outcome]) => outcome === 'unknown').map(([index]) => index);
    expect(written.length).toBeGreaterThan(50);
    expect(unknown).toHaveLength(20);
    expect((await keysOf(store.list(''))).sort()).toEqual(written.map((index) => `a/${index % 3}/${index}`).sort());
    for (const index of written) expect(await store.get(`a/${index % 3}/${index}`)).toEqual(objectOf(index));

    await unlink(ballast);
    for (const index of unknown)
      expect(await store.putOnce(`a/${index % 3}/${index}`, objectOf(index))).toBe('written');
    expect(await keysOf(store.list(''))).toHaveLength(outcomes.size);
  });

  it('opens while the disk is full', async () => {
    const causes: unknown[] = [];
    await fill(await FileStore.open(folder, { onDoubt: (_, cause) => causes.push(cause) }), causes);
    const again = await FileStore.open(folder);
    expect(await again.putOnce('b', objectOf(1))).toBe('unknown');
    expect(await again.get('a/0/0')).toEqual(objectOf(0));
  });
});

describe('in several processes', () => {
  let writers: ChildProcess[];
  beforeEach(() => {
    writers = [];
    const bundle = ['--bundle', '--platform=node', `--outfile=${join(folder, 'writer.js')}`, '--log-level=error'];
    execFileSync(ESBUILD, [join(__dirname, 'file-store-writer.ts'), ...bundle]);
  });
  afterEach(() => {
    for (const writer of writers) writer.kill('SIGKILL');
  });

  function write(writer: number): ChildProcess {
    const child = spawn(process.execPath, [join(folder, 'writer.js'), join(folder, 'store'), String(writer)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    writers.push(child);
    return child;
  }

  /** All lines that a process prints until it ends; it is killed when it has printed so many. */
  async function linesOf(child: ChildProcess, killAfter = Number.POSITIVE_INFINITY): Promise<string[]> {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.split('\n').length > killAfter) child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.on('close', resolve));
    return text.split('\n').slice(0, -1);
  }

  it('exactly one of three wins each of 60 keys, and its bytes are stored', async () => {
    const reports = await Promise.all([1, 2, 3].map((writer) => linesOf(write(writer))));
    const store = await FileStore.open(join(folder, 'store'));
    for (let index = 0; index < 60; index++) {
      const outcomes = reports.map((lines) => lines[index]?.split(' ')[1]);
      expect([...outcomes].sort()).toEqual(['exists', 'exists', 'written']);
      const winner = outcomes.indexOf('written') + 1;
      expect(await store.get(`a/${index % 7}/${index}`)).toEqual(Buffer.alloc(100_000, winner));
    }
  });

  it.each([1, 20, 40])('a kill after %i lines leaves what was confirmed and nothing half-written', async (count) => {
    const child = write(1);
    const confirmed = await linesOf(child, count);
    expect(child.signalCode).toBe('SIGKILL');
    const store = await FileStore.open(join(folder, 'store'));
    const keys = await keysOf(store.list(''));
    expect(keys).toEqual(expect.arrayContaining(confirmed.map((line) => line.split(' ')[0])));
    expect(keys.length).toBeLessThan(60);
    for (const key of keys) expect(await store.get(key)).toEqual(Buffer.alloc(100_000, 1));
  });
});
