import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** An S3 server of somebody else, running on this machine. */
export interface RealServer {
  readonly endpoint: string;
  stop(): Promise<void>;
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
export async function startCeph(): Promise<RealServer> {
  for (const program of ['ceph-mon', 'ceph-osd', 'radosgw', 'ceph']) {
    requireProgram(program, 'apt-get install --no-install-recommends ceph-mon ceph-osd radosgw ceph-common');
  }
  const folder = await mkdtemp(join(tmpdir(), 'ceph-'));
  const [port, monitor] = [await freePort(), await freePort()];
  const stop = async (): Promise<void> => {
    execFileSync(join(__dirname, 'ceph-down.sh'), [folder]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    // Its daemons keep the inherited output open: nobody waits for its end.
    const options = { stdio: 'ignore', timeout: 120_000 } as const;
    execFileSync(join(__dirname, 'ceph-up.sh'), [folder, String(port), String(monitor)], options);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint: `http://127.0.0.1:${port}`, stop };
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
