import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR_MS, hourOf } from '../../../lib/record';
import { DuckDbEngine } from '../../../lib/services/engine/duckdb';
import { type Listener, listen } from '../../../lib/services/listen';
import type { ObjectStore } from '../../../lib/services/ports';
import { type QueryNode, startQuery } from '../../../lib/services/query/main';
import { createApp } from '../../../lib/services/query/routes';
import { FileStore } from '../../../lib/services/store/file';
import { FakeClock } from '../../fake-clock';
import { LogBuilder, type ShardBuilder } from '../../log-builder';
import { MemoryStore } from '../../memory-store';
import { S3Fixture } from '../../s3-server/s3-fixture';

const START = Date.parse('2026-03-01T12:40:00.000Z');
const MINUTE = 60_000;
const REGIONS = 'audit-complete-until-regions';

let folder: string;
/** What must end before the folder goes. */
let stops: (() => Promise<void>)[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'query-replicas-'));
  stops = [];
});
afterEach(async () => {
  for (const stop of stops) await stop();
  await rm(folder, { recursive: true });
});

/** `eu-1="…", eu-2="…"` as milliseconds. */
function regionsOf(headers: Headers): Record<string, number> {
  const members = (headers.get(REGIONS) ?? '').split(', ').map((each) => /^([a-z0-9-]+)="([^"]+)"$/.exec(each) ?? []);
  return Object.fromEntries(members.map(([, region, time]) => [region, Date.parse(String(time))]));
}

describe('a query node', () => {
  let node: QueryNode;
  let own: LogBuilder;
  let source: LogBuilder;
  const clock = new FakeClock(hourOf(Date.now()));

  beforeEach(async () => {
    own = LogBuilder.of('eu-1', await FileStore.open(join(folder, 'store')), clock);
    source = LogBuilder.of('eu-2', await FileStore.open(join(folder, 'replicas')), clock);
  });

  async function start(...replicas: { origin: string; store: string }[]): Promise<void> {
    return startWithout(undefined, ...replicas);
  }

  async function startWithout(
    unsearchedRegions: string[] | undefined,
    ...replicas: { origin: string; store: string }[]
  ): Promise<void> {
    const settings = {
      origin: own.log.origin,
      store: `file:${folder}/store`,
      cacheFolder: join(folder, 'query'),
      listen: '127.0.0.1:0',
      logVkey: own.logKey.vkey,
      readerSource: 'anonymous' as const,
      memoryBytes: 256 * 1024 ** 2,
      replicas,
      unsearchedRegions,
    };
    node = await startQuery(settings, () => {});
    stops.push(() => node.stop());
  }

  const get = (path = '/v1/events') => fetch(`http://${node.address}${path}`);
  const replica = () => ({ origin: source.log.origin, store: `file:${folder}/replicas` });

  async function append(log: LogBuilder, json: string): Promise<void> {
    await (await log.shard(clock.now(), json)).append(json);
  }

  it('says of one log alone nothing of regions', async () => {
    await start();
    expect((await get()).headers.has(REGIONS)).toBe(false);
  });

  it('names the regions that it does not search, alone or with replicas', async () => {
    await startWithout(['europe-west3']);
    const { headers } = await get();
    expect(headers.get(REGIONS)).toBe(`eu-1="${headers.get('audit-complete-until')}", europe-west3=none`);
    await node.stop();
    await startWithout(['europe-west3', '2nd'], replica());
    expect((await get()).headers.get(REGIONS)).toMatch(/^eu-1="[^"]+", eu-2="[^"]+", europe-west3=none, \*2nd=none$/);
  });

  it('finds what is in a replica, and says of each region how far it is complete', async () => {
    await append(own, '1');
    await append(source, '2');
    await source.seal();
    await start(replica());
    const answer = await get();
    expect((await answer.text()).split('\n')).toHaveLength(3);
    expect(answer.headers.get('audit-complete-until')).toBe(new Date(clock.now() - 30_000).toISOString());
    expect(answer.headers.get(REGIONS)).toMatch(/^eu-1="[^"]+Z", eu-2="[^"]+Z"$/);
    const { 'eu-1': first = 0, 'eu-2': second } = regionsOf(answer.headers);
    expect(second).toBe(clock.now() - 30_000);
    expect(Math.abs(first - (Date.now() - 30_000))).toBeLessThan(10_000);
  });

  it('starts, answers and is ready without the store of a replica, and says so', async () => {
    await append(own, '1');
    await source.seal();
    await rename(join(folder, 'replicas'), join(folder, 'away'));
    await start(replica());
    const answer = await get();
    expect([answer.status, (await answer.text()).split('\n').length]).toEqual([200, 2]);
    expect(answer.headers.get('audit-complete-until')).toBe('1970-01-01T00:00:00.000Z');
    expect((await get('/readyz')).status).toBe(200);
    await rename(join(folder, 'away'), join(folder, 'replicas'));
    expect(regionsOf((await get()).headers)['eu-2']).toBe(clock.now() - 30_000);
  });

  it('names a region whose name begins with no letter in a way that a dictionary may', async () => {
    await start({ origin: 'acme-audit/1-eu', store: `file:${folder}/replicas` });
    expect((await get()).headers.get(REGIONS)).toMatch(/, \*1-eu="1970-01-01T00:00:00.000Z"$/);
  });
});

/** Numbers from 0 to 1, the same in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** One event as a producer knows it. */
interface Sent {
  readonly n: number;
  readonly received: number;
  readonly region: string;
}

/** Two logs, each in a store of its own, one of which is replicated object by object, in any order and late, to where both are searched. */
class TwoRegions {
  public readonly clock = new FakeClock(START);
  public readonly own: LogBuilder;
  public readonly source: LogBuilder;
  public readonly sent: Sent[] = [];
  private readonly shards = new Map<string, ShardBuilder>();
  private readonly delays = new Map<string, number>();
  private listener: Listener | undefined;
  private engine: DuckDbEngine | undefined;

  public constructor(
    private readonly random: () => number,
    private readonly replica: ObjectStore,
  ) {
    this.own = LogBuilder.of('eu-1', new MemoryStore(), this.clock);
    this.source = LogBuilder.of('eu-2', new MemoryStore(), this.clock);
  }

  public async start(cacheFolder: string): Promise<void> {
    const { clock, own, source, replica } = this;
    this.engine = await DuckDbEngine.open({
      log: own.log,
      store: own.store,
      clock,
      cache: { folder: cacheFolder, memoryBytes: 128 * 1024 ** 2, threads: 1 },
      acknowledgeWithinMs: 30_000,
      replicas: [{ log: source.log, store: replica }],
      report: () => {},
    });
    const app = createApp({
      engine: this.engine,
      clock,
      log: () => {},
      identify: async () => 'anonymous',
      logVkey: own.logKey.vkey,
      isReady: () => true,
    });
    this.listener = await listen(app.fetch, '127.0.0.1:0');
  }

  public async stop(): Promise<void> {
    await this.listener?.close(1_000);
    await this.engine?.close();
  }

  /** Some minutes in which producers send, the sealers seal, and replication does some of its work. */
  public async step(): Promise<void> {
    for (const log of [this.own, this.source]) {
      for (let left = Math.floor(this.random() * 3); left > 0; left--) await this.append(log);
      await this.clock.advance(Math.floor(this.random() * 8 * MINUTE));
      if (this.random() < 0.8) await log.seal();
    }
    await this.replicate((key) => this.delayOf(key) <= this.clock.now());
  }

  /** Sends an event, or one that was sent before to the other region again: its answer was lost. */
  private async append(log: LogBuilder): Promise<void> {
    const again = this.random() < 0.2 ? this.sent.at(-1) : undefined;
    const n = again?.n ?? this.sent.length;
    const received = this.clock.now();
    const shard = await this.shardOf(log);
    await shard.appendLines(log.line({ json: `{"n":${n}}`, id: `producer-${n}#0` }));
    this.sent.push({ n, received, region: log.log.region });
  }

  private async shardOf(log: LogBuilder): Promise<ShardBuilder> {
    const name = `${log.log.region} ${hourOf(this.clock.now())} ${Math.floor(this.random() * 2)}`;
    const shard = this.shards.get(name) ?? (await log.shard(hourOf(this.clock.now()), name));
    this.shards.set(name, shard);
    return shard;
  }

  /** When an object is replicated: mostly within 15 minutes, sometimes hours later. */
  private delayOf(key: string): number {
    const most = this.random() < 0.1 ? 3 * HOUR_MS : 15 * MINUTE;
    const time = this.delays.get(key) ?? this.clock.now() + this.random() * most;
    this.delays.set(key, time);
    return time;
  }

  public async replicate(isDue: (key: string) => boolean): Promise<void> {
    for (const [key, bytes] of (this.source.store as MemoryStore).objects) {
      if (isDue(key)) await this.replica.putOnce(key, bytes);
    }
  }

  public async search(): Promise<{ numbers: number[]; times: number[]; until: Record<string, number>; least: number }> {
    const numbers: number[] = [];
    const times: number[] = [];
    let answer: Response;
    let cursor = '';
    do {
      const to = new Date(this.clock.now() + HOUR_MS).toISOString();
      answer = await fetch(
        `http://${this.listener?.address}/v1/events?from=2026-03-01&to=${to}&limit=40${cursor && `&cursor=${cursor}`}`,
      );
      const lines = (await answer.text()).split('\n').slice(0, -1);
      numbers.push(...lines.map((line) => JSON.parse(line).event.n as number));
      times.push(...lines.map((line) => Date.parse(JSON.parse(line).received)));
      cursor = answer.headers.get('audit-next-cursor') ?? '';
    } while (cursor !== '');
    const least = Date.parse(String(answer.headers.get('audit-complete-until')));
    return { numbers, times, until: regionsOf(answer.headers), least };
  }
}

describe.each([
  ['a folder', async () => ({ store: await FileStore.open(join(folder, 'replica')), close: async () => {} })],
  [
    'S3',
    async () => {
      const { store, server } = await S3Fixture.start({ now: () => START, pageSize: 20 });
      return { store, close: () => server.close() };
    },
  ],
])('two logs, one of them replicated to %s in any order', (name, openReplica) => {
  it('are never said to be complete beyond what is there, and neither lose an event nor show one twice', async () => {
    const { store, close } = await openReplica();
    const regions = new TwoRegions(random(name.length), store);
    stops.push(() => regions.stop(), close);
    await regions.start(join(folder, 'cache'));
    let claimed = 0;
    for (let step = 0; step < 24; step++) {
      await regions.step();
      const { numbers, times, until, least } = await regions.search();
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      const promised = regions.sent.filter(
        ({ region, received }) => region === 'eu-1' || received < (until[region] ?? 0),
      );
      expect(promised.filter(({ n }) => !numbers.includes(n))).toEqual([]);
      expect(least).toBe(Math.min(...Object.values(until)));
      claimed = Math.max(claimed, until['eu-2'] ?? 0);
    }
    // Else nothing was promised.
    expect(claimed).toBeGreaterThan(START);
    await regions.source.seal();
    await regions.replicate(() => true);
    const { numbers, until } = await regions.search();
    expect([...numbers].sort((a, b) => a - b)).toEqual([...new Set(regions.sent.map(({ n }) => n))]);
    expect(until['eu-2']).toBeGreaterThanOrEqual((regions.sent.at(-1)?.received ?? 0) - 30_000);
  }, 60_000);
});
