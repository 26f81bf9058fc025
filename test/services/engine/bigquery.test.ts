import { BigQueryEngine, type BigQueryTable } from '../../../lib/services/engine/bigquery';
import { readSegmentRows } from '../../../lib/services/engine/segment-rows';
import { BigQueryServer } from '../../bigquery-server';
import { all, engineConformance, event, LOG, NOW } from '../../conformance/engine';
import { ShardWriter } from '../../conformance/shard-writer';
import { FakeClock } from '../../fake-clock';
import { MemoryStore } from '../../memory-store';

const TABLE = 'acme-audit.audit_log.events';

/** A store, and a view that is rolled up whenever somebody asks how far it goes. */
class View {
  public static async make(): Promise<View> {
    return new View(await BigQueryServer.start(TABLE));
  }

  public readonly store = new MemoryStore();
  public readonly clock = new FakeClock(NOW);
  private readonly rolledUp = new Set<string>();

  private constructor(public readonly server: BigQueryServer) {}

  public engine(changed: Partial<BigQueryTable> = {}, timeoutMs?: number): BigQueryEngine {
    const { endpoint } = this.server;
    const where = { project: 'acme-audit', location: 'EU', table: TABLE, scanLimitBytes: 1_000_000_000, endpoint };
    return new BigQueryEngine({
      where: { ...where, ...changed },
      completeUntil: () => this.rollUp(),
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
  }

  private async rollUp(): Promise<number> {
    for (const [key, bytes] of this.store.objects) {
      const parsed = LOG.parseKey(key);
      if (this.rolledUp.has(key) || parsed?.kind !== 'segment') continue;
      this.rolledUp.add(key);
      await this.server.load(LOG.shardOrigin(parsed.shard), readSegmentRows(bytes, parsed.first).rows);
    }
    return this.clock.now() - 30_000;
  }
}

engineConformance('BigQueryEngine', async () => {
  const view = await View.make();
  const { store, clock, server } = view;
  return { engine: view.engine(), store, clock, close: () => server.close() };
});

let view: View;
let shard: ShardWriter;

beforeEach(async () => {
  view = await View.make();
  shard = new ShardWriter(LOG, view.store, NOW);
});
afterEach(() => view.server.close());

describe('the request', () => {
  it('binds every value, and names the table and the limit', async () => {
    const values = { actor: 'a-1', action: 'b-2', target: 'c-3', outcome: 'd-4', writer: 'e-5', contains: 'f-6' };
    const after = { received: NOW - 5, origin: 'g-7', index: 8 };
    await view.engine().search(all({ ...values, after, limit: 9 }));
    const [[path, body]] = view.server.requests as [(typeof view.server.requests)[0]];
    expect(path).toBe('POST /bigquery/v2/projects/acme-audit/queries');
    expect(body).toMatchObject({
      useLegacySql: false,
      parameterMode: 'NAMED',
      location: 'EU',
      maximumBytesBilled: '1000000000',
      useQueryCache: false,
    });
    expect(body?.query).toContain(`FROM \`${TABLE}\``);
    const bound = new Map(body?.queryParameters.map(({ name, parameterValue }) => [name, parameterValue.value]));
    for (const [name, value] of Object.entries(values)) {
      expect(bound.get(name)).toBe(value);
      expect(body?.query).not.toContain(value);
    }
    expect(body?.query).not.toMatch(/'|"|\d{2}/);
    expect(Object.fromEntries(bound)).toMatchObject({
      afterReceived: String(NOW - 5),
      afterOrigin: 'g-7',
      limit: '10',
    });
  });

  it.each([
    ['a time', NOW, NOW + 1, '2026-03-01-12', '2026-03-01-12'],
    ['an hour, exactly', NOW - 1_800_000, NOW + 1_800_000, '2026-03-01-12', '2026-03-01-12'],
    ['all of time', 0, 8.64e15, '1970-01-01-00', '9999-12-31-23'],
  ])('reads the hours of %s only', async (_, from, to, first, last) => {
    await view.engine().search(all({ from, to }));
    const parameters = view.server.requests[0]?.[1]?.queryParameters ?? [];
    const value = (wanted: string) => parameters.find(({ name }) => name === wanted)?.parameterValue.value;
    expect([value('firstHour'), value('lastHour')]).toEqual([first, last]);
  });

  it('is not sent for half a character, which is in no line', async () => {
    expect((await view.engine().search(all({ contains: '\ud83d' }))).events).toEqual([]);
    expect(view.server.requests).toEqual([]);
  });
});

describe('the answer', () => {
  it('comes in parts', async () => {
    await shard.write(...Array.from({ length: 2_500 }, (_, i) => event(i, String(i))));
    const { events, next } = await view.engine().search(all());
    expect(events.map(({ index }) => index)).toEqual(Array.from({ length: 2_500 }, (_, i) => i));
    expect(next).toBeUndefined();
    expect(view.server.requests).toHaveLength(3);
  });

  it('is waited for', async () => {
    await shard.write(event(1, '1'));
    view.server.fail({ waits: 2 });
    expect((await view.engine().search(all())).events).toHaveLength(1);
    expect(view.server.requests.map(([request]) => request)).toEqual([
      'POST /bigquery/v2/projects/acme-audit/queries',
      'GET /bigquery/v2/projects/acme-audit/queries/job-0',
      'GET /bigquery/v2/projects/acme-audit/queries/job-0',
    ]);
  });

  it('shows an entry and its forged twin, even above the limit, and what is behind them next', async () => {
    const twin = new ShardWriter(LOG, new MemoryStore(), NOW, shard.shard);
    await shard.write(event(1, '"one"'), event(2, '"two"'));
    const { store } = view;
    await view.engine().search(all());
    const { rows } = readSegmentRows(await twin.segment(Buffer.from(await forged())), 0);
    await view.server.load(shard.origin, rows);
    const first = await view.engine().search(all({ limit: 1 }));
    expect(first.events.map(({ index }) => index)).toEqual([0, 0]);
    const second = await view.engine().search(all({ limit: 1, ...(first.next && { after: first.next }) }));
    expect(second.events.map(({ index }) => index)).toEqual([1]);
    expect(store.objects.size).toBe(1);
  });

  async function forged(): Promise<string> {
    const [line] = await new ShardWriter(LOG, new MemoryStore(), NOW).write(event(1, '"forged"'));
    return `${line}\n`;
  }
});

describe('a failure', () => {
  it('says that the search would read too much', async () => {
    view.server.fail({ status: 400, reason: 'bytesBilledLimitExceeded' });
    await expect(view.engine().search(all())).rejects.toMatchObject({ code: 'search-too-large' });
  });

  it('names the kind of error and nothing of the search', async () => {
    view.server.fail({ status: 403, reason: 'accessDenied' });
    await expect(view.engine().search(all({ contains: 'secret' }))).rejects.toThrow(/^BigQuery: 403 accessDenied$/);
  });

  it('for a moment is not one', async () => {
    view.server.fail({ status: 503, reason: 'backendError' });
    expect((await view.engine().search(all())).events).toEqual([]);
  });

  it('to end in time cancels the job', async () => {
    view.server.fail({ waits: 1_000_000 });
    await expect(view.engine({}, 100).search(all())).rejects.toMatchObject({ code: 'search-timeout' });
    expect(view.server.requests.at(-1)?.[0]).toBe('POST /bigquery/v2/projects/acme-audit/jobs/job-0/cancel');
  });
});

it.each(['', 'events', 'audit_log.events', 'acme-audit.audit_log.events`', 'acme-audit.a b.c', 'acme-audit.a.b.c'])(
  'the table %j is refused',
  (table) => {
    expect(() => view.engine({ table })).toThrow(expect.objectContaining({ code: 'setting-invalid' }));
  },
);

it.each(['', 'a/b', 'acme-audit/../other'])('the project %j is refused', (project) => {
  expect(() => view.engine({ project })).toThrow(expect.objectContaining({ code: 'setting-invalid' }));
});

it.each(['http://bigquery.example.com', 'nowhere'])('the endpoint %j is refused', (endpoint) => {
  expect(() => view.engine({ endpoint })).toThrow(expect.objectContaining({ code: 'setting-invalid' }));
});
