import { execFileSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseVkey } from '../../lib/record';
import { RunningLog, run } from './running-log';

const ROOT = join(__dirname, '..', '..');

const DPKG_LOG = Array.from({ length: 1_500 }, (_, i) => {
  const action = i % 3 === 0 ? 'install' : 'upgrade';
  return `2026-10-16 23:${String(i % 60).padStart(2, '0')}:01 ${action} package-${i}:amd64 <none> 1.${i}-1\n`;
}).join('');

jest.setTimeout(120_000);

describe('a log that up runs', () => {
  let log: RunningLog;

  beforeAll(async () => {
    log = await RunningLog.start();
  });

  afterAll(async () => {
    await log.remove();
  });

  test('says which commands to try next', () => {
    expect(log.output).toContain('npx audit-log append --receipts receipts.ndjson');
    expect(log.output).toContain('npx audit-log query --action user.login');
    expect(log.output).toContain('npx audit-log verify file:.audit-log/store');
  });

  test('takes events, keeps receipts, and gives the events back byte for byte', async () => {
    const sent = [
      '{"action":"a.b","exact":1.10,"big":9007199254740993,"dup":1,"dup":2}',
      '{"action":"a.b","text":"\\ud800 \\/ ü"}',
    ];
    const appended = await log.run(['append', '--receipts', 'mine.ndjson'], `${sent.join('\n')}\n`);
    expect(appended).toMatchObject({ code: 0, stderr: '2 events accepted and their receipts checked, 0 too large\n' });
    expect(readFileSync(join(log.folder, 'mine.ndjson'), 'utf8').split('\n')).toHaveLength(2);
    const found = await log.run(['query', '--action', 'a.b', '--events']);
    expect(found.stdout).toBe(`${sent.join('\n')}\n`);
  });

  test('keeps lines whole that have a carriage return or U+2028 inside', async () => {
    const line = '{"action":"odd.line","text":"a\u2028b",\r"more":1}';
    await log.run(['append'], `${line}\n`);
    const found = await log.run(['query', '--action', 'odd.line', '--events']);
    expect(found.stdout).toBe(`${line.replace('\r', ' ')}\n`);
  });

  test('names the line of an event that is too large, keeps the rest, and exits 1', async () => {
    const events = ['{"action":"small"}', '', JSON.stringify({ action: 'large', text: 'x'.repeat(70_000) })];
    const { code, stderr } = await log.run(['append'], `${events.join('\n')}\n`);
    expect(code).toBe(1);
    expect(stderr).toContain('line 3 (70028 bytes) is too large');
    expect(stderr).toContain('1 events accepted and their receipts checked, 1 too large');
  });

  test('finds this repository and a dpkg log again by action and time', async () => {
    const dpkg = join(log.folder, 'dpkg.log');
    writeFileSync(dpkg, DPKG_LOG);
    const packages = execFileSync(process.execPath, [join(ROOT, 'examples', 'dpkg-log.mjs'), dpkg]).toString();
    const commits = execFileSync(process.execPath, [join(ROOT, 'examples', 'git-history.mjs'), ROOT]).toString();
    const from = new Date().toISOString();
    await log.run(['append', '--receipts', 'real.ndjson'], packages);
    await log.run(['append', '--receipts', 'real.ndjson'], commits);
    const installs = packages.split('\n').filter((line) => line.includes('"action":"package.install"'));
    const found = await log.run(['query', '--action', 'package.install', '--from', from, '--events']);
    expect(found.stdout.split('\n').slice(0, -1)).toEqual(installs);
    const found2 = await log.run(['query', '--action', 'git.commit', '--from', from, '--events']);
    expect(found2.stdout).toBe(commits);
    expect(installs.length).toBeGreaterThan(0);
  });

  test('verifies whole, with its receipts', async () => {
    await log.run(['append', '--receipts', 'whole.ndjson'], '{"action":"c"}\n');
    const { code, stdout } = await log.verify('--receipts', 'whole.ndjson');
    expect(stdout).toMatch(
      /^The log is whole\. \d+ entries in \d+ segments of \d+ shards whole, sealed by \d+ root entries; 1 receipts kept; pending: /,
    );
    expect(code).toBe(0);
  });

  test('prints findings as JSON and exits 1 when an object was changed', async () => {
    await log.run(['append'], '{"action":"d"}\n');
    const copy = join(log.folder, 'copy');
    execFileSync('cp', ['-r', join(log.folder, '.audit-log', 'store'), copy]);
    const [segment] = execFileSync('find', [copy, '-name', '*.ndjson.gz']).toString().split('\n') as [string];
    execFileSync('chmod', ['u+w', segment]);
    const bytes = readFileSync(segment);
    bytes[20] = (bytes[20] as number) ^ 1;
    writeFileSync(segment, bytes);
    const key = join(log.folder, '.audit-log', 'keys', 'log.vkey');
    const { code, stdout } = await run(['verify', `file:${copy}`, '--key', `@${key}`, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).findings[0]).toMatchObject({ code: 'damaged', object: segment.slice(copy.length + 1) });
  });

  test('proves a line by files that @sigstore/verify accepts', async () => {
    await log.run(['append'], '{"action":"to.prove"}\n');
    const { stdout: line } = await log.run(['query', '--action', 'to.prove']);
    const sealed = Date.now() + 30_000;
    let proved = await log.run([]);
    do {
      proved = await run(['prove', 'file:.audit-log/store', '--out', 'evidence'], { cwd: log.folder, input: line });
    } while (proved.code !== 0 && Date.now() < sealed);
    expect(proved.code).toBe(0);
    const evidence = (name: string) => readFileSync(join(log.folder, 'evidence', name), 'utf8');
    const sealing = JSON.parse(evidence('root-entry.json'));
    const origin = evidence('entry.tlog-proof').split('\n\n')[1]?.split('\n')[0] as string;
    const shard = origin.split('/').at(-1) as string;
    const path = sealing.shards.find((each: { path: string }) => each.path.endsWith(shard)).path;
    const note = readFileSync(
      join(log.folder, '.audit-log', 'store', 'dev', 'local', 'shards', `${path}.note`),
      'utf8',
    );
    checkBySigstore(evidence('entry.tlog-proof'), evidence('entry.json'), note.split('\n')[2] as string);
    checkBySigstore(
      evidence('root-entry.tlog-proof'),
      evidence('root-entry.json'),
      readFileSync(join(log.folder, '.audit-log', 'keys', 'log.vkey'), 'utf8').trim(),
    );
  });

  test('refuses a second log on its port and says so', async () => {
    const { code, stderr } = await run(['up', '--port', String(log.port), '--data', 'second'], { cwd: log.folder });
    expect(code).toBe(2);
    expect(stderr).toContain('[process-failed]');
  });

  test('ends with 0 when it is interrupted, and what it acknowledged is there', async () => {
    await log.run(['append', '--receipts', 'last.ndjson'], '{"action":"last"}\n');
    expect(await log.stop()).toBe(0);
    expect(await log.verify('--receipts', 'last.ndjson')).toMatchObject({ code: 0 });
  });
});

/** Checks a proof with code that is not ours: the note's signature and the leaf's way to the root. */
function checkBySigstore(proof: string, leaf: string, vkey: string): void {
  const deep = createRequire(require.resolve('@sigstore/verify'));
  const { verifyCheckpoint } = deep('./tlog/checkpoint.js');
  const { verifyMerkleInclusion } = deep('./tlog/merkle.js');
  const [head = '', ...note] = proof.split('\n\n');
  const [, index, ...hashes] = head.split('\n');
  const envelope = note.join('\n\n');
  const { name, id, publicKey } = parseVkey(vkey);
  const entry = {
    canonicalizedBody: Buffer.from(leaf),
    inclusionProof: {
      logIndex: String(index?.replace('index ', '')),
      treeSize: String(envelope.split('\n')[1]),
      hashes: hashes.filter(Boolean).map((hash) => Buffer.from(hash, 'base64')),
      checkpoint: { envelope },
    },
  };
  const key = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }));
  const checkpoint = verifyCheckpoint(entry, [{ logID: id, baseURL: `https://${name}`, publicKey: key }]);
  expect(() => verifyMerkleInclusion(entry, checkpoint)).not.toThrow();
  expect(() => verifyMerkleInclusion({ ...entry, canonicalizedBody: Buffer.from(`${leaf} `) }, checkpoint)).toThrow();
}

describe('the command line', () => {
  test.each(['up', 'append', 'query', 'prove', 'verify', 'policy check', 'policy diff'])(
    '%s has help with an example',
    async (name) => {
      const { code, stdout } = await run([...name.split(' '), '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`Example:\n  $ `);
    },
  );
});
