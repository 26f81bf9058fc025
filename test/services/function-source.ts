import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { crc32, inflateRawSync } from 'node:zlib';

const BUNDLES = join(__dirname, '../../dist/bundles');
const { PATH, HOME } = process.env;

/**
 * A function's archive, built as Google's buildpacks for functions do it, as far as npm goes: unpacked, the syntax of `main` checked, and what the lock file says
 * installed. https://github.com/GoogleCloudPlatform/buildpacks/tree/main/cmd/nodejs
 */
export class FunctionSource {
  private readonly folder = mkdtempSync(join(tmpdir(), 'function-'));

  /** @param archive name of the bundle, such as `ingest-function` */
  public constructor(archive: string) {
    for (const [name, content] of filesIn(readFileSync(join(BUNDLES, `${archive}.zip`)))) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      writeFileSync(join(this.folder, name), content);
    }
    const { main, dependencies } = JSON.parse(readFileSync(join(this.folder, 'package.json'), 'utf8'));
    if (!Object.hasOwn(dependencies, '@google-cloud/functions-framework')) throw new Error('Google adds its framework');
    this.run(process.execPath, '--check', main);
    this.run('npm', 'ci', '--offline', '--quiet', '--no-fund', '--no-audit');
  }

  /** Starts an instance as the image does, with what Cloud Run sets besides the settings. */
  public async start(settings: Readonly<Record<string, string>>): Promise<FunctionInstance> {
    const env = { ...settings, PATH, PORT: '0', FUNCTION_TARGET: 'serve', NODE_ENV: 'production' };
    const child = spawn('/bin/bash', ['-c', 'node_modules/.bin/functions-framework'], {
      cwd: this.folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return FunctionInstance.of(child);
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private run(command: string, ...words: string[]): void {
    execFileSync(command, words, { cwd: this.folder, env: { PATH, HOME, NODE_ENV: 'production' } });
  }
}

/** A running instance of a function. */
export class FunctionInstance {
  /** @throws Error when the instance ends before it takes requests */
  public static async of(child: ChildProcess): Promise<FunctionInstance> {
    const events: Record<string, unknown>[] = [];
    const lines = createInterface(child.stderr!);
    const listening = new Promise<string>((resolve, reject) => {
      lines.on('line', (line) => {
        const event = JSON.parse(line) as Record<string, string>;
        events.push(event);
        if (event.event === 'listening') resolve(event.address!);
      });
      child.once('exit', (code) => reject(new Error(`ended with ${code}: ${JSON.stringify(events)}`)));
    });
    const address = (await listening).replace('0.0.0.0', '127.0.0.1');
    return new FunctionInstance(child, address, events);
  }

  private constructor(
    private readonly child: ChildProcess,
    /** `127.0.0.1:<port>` */
    public readonly address: string,
    /** What it wrote to its log so far. */
    public readonly events: readonly Record<string, unknown>[],
  ) {}

  /** Most memory that the process has held so far, in bytes. */
  public get peakMemory(): number {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8')) ?? [];
    return Number(kib) * 1024;
  }

  /** Asks it to end, as Cloud Run does, and gives its exit code. */
  public async stop(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    return this.child.exitCode;
  }
}

/** The files of an archive, by its local headers (PKWARE's APPNOTE, section 4.3.7). */
function filesIn(archive: Buffer): [string, Buffer][] {
  const files: [string, Buffer][] = [];
  for (let at = 0; archive.readUInt32LE(at) === 0x04034b50; ) {
    const [sum, packed, nameLength] = [
      archive.readUInt32LE(at + 14),
      archive.readUInt32LE(at + 18),
      archive.readUInt16LE(at + 26),
    ];
    const start = at + 30 + nameLength;
    const content = inflateRawSync(archive.subarray(start, start + packed));
    expect(crc32(content)).toBe(sum);
    files.push([archive.toString('utf8', at + 30, start), content]);
    at = start + packed;
  }
  return files;
}
