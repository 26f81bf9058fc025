import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toEnv } from '../../../lib/services/seal/config';
import { FileSigner } from '../../../lib/services/signer/file';
import { FileStoreReader } from '../../../lib/services/store/file-reader';
import { keysOf } from '../../conformance/store';

/** As Lambda loads it: the bundle, by its exported handler. */
const BUNDLE = join(__dirname, '../../../dist/bundles/seal-lambda/index.js');

let folder: string;
const before = { ...process.env };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seal-lambda-'));
  await FileSigner.create(join(folder, 'log.pem'), 'acme/local');
  const admission = await FileSigner.create(join(folder, 'admission.pem'), 'acme/local/admission');
  const settings = {
    origin: 'acme/local',
    store: `file:${folder}/store`,
    logKey: `file:${folder}/log.pem`,
    admission: admission.vkey,
    retention: { mode: 'governance', days: 1 } as const,
    intervalMs: 60_000,
  };
  Object.assign(process.env, toEnv(settings));
});
afterEach(async () => {
  process.env = before;
  await rm(folder, { recursive: true });
});

it('does one round when it is called, and fails when the round does', async () => {
  const { handler } = require(BUNDLE) as { handler: () => Promise<void> };
  await handler();
  const store = await FileStoreReader.open(`${folder}/store`);
  expect(await keysOf(store.list('acme/local/root/checkpoints/'))).toEqual([
    'acme/local/root/checkpoints/000000000001.note',
  ]);
  await rm(`${folder}/store`, { recursive: true });
  await expect(handler()).rejects.toMatchObject({ code: 'store-unavailable' });
});
