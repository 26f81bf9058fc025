import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { toEnv } from '../../../lib/services/edge/config';
import { until } from './edge-fixture';
import { FakeNode, temporaryFolder } from './fake-node';

const ACCESS = {
  allow: ['127.0.0.0/8'],
  authenticate: { none: {} },
  rateLimit: { requests: 1000, perSeconds: 60 },
};
const POLICY = {
  version: 1,
  name: 'local',
  retention: { mode: 'governance', days: 1 },
  writers: ACCESS,
  readers: ACCESS,
  regions: [{ name: 'local', jurisdiction: 'EU' }],
  traffic: { writes: 'latency', reads: 'latency' },
};

describe('the edge as a process', () => {
  const folder = temporaryFolder();
  const bundle = join(folder.path, 'edge.js');
  const config = {
    host: '127.0.0.1',
    port: 0,
    dataFolder: folder.path,
    policyFile: join(folder.path, 'policy.json'),
    ingestSockets: [join(folder.path, 'i.sock')],
    querySockets: [join(folder.path, 'q.sock')],
  };
  let ingest: FakeNode;
  let started: ChildProcess | undefined;

  beforeAll(async () => {
    const entry = join(__dirname, '../../../lib/services/edge/main.ts');
    buildSync({ entryPoints: [entry], bundle: true, platform: 'node', target: 'node20', outfile: bundle });
    writeFileSync(config.policyFile, JSON.stringify(POLICY));
    ingest = await FakeNode.start(config.ingestSockets[0]!);
  });
  afterEach(() => {
    started?.kill('SIGKILL');
  });
  afterAll(async () => {
    await ingest.kill();
    folder.remove();
  });

  const start = (
    env: Record<string, string>,
  ): { child: ChildProcess; lines: string[]; exit: Promise<number | null> } => {
    const child = spawn(process.execPath, [bundle], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    started = child;
    const lines: string[] = [];
    createInterface({ input: child.stderr! }).on('line', (line) => lines.push(line));
    return { child, lines, exit: new Promise((resolve) => child.once('close', resolve)) };
  };

  test('serves what its environment says, and exits 0 on SIGTERM after the request in progress', async () => {
    const { child, lines, exit } = start(toEnv(config));
    await until(() => lines.length > 0);
    const { port } = JSON.parse(lines[0]!) as { port: number };
    ingest.answer = (_incoming, outgoing) => {
      child.kill('SIGTERM');
      setTimeout(() => outgoing.end(), 300);
    };
    const status = await new Promise((resolve, reject) => {
      const ca = readFileSync(join(folder.path, 'tls', 'ca.pem'));
      const options = { host: '127.0.0.1', port, path: '/v1/events', method: 'POST', ca };
      request(options, (answer) => resolve(answer.resume().statusCode))
        .once('error', reject)
        .end('{}');
    });
    expect(status).toBe(200);
    expect(await exit).toBe(0);
  });

  test('a wrong setting is told in one line, and it exits 1', async () => {
    const { lines, exit } = start({});
    expect(await exit).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('setting-missing');
  });
});
