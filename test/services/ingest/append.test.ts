import { MAX_SEGMENT_LINES_SIZE, TooLarge } from '../../../lib/record';
import { event, IngestFixture, outcomeOf, PACE_MS, START, settle, until } from './ingest-fixture';
import { held } from './scripted-writer';

/** Events whose lines together are over half of what a segment takes. */
const HALF = Array.from({ length: 70 }, () => event(`"${'x'.repeat(60_000)}"`));

describe('one append', () => {
  test('is answered with a receipt that its client can check', async () => {
    const node = new IngestFixture();
    const values = [event('{"a":1}'), event('{"b":2}'), { kind: 'text' as const, json: '"not JSON"' }];
    const answer = await node.ingest.append(values, 'mtls:spiffe://acme/agent', 'k-1');
    expect(node.prove(answer, values, 'k-1')).toMatchObject({ first: 0, size: 3 });
  });

  test('says what was accepted, when and for whom', async () => {
    const node = new IngestFixture();
    const answer = await node.append('{"a":1}', 'jwt:ada');
    expect(answer).toMatchObject({
      accepted: 1,
      rejected: [],
      receipt: { received: START, writer: 'jwt:ada', count: 1 },
    });
  });

  test('stores the values in order, with the ids of its key', async () => {
    const node = new IngestFixture();
    await node.ingest.append([event('1'), event('2')], 'jwt:ada', 'k');
    expect(node.entries(0).map(({ id, json }) => [id, json])).toEqual([
      ['k#0', '1'],
      ['k#1', '2'],
    ]);
  });

  test('counts a value that is too large as rejected, and proves its refusal', async () => {
    const node = new IngestFixture();
    const values = [event(`"${'x'.repeat(70_000)}"`), event('2')];
    const answer = await node.ingest.append(values, 'jwt:ada');
    expect(answer.accepted).toBe(1);
    expect(answer.rejected).toMatchObject([{ i: 0, reason: 'too-large', size: 70_002 }]);
    expect(node.prove(answer, values).leaves).toHaveLength(2);
  });

  test('is refused as a whole when it does not fit a segment', async () => {
    const node = new IngestFixture();
    await expect(node.ingest.append([...HALF, ...HALF], 'jwt:ada')).rejects.toThrow(TooLarge);
    expect(node.writer.segments).toHaveLength(0);
  });

  test('is written at once by an idle node', async () => {
    const node = new IngestFixture();
    await node.append('1');
    expect(node.clock.monotonic()).toBe(0);
  });

  test('is not answered before the store confirmed it', async () => {
    const node = new IngestFixture();
    const put = held();
    node.writer.segmentSteps.push(put.step);
    let isAnswered = false;
    const answer = node.append('1').then(() => {
      isAnswered = true;
    });
    await until(() => node.writer.segments.length === 1);
    await settle();
    expect(isAnswered).toBe(false);
    put.end('written');
    await answer;
    expect(isAnswered).toBe(true);
  });

  test('puts the endorsement before the first segment', async () => {
    const node = new IngestFixture();
    await node.append('1');
    expect(node.writer.puts.map(({ key }) => key.split('/')[2])).toEqual(['shards', 'entries']);
  });
});

describe('appends that come together', () => {
  test('share the next segment, and each has a receipt that holds', async () => {
    const node = new IngestFixture();
    await node.append('0');
    const sizes = [1, 3, 2, 1, 5, 1];
    const requests = sizes.map((size, r) => Array.from({ length: size }, (_, i) => event(`{"r":${r},"i":${i}}`)));
    const answers = requests.map((values, r) => node.ingest.append(values, `jwt:${r}`, `key-${r}`));
    await node.passUntil(() => node.writer.segments.length === 2, 10);
    for (const [r, answer] of (await Promise.all(answers)).entries()) {
      const first = 1 + sizes.slice(0, r).reduce((sum, size) => sum + size, 0);
      expect(node.prove(answer, requests[r] ?? [], `key-${r}`)).toMatchObject({ first, size: 14 });
    }
  });

  test('wait for the pace', async () => {
    const node = new IngestFixture();
    await node.append('1');
    const second = node.append('2');
    await node.clock.advance(PACE_MS - 1);
    await settle();
    expect(node.writer.segments).toHaveLength(1);
    await node.clock.advance(1);
    await second;
    expect(node.writer.segments).toHaveLength(2);
  });

  test('do not wait for the pace when there is enough for a segment', async () => {
    const node = new IngestFixture();
    await node.append('1');
    const answers = [node.ingest.append(HALF, 'jwt:ada'), node.ingest.append(HALF, 'jwt:bob')];
    await until(() => node.writer.segments.length === 2);
    expect(node.clock.monotonic()).toBe(0);
    await node.clock.advance(PACE_MS);
    await Promise.all(answers);
  });

  test('never span two segments, nor make one that is too large', async () => {
    const node = new IngestFixture();
    await node.append('1');
    const answers = [node.ingest.append(HALF, 'jwt:ada'), node.ingest.append(HALF, 'jwt:bob')];
    await node.passUntil(() => node.writer.segments.length === 3, 10);
    await Promise.all(answers);
    expect(2 * 70 * 60_000).toBeGreaterThan(MAX_SEGMENT_LINES_SIZE);
    expect([node.entries(1).length, node.entries(2).length]).toEqual([70, 70]);
  });

  test('never have two puts in flight', async () => {
    const node = new IngestFixture({ paceMs: 0 });
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        await settle();
        await node.append(String(i));
      }),
    );
    expect(node.writer.mostInFlight).toBe(1);
  });

  test.each([1, 2, 3, 7, 8, 9, 31, 64, 65])('hold their receipts over %i segments', async (segments) => {
    const node = new IngestFixture({ paceMs: 0 });
    for (let i = 0; i < segments; i++) {
      const answer = await node.append(String(i));
      expect(node.prove(answer, [event(String(i))])).toMatchObject({ first: i, size: i + 1 });
    }
  });
});

describe('memory', () => {
  test('is given back when the append is answered', async () => {
    const node = new IngestFixture();
    await node.append('1');
    expect(node.budget.reserved).toBe(0);
  });

  test('is held while the append is not', async () => {
    const node = new IngestFixture();
    const put = held();
    node.writer.segmentSteps.push(put.step);
    const answer = node.ingest.append(HALF, 'jwt:ada');
    expect(node.budget.reserved).toBeGreaterThan(70 * 60_000);
    put.end('written');
    await answer;
  });

  test('that is not there refuses the append', async () => {
    const node = new IngestFixture({ budget: 60_000 });
    expect(await outcomeOf(node.ingest.append(HALF, 'jwt:ada'))).toBe('overloaded');
    expect(node.budget.reserved).toBe(0);
  });
});
