import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogName, parseSegment } from '../../../lib/record';
import { FileStoreReader } from '../../../lib/services/store/file-reader';
import { prove } from '../../../lib/services/verify/prove';

const LOG = new LogName('acme-audit', 'local');
const HOUR = 'acme-audit/local/entries/date=2026-01-02/hour=03';
/** A shard of two segments: one entry, and what came after. */
const SHARD = `${HOUR}/548e56fceb6ba189d7cd154c1a0af13d`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-log-prove-'));
  cpSync(join(__dirname, '../../golden/v1/store'), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (key: string) => join(folder, key);
const firstLine = () => {
  const { lines } = parseSegment(readFileSync(file(`${SHARD}/000000000000.ndjson.gz`)));
  return lines.toString().split('\n')[0] as string;
};
const proved = async (line: string) => prove(await FileStoreReader.open(folder), LOG, line);

test('proves a line that was sealed', async () => {
  expect(await proved(firstLine())).toMatchObject({
    index: 0,
    origin: LOG.shardOrigin(SHARD.split('/').at(-1) as string),
  });
});

test('a line that is not in the log is missing', async () => {
  await expect(proved(firstLine().replace('03:01:31', '03:01:32'))).rejects.toMatchObject({ code: 'entry-missing' });
});

test('a line of a log without a root is not sealed', async () => {
  const line = firstLine();
  rmSync(file('acme-audit/local/root'), { recursive: true });
  await expect(proved(line)).rejects.toMatchObject({ code: 'entry-unsealed' });
});

test('gives out no proof that leads elsewhere: an entry of the root log was changed', async () => {
  const line = firstLine();
  const key = file('acme-audit/local/root/000000000000.ndjson');
  chmodSync(key, 0o600);
  writeFileSync(key, readFileSync(key, 'utf8').replace('"days":1', '"days":2'));
  await expect(proved(line)).rejects.toMatchObject({ code: 'proof-broken' });
});

test('gives out no proof that leads elsewhere: a segment of the shard was put in the place of another', async () => {
  const line = firstLine();
  rmSync(file(`${SHARD}/000000000000.ndjson.gz`));
  cpSync(file(`${SHARD}/000000000001.ndjson.gz`), file(`${SHARD}/000000000000.ndjson.gz`));
  await expect(proved(line)).rejects.toMatchObject({ code: 'entry-missing' });
});

test('gives out no proof that leads elsewhere: an entry of the root log is gone', async () => {
  const line = firstLine();
  rmSync(file('acme-audit/local/root/000000000005.ndjson'));
  await expect(proved(line)).rejects.toMatchObject({ code: 'proof-broken' });
});
