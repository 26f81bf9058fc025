import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The command line as it is shipped. */
export const CLI = join(__dirname, '..', '..', 'dist', 'bundles', 'audit-log.js');

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the command line to its end. */
export function run(
  args: readonly string[],
  { cwd = '.', input = '', env = {} }: { cwd?: string; input?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 2 ** 28 };
    const child = execFile(process.execPath, [CLI, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

/** A log that `audit-log up` runs in a folder of its own. */
export class RunningLog {
  /** A new folder for a log. */
  public static makeFolder(): Promise<string> {
    return mkdtemp(join(tmpdir(), 'audit-log-up-'));
  }

  /** Starts a log on a free port and waits until it says what to try. Its data are in `.audit-log` below the folder. */
  public static async start(folder?: string): Promise<RunningLog> {
    const place = folder ?? (await RunningLog.makeFolder());
    const port = await freePort();
    const child = spawn(process.execPath, [CLI, 'up', '--port', String(port)], { cwd: place });
    const log = new RunningLog(place, port, child);
    await log.ready();
    return log;
  }

  /** All that `up` printed. */
  public output = '';

  private constructor(
    public readonly folder: string,
    public readonly port: number,
    public readonly process: ChildProcess,
  ) {
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += chunk;
      });
    }
  }

  public get url(): string {
    return `https://localhost:${this.port}`;
  }

  /** Runs a command that talks to this log, in its folder. */
  public run(args: readonly string[], input = ''): Promise<Ended> {
    return run([...args, '--url', this.url], { cwd: this.folder, input });
  }

  /** Verifies the log's objects. */
  public verify(...args: string[]): Promise<Ended> {
    const command = ['verify', 'file:.audit-log/store', '--key', '@.audit-log/keys/log.vkey', ...args];
    return run(command, { cwd: this.folder });
  }

  /** Stops the log as Ctrl-C does, gives its exit code and keeps the folder. */
  public async stop(): Promise<number | null> {
    if (this.process.exitCode === null) {
      const ended = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGINT');
      await ended;
    }
    return this.process.exitCode;
  }

  /** Stops the log and removes its folder. */
  public async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Waits until what `up` printed has a text. */
  public async printed(text: string): Promise<void> {
    for (let i = 0; i < 600 && !this.output.includes(text); i++) {
      if (this.process.exitCode !== null) throw new Error(`up ended: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    if (!this.output.includes(text)) throw new Error(`up did not print "${text}" in 60 seconds: ${this.output}`);
  }

  private ready(): Promise<void> {
    return this.printed('Try in another terminal');
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
