import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process of the local log. */
export interface Service {
  /** Name to print, such as `ingest 1`. */
  readonly name: string;
  /** Bundle to run, such as `ingest`. */
  readonly role: string;
  readonly env: Readonly<Record<string, string>>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const STABLE_MS = 10_000;
/** Longer than the longest drain of a service. */
const STOP_MS = 45_000;

/** Keeps one process running: whenever it ends it is started again, ever more slowly while it fails at once. */
export class SupervisedProcess {
  private child: ChildProcess | undefined;
  private isStopping = false;
  private readonly ended: Promise<void>;

  /**
   * @param onLine gets each line that the process prints
   * @param onEnd told each time that the process ends without being asked to
   */
  public constructor(
    private readonly service: Service,
    private readonly onLine: (name: string, line: string) => void,
    private readonly onEnd: (name: string, reason: string) => void,
  ) {
    this.ended = this.keepRunning();
  }

  /** Asks the process to finish, and ends it if it does not. */
  public async stop(): Promise<void> {
    this.isStopping = true;
    const { child } = this;
    child?.kill('SIGTERM');
    const killer = setTimeout(() => child?.kill('SIGKILL'), STOP_MS);
    await this.ended;
    clearTimeout(killer);
  }

  private async keepRunning(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!this.isStopping) {
      const started = Date.now();
      const reason = await this.runOnce();
      if (this.isStopping) {
        return;
      }
      pause = Date.now() - started > STABLE_MS ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, pause * 2);
      this.onEnd(this.service.name, reason);
      await sleep(pause);
    }
  }

  private runOnce(): Promise<string> {
    const { name, role, env } = this.service;
    const child = spawn(process.execPath, [join(__dirname, `${role}.js`)], {
      env: { ...ownEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C in a terminal reaches a whole process group: the services must not end before the edge has finished its requests.
      detached: true,
    });
    this.child = child;
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output }).on('line', (line) => this.onLine(name, line));
    }
    return new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(signal ?? `code ${code}`));
    });
  }
}

/** Services get what Node needs and their own settings, nothing else of the operator's environment. */
function ownEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] as string]])),
  );
}
