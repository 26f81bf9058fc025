import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** An S3 server of somebody else, running on this machine. */
export interface RealServer {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** With what a user of a server signs. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A server that knows more users than `test`. */
export interface CephServer extends RealServer {
  /** Makes a user of an account, whose ARN is `arn:aws:iam::<account>:user/<name>`. */
  createUser(account: string, name: string): Promise<Credentials>;

  /** Lets time pass and does what the lifecycles of all buckets demand, where a day lasts a second. */
  processLifecycles(): Promise<void>;
}

/** moto, of which only conditional writes can be believed. https://docs.getmoto.org */
export async function startMoto(): Promise<RealServer> {
  requireProgram('moto_server', "pip install 'moto[s3,server]'");
  const port = await freePort();
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore', detached: true });
  const endpoint = `http://127.0.0.1:${port}`;
  await untilAnswers(endpoint, child);
  return { endpoint, stop: () => stopGroup(child) };
}

/** The S3 gateway of Ceph, of which only locks can be believed. https://docs.ceph.com/en/latest/radosgw/s3/ */
export async function startCeph(): Promise<CephServer> {
  for (const program of ['ceph-mon', 'ceph-osd', 'radosgw', 'ceph']) {
    requireProgram(program, 'apt-get install --no-install-recommends ceph-mon ceph-osd radosgw ceph-common');
  }
  const folder = await mkdtemp(join(tmpdir(), 'ceph-'));
  const [port, monitor] = [await freePort(), await freePort()];
  const stop = async (): Promise<void> => {
    execFileSync(join(__dirname, 'ceph-down.sh'), [folder]);
    await rm(folder, { recursive: true, force: true });
  };
  const administrate = async (...args: string[]): Promise<void> => {
    const env = { ...process.env, CEPH_CONF: join(folder, 'ceph.conf') };
    await promisify(execFile)('radosgw-admin', ['-n', 'client.rgw.a', ...args], { env });
  };
  try {
    // Its daemons keep the inherited output open: nobody waits for its end.
    const options = { stdio: 'ignore', timeout: 120_000 } as const;
    execFileSync(join(__dirname, 'ceph-up.sh'), [folder, String(port), String(monitor)], options);
  } catch (error) {
    await stop();
    throw error;
  }
  const createUser = async (account: string, name: string): Promise<Credentials> => {
    const credentials = { accessKeyId: randomHex(), secretAccessKey: randomHex() };
    const keys = [`--access-key=${credentials.accessKeyId}`, `--secret-key=${credentials.secretAccessKey}`];
    const who = [`--tenant=${account}`, `--uid=${name}`, `--display-name=${name}`];
    await administrate('user', 'create', ...who, ...keys);
    return credentials;
  };
  const processLifecycles = async (): Promise<void> => {
    await sleep(2_000);
    await administrate('--rgw-lc-debug-interval=1', 'lc', 'process');
  };
  return { endpoint: `http://127.0.0.1:${port}`, stop, createUser, processLifecycles };
}

function randomHex(): string {
  return randomBytes(16).toString('hex');
}

function requireProgram(name: string, install: string): void {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
  } catch {
    throw new Error(`${name} is not installed: ${install}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function untilAnswers(endpoint: string, child: ChildProcess): Promise<void> {
  for (let turn = 0; turn < 300; turn++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    if (await fetch(endpoint).catch(() => undefined)) return;
    await sleep(100);
  }
  await stopGroup(child);
  throw new Error('the server does not answer');
}

/** It may run below a launcher: its whole group ends. */
async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  process.kill(-child.pid, 'SIGKILL');
  await once(child, 'exit');
}
