import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogName } from '../../lib/record';
import { toEnv as ingestEnv } from '../../lib/services/ingest/config';
import { toEnv as queryEnv } from '../../lib/services/query/config';
import { type SealSettings, toEnv as sealEnv } from '../../lib/services/seal/config';
import { FileSigner } from '../../lib/services/signer/file';
import { toEnv as viewEnv } from '../../lib/services/view/config';
import { send } from '../services/ingest/http-client';
import type { Principal } from './account';

const BUNDLES = join(__dirname, '..', '..', 'dist', 'bundles');
const MIB = 1024 ** 2;
const READY_WITHIN_MS = 60_000;

/** How a command of the command line ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Retention = SealSettings['retention'];

/** The services of a log as they are shipped, each a process with the credentials of its principal only. */
export class RunningServices {
  public static async prepare(log: LogName, store: string): Promise<RunningServices> {
    const folder = await mkdtemp(join(tmpdir(), 'object-lock-'));
    const { vkey } = await FileSigner.create(join(folder, 'log.pem'), log.origin);
    const { vkey: admission } = await FileSigner.create(join(folder, 'admission.pem'), log.admission);
    return new RunningServices(log, store, folder, vkey, admission);
  }

  private readonly running: Service[] = [];

  private constructor(
    private readonly log: LogName,
    public readonly store: string,
    private readonly folder: string,
    public readonly logVkey: string,
    private readonly admission: string,
  ) {}

  public async startIngest(as: Principal): Promise<Service> {
    const listen = join(this.folder, 'ingest.sock');
    const settings = { ...this.place, listen, admissionKey: this.key('admission'), memoryBytes: 64 * MIB };
    return this.start('ingest', as, ingestEnv({ ...settings, writerSource: 'anonymous', paceMs: 0 }), listen);
  }

  public startSeal(as: Principal, retention: Retention): Promise<Service> {
    const settings = { ...this.place, logKey: this.key('log'), admission: this.admission, retention, intervalMs: 100 };
    return this.start('seal', as, sealEnv(settings));
  }

  public startQuery(as: Principal): Promise<Service> {
    const listen = join(this.folder, 'query.sock');
    const settings = { ...this.place, listen, cacheFolder: join(this.folder, 'query'), logVkey: this.logVkey };
    const env = queryEnv({ ...settings, readerSource: 'anonymous', memoryBytes: 256 * MIB });
    return this.start('query', as, env, listen);
  }

  /** Runs one roll-up of a log in the same bucket into another bucket, and gives its exit code. */
  public async rollUp(as: Principal, origin: string, bucket: string): Promise<number | null> {
    const view = this.store.replace(/^s3:\/\/[^/?]+/, `s3://${bucket}`);
    return (await this.start('view', as, viewEnv({ origin, store: this.store, view }))).ended();
  }

  /** Runs `audit-log verify`. */
  public verify(as: Principal, ...options: string[]): Promise<Ended> {
    return this.command(as, ['verify', this.store, '--key', this.logVkey, ...options]);
  }

  /** Runs `audit-log prove`, and reads a file that it wrote. */
  public async prove(as: Principal, line: string, file: string): Promise<{ ended: Ended; written: string }> {
    const out = join(this.folder, 'evidence');
    const ended = await this.command(as, ['prove', this.store, '--out', out], line);
    return { ended, written: await readFile(join(out, file), 'utf8').catch(() => '') };
  }

  /** Ends all processes and forgets the keys. */
  public async remove(): Promise<void> {
    await Promise.all(this.running.map((service) => service.stop()));
    await rm(this.folder, { recursive: true, force: true });
  }

  private get place() {
    return { origin: this.log.origin, store: this.store };
  }

  private key(name: string): string {
    return `file:${join(this.folder, `${name}.pem`)}`;
  }

  private async start(
    role: string,
    { env }: Principal,
    settings: Record<string, string>,
    address = '',
  ): Promise<Service> {
    const service = new Service(spawnBundle(role, [], { ...env, ...settings }), address);
    this.running.push(service);
    if (address !== '') await service.untilReady();
    return service;
  }

  private async command({ env }: Principal, args: readonly string[], input = ''): Promise<Ended> {
    const child = spawnBundle('audit-log', args, env);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
        output[name] += chunk;
      });
    }
    child.stdin?.end(input);
    const [code] = await once(child, 'close');
    return { code, ...output };
  }
}

/** One running process. */
export class Service {
  private stderr = '';

  public constructor(
    private readonly child: ChildProcess,
    /** The Unix socket on which it listens. */
    public readonly address: string,
  ) {
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.stderr += chunk;
    });
  }

  /** What it has reported so far. */
  public get events(): string[] {
    const lines = this.stderr.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => (JSON.parse(line) as { event: string }).event);
  }

  public async untilReady(): Promise<void> {
    const end = Date.now() + READY_WITHIN_MS;
    while (Date.now() < end && this.child.exitCode === null) {
      const answer = await send(this.address, { method: 'GET', path: '/readyz' }).catch(() => undefined);
      if (answer?.status === 200) return;
      await sleep(50);
    }
    throw new Error(`the service is not ready: ${this.stderr}`);
  }

  /** Its exit code, when it has ended by itself. */
  public async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }

  /** Ends it as an orchestrator does, and gives its exit code. */
  public async stop(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    return this.child.exitCode;
  }
}

/** A process that does not outlive this one, whatever ends it. */
function spawnBundle(name: string, args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const command = ['--pdeathsig', 'KILL', process.execPath, join(BUNDLES, `${name}.js`), ...args];
  return spawn('setpriv', command, { env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', ...env } });
}
