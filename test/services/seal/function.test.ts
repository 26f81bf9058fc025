import { toEnv } from '../../../lib/services/seal/config';
import { keysOf } from '../../conformance/store';
import { GcsError } from '../../gcs-server/gcs-error';
import { GcsFixture } from '../../gcs-server/gcs-fixture';
import { GoogleKmsServer } from '../../google-kms-server';
import { type FunctionInstance, FunctionSource } from '../function-source';

let source: FunctionSource;
let gcs: GcsFixture;
let kms: GoogleKmsServer;
let instance: FunctionInstance;

beforeAll(() => {
  source = new FunctionSource('seal-function');
});
afterAll(() => source.remove());

beforeEach(async () => {
  gcs = await GcsFixture.start();
  kms = await GoogleKmsServer.start();
  const [logKey, admission] = [0, 1].map(() => `gcpkms:${kms.createKey()}?endpoint=${kms.endpoint}`) as [
    string,
    string,
  ];
  const retention = { mode: 'compliance', days: 1 } as const;
  const settings = { origin: 'acme/europe-west3', store: gcs.url, logKey, admission, retention, intervalMs: 60_000 };
  instance = await source.start(toEnv(settings));
});
afterEach(async () => {
  await instance.stop();
  await gcs.server.close();
  await kms.close();
});

/** What the schedule sends. */
const call = () => fetch(`http://${instance.address}/`, { method: 'POST' });
const checkpoints = () => keysOf(gcs.store.list('acme/europe-west3/root/checkpoints/'));
const events = (name: string) => instance.events.filter(({ event }) => event === name);

it('does one round when it is called', async () => {
  expect((await call()).status).toBe(204);
  expect(await checkpoints()).toEqual(['acme/europe-west3/root/checkpoints/000000000001.note']);
  expect(events('sealed')).toMatchObject([{ size: 1, added: 1 }]);
});

it('while its key cannot be read it answers 503, and starts with the next call', async () => {
  kms.fail(403);
  const answer = await call();
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  expect((await call()).status).toBe(204);
});

it('answers 503 to a round that fails, and the next call makes up for it', async () => {
  gcs.server.fail(new GcsError(403, 'forbidden'));
  expect((await call()).status).toBe(503);
  expect(events('round-failed')).toMatchObject([{ level: 'error' }]);
  expect((await call()).status).toBe(204);
  expect(await checkpoints()).toHaveLength(1);
});
