import { NODE_WRITER } from '../../../lib/record';
import { event, IngestFixture, outcomeOf, settle, until } from './ingest-fixture';
import { held } from './scripted-writer';

function hourIn(key: string | undefined): string {
  return /hour=\d\d/.exec(key ?? '')?.[0] ?? '';
}

describe('the hour', () => {
  test('decides the folder, and its end the shard', async () => {
    const node = new IngestFixture({ start: '2026-01-02T03:59:59.999Z' });
    const before = await node.append('1');
    await node.clock.advance(1);
    const after = await node.append('2');
    expect(node.writer.segments.map(({ key }) => hourIn(key))).toEqual(['hour=03', 'hour=04']);
    expect(after.receipt.origin).not.toBe(before.receipt.origin);
    expect(node.prove(after, [event('2')]).first).toBe(0);
  });

  test('may end while its last segment is in flight; the next hour does not wait', async () => {
    const node = new IngestFixture({ start: '2026-01-02T03:59:59.999Z' });
    const put = held();
    node.writer.segmentSteps.push(put.step);
    const before = node.append('1');
    await until(() => node.writer.segments.length === 1);
    await node.clock.advance(1);
    await node.append('2');
    put.end('written');
    expect(node.prove(await before, [event('1')]).size).toBe(1);
  });

  test('takes requeued entries after its end', async () => {
    const node = new IngestFixture({ start: '2026-01-02T03:59:59.000Z' });
    node.writer.segmentSteps.push('exists');
    const answer = node.append('1');
    await until(() => node.writer.segments.length === 1);
    await node.clock.advance(1_000);
    await node.passUntil(() => node.writer.segments.length === 2);
    expect(hourIn(node.writer.segments[1]?.key)).toBe('hour=03');
    expect(node.prove(await answer, [event('1')]).size).toBe(1);
  });

  test('to come is endorsed once in the last 15 minutes, and used', async () => {
    const node = new IngestFixture({ start: '2026-01-02T03:44:00.000Z' });
    node.ingest.start();
    await until(() => node.ingest.isReady);
    await node.clock.advance(59_000);
    await settle();
    expect(node.writer.endorsements).toHaveLength(1);
    await node.passUntil(() => node.clock.now() >= Date.parse('2026-01-02T04:00:00.000Z'), 5_000);
    expect(node.writer.endorsements.map(({ key }) => hourIn(key))).toEqual(['hour=03', 'hour=04']);
    const answer = node.append('1');
    await node.passUntil(() => node.writer.segments.some(({ key }) => hourIn(key) === 'hour=04'));
    await answer;
    expect(node.writer.endorsements).toHaveLength(2);
    node.ingest.close();
  });
});

describe('a heartbeat', () => {
  test('is written after 30 seconds without an entry', async () => {
    const node = new IngestFixture();
    node.ingest.start();
    await until(() => node.ingest.isReady);
    await node.passUntil(() => node.clock.monotonic() === 29_000, 1_000);
    await settle();
    expect(node.writer.segments).toHaveLength(0);
    await node.clock.advance(1_000);
    await until(() => node.writer.segments.length === 1);
    expect(node.entries(0)).toMatchObject([{ kind: 'heartbeat', writer: NODE_WRITER, json: '{}' }]);
    node.ingest.close();
  });

  test('is not needed 30 seconds after the start when there was an entry', async () => {
    const node = new IngestFixture();
    node.ingest.start();
    await until(() => node.ingest.isReady);
    await node.clock.advance(1_000);
    await node.append('1');
    for (let second = 0; second < 29; second++) {
      await node.clock.advance(1_000);
    }
    await settle();
    expect(node.writer.segments).toHaveLength(1);
    node.ingest.close();
  });
});

describe('readiness', () => {
  test('waits for the first confirmed write', async () => {
    const node = new IngestFixture();
    const put = held();
    node.writer.endorsementSteps.push(put.step);
    node.ingest.start();
    await until(() => node.writer.endorsements.length === 1);
    expect(node.ingest.isReady).toBe(false);
    put.end('written');
    await until(() => node.ingest.isReady);
    expect(node.writer.segments).toHaveLength(0);
    node.ingest.close();
  });

  test('ends 60 seconds after the last confirmed write', async () => {
    const node = new IngestFixture();
    await node.append('1');
    await node.clock.advance(60_000);
    expect(node.ingest.isReady).toBe(true);
    await node.clock.advance(1);
    expect(node.ingest.isReady).toBe(false);
  });

  test('ends with the draining, which refuses new appends', async () => {
    const node = new IngestFixture();
    await node.append('1');
    node.ingest.drain();
    expect(node.ingest.isReady).toBe(false);
    expect(await outcomeOf(node.append('2'))).toBe('draining');
  });

  test('is kept by heartbeats alone', async () => {
    const node = new IngestFixture();
    node.ingest.start();
    await until(() => node.ingest.isReady);
    await node.passUntil(() => node.clock.monotonic() >= 300_000, 1_000);
    expect(node.ingest.isReady).toBe(true);
    node.ingest.close();
  });

  test('comes back when the store does', async () => {
    const node = new IngestFixture();
    node.writer.otherwise = 'unknown';
    node.ingest.start();
    await node.passUntil(() => node.clock.monotonic() >= 90_000, 1_000);
    expect(node.ingest.isReady).toBe(false);
    node.writer.otherwise = 'written';
    await node.passUntil(() => node.ingest.isReady, 1_000);
    node.ingest.close();
  });
});

describe('an admission key', () => {
  test.each([
    ['fails', () => Promise.reject(new Error('secret')), 'admission-key-failed'],
    ['does not answer', () => new Promise<never>(() => {}), 'admission-key-silent'],
  ])('that %s leaves the node waiting, and is asked again', async (_, before, reported) => {
    const node = new IngestFixture();
    node.admission.before = before;
    node.ingest.start();
    await node.passUntil(() => node.events.some(({ event }) => event === reported), 1_000);
    expect(node.ingest.isReady).toBe(false);
    expect(node.writer.puts).toHaveLength(0);
    node.admission.before = async () => {};
    await node.passUntil(() => node.ingest.isReady);
    node.ingest.close();
  });
});
