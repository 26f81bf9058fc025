import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from '../../bin/commands/open-log';
import { SystemClock } from '../../lib/services/clock';
import { type IngestNode, startIngest } from '../../lib/services/ingest/main';
import { type QueryNode, startQuery } from '../../lib/services/query/main';
import { openSealer } from '../../lib/services/seal/main';
import { FileSigner } from '../../lib/services/signer/file';
import { type Verification, verifyLog } from '../../lib/services/verify';
import { CORPUS } from '../corpus';
import { send } from '../services/ingest/http-client';

const ORIGIN = 'acme/eu-central-1';
const JSON_TYPE = { 'Content-Type': 'application/json' };

/** A store of a cloud, empty, whose objects lie below `logs/` in a bucket that keeps them for a day. */
export interface CloudStore {
  readonly url: string;
  /** `METHOD name` of all requests so far. */
  readonly requests: string[];
  /** Makes the next write of a segment fail in one way. */
  readonly failWrite: (fault: 'lose-answer' | 'busy' | 'drop' | 'duplicate') => void;
  /** How many objects there are, in all their versions. */
  readonly objects: () => number;
  readonly close: () => Promise<void>;
}

/** A whole log, ingest to verification, over a store. */
export function endToEnd(name: string, open: () => Promise<CloudStore>): void {
  describe(`a log in ${name}`, () => {
    let folder: string;
    let cloud: CloudStore;
    let ingest: IngestNode;
    let query: QueryNode;
    let logVkey: string;
    let admission: string;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'cloud-log-'));
      cloud = await open();
      logVkey = (await FileSigner.create(join(folder, 'log.pem'), ORIGIN)).vkey;
      admission = (await FileSigner.create(join(folder, 'admission.pem'), `${ORIGIN}/admission`)).vkey;
      ingest = await startIngest({
        origin: ORIGIN,
        store: cloud.url,
        admissionKey: `file:${join(folder, 'admission.pem')}`,
        listen: join(folder, 'ingest.sock'),
        writerSource: 'anonymous',
        paceMs: 5,
        memoryBytes: 64 * 1024 * 1024,
      });
      query = await startQuery(
        {
          origin: ORIGIN,
          store: cloud.url,
          cacheFolder: join(folder, 'query'),
          listen: join(folder, 'query.sock'),
          logVkey,
          readerSource: 'anonymous',
          memoryBytes: 256 * 1024 * 1024,
        },
        () => {},
      );
    });
    afterEach(async () => {
      await ingest.stop();
      await query.stop();
      await cloud.close();
      await rm(folder, { recursive: true, force: true });
    });

    async function seal(): Promise<void> {
      const retention = { mode: 'compliance', days: 1 } as const;
      const logKey = `file:${join(folder, 'log.pem')}`;
      const settings = { origin: ORIGIN, store: cloud.url, logKey, admission, retention, intervalMs: 1_000 };
      await (await openSealer(settings, new SystemClock(), () => {})).sealOnce();
    }

    async function append(body: string): Promise<{ status: number; body: string }> {
      const answer = await send(ingest.address, { headers: JSON_TYPE, body });
      return { status: answer.status, body: String(answer.body) };
    }

    async function found(parameters = ''): Promise<string[]> {
      const { body } = await send(query.address, { method: 'GET', path: `/v1/events?limit=10000${parameters}` });
      return String(body).split('\n').slice(0, -1);
    }

    async function verify(...receipts: string[]): Promise<Verification> {
      const { store, log } = await openLog(cloud.url, ORIGIN);
      return verifyLog({ store, log, key: logVkey, now: Date.now(), receipts: lines(receipts) });
    }

    async function* lines(texts: readonly string[]): AsyncIterable<string> {
      yield* texts;
    }

    test('what was appended is found byte for byte, sealed, locked and whole', async () => {
      for (const { sent } of CORPUS) expect((await append(sent)).status).toBe(200);
      await seal();
      const events = (await found()).map((line) => line.slice(line.indexOf('"event":') + 8, -1));
      expect(events).toEqual(CORPUS.map(({ stored }) => stored));
      const { findings, summary } = await verify();
      expect(findings).toEqual([]);
      expect(summary.entries).toBe(CORPUS.length);
      // A segment an event, the endorsement of its hour, and the root's genesis, shards and checkpoints.
      expect(summary.locks?.versions).toBe(cloud.objects());
    });

    test('a lost answer, a busy store and a broken connection neither lose nor repeat an acknowledged event', async () => {
      await append('{"n":0}');
      for (const fault of ['lose-answer', 'busy', 'drop', 'duplicate'] as const) {
        cloud.failWrite(fault);
        expect((await append(`{"fault":"${fault}"}`)).status).toBe(200);
      }
      await seal();
      const { findings } = await verify();
      expect(findings).toEqual([]);
      expect(await found('&contains=%7B%22fault%22')).toHaveLength(6);
    });

    test('ingest only ever puts, below entries/ and shards/', async () => {
      await query.stop();
      cloud.requests.length = 0;
      await append('{"n":1}');
      for (const request of cloud.requests)
        expect(request).toMatch(/^(PUT|POST) logs\/acme\/eu-central-1\/(entries|shards)\//);
      expect(cloud.requests.length).toBeGreaterThan(0);
    });

    test.each([`/${ORIGIN}`, ''])('verify finds the log at the URL with %j behind the prefix', async (path) => {
      await append('{"n":1}');
      await seal();
      const url = cloud.url.replace('/logs', `/logs${path}`);
      expect((await openLog(url)).log.origin).toBe(ORIGIN);
    });
  });
}
