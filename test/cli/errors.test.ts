import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSegment } from '../../lib/record';
import { issueCertificate } from '../../lib/services/edge/certificate';
import { answer, HttpsServer } from '../services/canary/https-server';
import { run } from './running-log';

const ROOT = join(__dirname, '..', '..');
const GOLDEN = join(ROOT, 'test/golden/v1');
const HOUR = 'acme-audit/local/entries/date=2026-01-02/hour=03';

let folder: string;
let log: HttpsServer;

/** A log that refuses everything, and folders of logs that are not as they should be. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'audit-log-errors-'));
  log = await HttpsServer.start(answer(403, 'not you'));
  writeFileSync(join(folder, 'ca.pem'), log.ca);
  writeFileSync(join(folder, 'other-ca.pem'), (await issueCertificate(['localhost'], [], Date.now())).ca);
  for (const name of ['whole', 'rootless', 'two/one', 'two/other']) {
    cpSync(join(GOLDEN, 'store'), join(folder, name), { recursive: true });
  }
  rmSync(join(folder, 'rootless/acme-audit/local/root'), { recursive: true });
  cpSync(join(folder, 'whole/acme-audit/local'), join(folder, 'whole-two/acme-audit/local'), { recursive: true });
  cpSync(join(folder, 'whole/acme-audit/local'), join(folder, 'whole-two/acme-audit/remote'), { recursive: true });
  const segment = join(GOLDEN, 'store', HOUR, '5b720147b6918dfc19baa0d7767cab75/000000000000.ndjson.gz');
  const line = parseSegment(readFileSync(segment)).lines.toString().split('\n')[0] as string;
  writeFileSync(join(folder, 'line.json'), line);
  writeFileSync(join(folder, 'other-line.json'), line.replace('"n":1', '"n":2'));
  writeFileSync(join(folder, 'event.ndjson'), '{"action":"a"}\n');
  writeFileSync(join(folder, 'long.ndjson'), `"${'x'.repeat(4 * 1024 * 1024)}"\n`);
});
afterAll(async () => {
  await log.stop();
  rmSync(folder, { recursive: true });
});

/** Each row is run beside those files; `URL` stands for the log that refuses everything. */
const ROWS: readonly (readonly [code: string | undefined, why: string, args: readonly string[]])[] = [
  [undefined, 'an unknown command', ['nope']],
  [undefined, 'a missing option', ['verify', 'file:/nowhere']],
  ['append-refused', 'events that the log does not take', ['append', 'event.ndjson', '--url', 'URL', '--ca', 'ca.pem']],
  ['document-invalid', 'a policy that is none', ['up', '--policy', join(ROOT, 'package.json')]],
  ['entry-missing', 'a line that is not in the log', ['prove', 'file:whole', 'other-line.json']],
  ['entry-unsealed', 'a line that nothing seals', ['prove', 'file:rootless', 'line.json']],
  ['limit-out-of-range', 'a limit of nothing', ['query', '--limit', '0', '--url', 'URL', '--ca', 'ca.pem']],
  ['line-too-large', 'a line over 4 MiB', ['append', 'long.ndjson', '--url', 'URL', '--ca', 'ca.pem']],
  ['log-ambiguous', 'a folder of two logs', ['prove', 'file:whole-two', 'line.json']],
  ['log-ambiguous', 'a folder of no log', ['prove', 'file:two', 'line.json']],
  ['log-unreachable', 'a log of another authority', ['query', '--url', 'URL', '--ca', 'other-ca.pem']],
  ['query-refused', 'a search that the log does not answer', ['query', '--url', 'URL', '--ca', 'ca.pem']],
  ['setting-invalid', 'a port that is none', ['up', '--port', '0']],
  ['setting-invalid', 'a store of a kind that is not known', ['verify', 'ftp://x', '--key', `@${GOLDEN}/log.vkey`]],
  ['setting-invalid', 'a time that is none', ['verify', 'file:whole', '--key', `@${GOLDEN}/log.vkey`, '--now', 'x']],
  ['store-missing', 'a store that is not there', ['verify', 'file:/nowhere', '--key', `@${GOLDEN}/log.vkey`]],
  ['tls-file-missing', 'no local log', ['query', '--url', 'https://localhost:1', '--data', '/nowhere']],
  ['url-malformed', 'a URL that is not https', ['append', '--url', 'ftp://x']],
];

test.each(ROWS)('exits 2 with %s on %s', async (code, _, args) => {
  const ended = await run(
    args.map((each) => (each === 'URL' ? log.origin : each)),
    { cwd: folder },
  );
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect([...ended.stderr.matchAll(/\[([a-z-]+)\]/g)].at(-1)?.[1]).toBe(code);
});

test('names both places where the URL of a store may stand', async () => {
  const { stderr } = await run(['verify', 'ftp://x', '--key', `@${GOLDEN}/log.vkey`]);
  expect(stderr).toContain('correct AUDIT_STORE, or the URL on the command line');
});
