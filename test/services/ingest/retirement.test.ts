import { event, IngestFixture, outcomeOf, START, settle, until } from './ingest-fixture';
import { held } from './scripted-writer';

/** The shard in a segment's or endorsement's key. */
function shardOf(key: string): string {
  return /[0-9a-f]{32}/.exec(key)?.[0] ?? '';
}

describe('a put that the store says nothing about', () => {
  test.each(['unknown', 'throw'] as const)('is sent again (%s): same key, same bytes', async (step) => {
    const node = new IngestFixture();
    node.writer.segmentSteps.push(step);
    const answer = node.append('1');
    await node.passUntil(() => node.writer.segments.length === 2);
    await answer;
    const [first, second] = node.writer.segments;
    expect(second?.key).toBe(first?.key);
    expect(second?.bytes).toBe(first?.bytes);
  });

  test('is not sent again at once', async () => {
    const node = new IngestFixture();
    node.writer.segmentSteps.push('unknown');
    const answer = node.append('1');
    await until(() => node.writer.segments.length === 1);
    await settle();
    expect(node.writer.segments).toHaveLength(1);
    await node.passUntil(() => node.writer.segments.length === 2);
    await answer;
  });

  test('retires the shard when it had landed, and its entries go to a new one', async () => {
    const node = new IngestFixture();
    node.writer.segmentSteps.push('landed');
    const values = [event('1'), event('2')];
    const answer = node.ingest.append(values, 'jwt:ada', 'k');
    await node.passUntil(() => node.writer.segments.length === 3);
    const [doubted, again, moved] = node.writer.segments;
    expect(again?.key).toBe(doubted?.key);
    expect(shardOf(moved?.key ?? '')).not.toBe(shardOf(doubted?.key ?? ''));
    expect(node.entries(2)).toEqual(node.entries(0));
    expect(node.prove(await answer, values, 'k').shard).toBe(shardOf(moved?.key ?? ''));
  });

  test('retires the shard when the budget is spent', async () => {
    const node = new IngestFixture();
    node.writer.segmentSteps.push(held().step);
    const answer = node.append('1');
    await until(() => node.writer.segments.length === 1);
    await node.clock.advance(9_999);
    await settle();
    expect(node.writer.segments).toHaveLength(1);
    await node.passUntil(() => node.writer.segments.length === 2);
    await answer;
    expect(new Set(node.writer.segments.map(({ key }) => shardOf(key))).size).toBe(2);
  });

  test('does not bring the old shard back when it settles late', async () => {
    const node = new IngestFixture();
    const put = held();
    node.writer.segmentSteps.push(put.step);
    const answer = node.append('1');
    await until(() => node.writer.segments.length === 1);
    await node.passUntil(() => node.writer.segments.length === 2);
    await answer;
    put.end('unknown');
    const next = node.append('2');
    await node.passUntil(() => node.writer.segments.length === 3);
    await next;
    const [old, ...later] = node.writer.segments.map(({ key }) => shardOf(key));
    expect(later).not.toContain(old);
  });

  test('keeps the order and the time of what waited behind it', async () => {
    const node = new IngestFixture();
    const put = held();
    node.writer.segmentSteps.push(put.step);
    const answers = [node.append('1')];
    await until(() => node.writer.segments.length === 1);
    await node.clock.advance(3);
    answers.push(node.append('2'), node.append('3'));
    put.end('exists');
    await node.passUntil(() => node.writer.segments.length === 2);
    const received = (await Promise.all(answers)).map(
      ({ receipt }) => Date.parse(receipt.received) - Date.parse(START),
    );
    expect(received).toEqual([0, 3, 3]);
    expect(node.entries(1).map(({ json }) => json)).toEqual(['1', '2', '3']);
  });
});

describe('a key that is taken before the first attempt', () => {
  test('of a segment raises an alarm and retires the shard', async () => {
    const node = new IngestFixture();
    node.writer.segmentSteps.push('exists');
    const answer = node.append('1');
    await node.passUntil(() => node.writer.segments.length === 2);
    await answer;
    expect(node.events).toContainEqual({ level: 'alarm', event: 'key-taken' });
  });

  test('of an endorsement raises an alarm and leads to another shard', async () => {
    const node = new IngestFixture();
    node.writer.endorsementSteps.push('exists');
    const answer = node.append('1');
    await node.passUntil(() => node.writer.segments.length === 1);
    await answer;
    const [taken, other] = node.writer.endorsements.map(({ key }) => shardOf(key));
    expect(node.events).toContainEqual({ level: 'alarm', event: 'key-taken' });
    expect(shardOf(node.writer.segments[0]?.key ?? '')).toBe(other);
    expect(other).not.toBe(taken);
  });

  test('raises no alarm when the node may have taken it itself', async () => {
    const node = new IngestFixture();
    node.writer.segmentSteps.push('landed');
    const answer = node.append('1');
    await node.passUntil(() => node.writer.segments.length === 3);
    await answer;
    expect(node.events.filter(({ level }) => level === 'alarm')).toEqual([]);
  });

  test('never makes the node hurry from shard to shard', async () => {
    const node = new IngestFixture();
    node.writer.otherwise = 'exists';
    const answer = outcomeOf(node.append('1'));
    await settle();
    expect(node.writer.puts.length).toBe(1);
    node.writer.otherwise = 'written';
    await node.passUntil(() => node.writer.segments.length === 1);
    expect(await answer).toBe('confirmed');
  });

  test('never makes the node hurry when only segments are refused', async () => {
    const node = new IngestFixture({ paceMs: 0 });
    node.writer.segmentSteps.push('exists', 'exists', 'exists');
    const answer = outcomeOf(node.append('1'));
    await until(() => node.writer.segments.length === 1);
    await settle();
    expect(node.writer.segments).toHaveLength(1);
    await node.passUntil(() => node.writer.segments.length === 4);
    expect(await answer).toBe('confirmed');
  });
});

describe('the time to confirm', () => {
  test('ends after 30 seconds with a store that hangs', async () => {
    const node = new IngestFixture();
    node.ingest.start();
    await until(() => node.ingest.isReady);
    node.writer.otherwise = held().step;
    let outcome = '';
    void outcomeOf(node.append('1')).then((text) => {
      outcome = text;
    });
    await node.passUntil(() => outcome !== '', 500);
    expect(outcome).toBe('append-unconfirmed');
    expect(node.clock.monotonic()).toBeLessThanOrEqual(30_000);
    node.ingest.close();
  });

  test('ends after 30 seconds also for what the store confirms later', async () => {
    const node = new IngestFixture();
    const put = held();
    node.writer.segmentSteps.push(put.step);
    const answer = outcomeOf(node.append('1'));
    await until(() => node.writer.segments.length === 1);
    // The wall clock only: the put's own budget is not spent.
    node.clock.setNow(Date.parse(START) + 30_001);
    put.end('written');
    expect(await answer).toBe('append-unconfirmed');
  });

  test('includes the thirtieth second', async () => {
    const node = new IngestFixture();
    const put = held();
    node.writer.segmentSteps.push(put.step);
    const answer = outcomeOf(node.append('1'));
    await until(() => node.writer.segments.length === 1);
    node.clock.setNow(Date.parse(START) + 30_000);
    put.end('written');
    expect(await answer).toBe('confirmed');
  });

  test('ends after 30 seconds by the monotonic clock alone', async () => {
    const node = new IngestFixture();
    node.writer.otherwise = 'unknown';
    const answer = outcomeOf(node.append('1'));
    await node.passUntil(() => node.clock.monotonic() > 30_000);
    node.clock.setNow(START);
    node.writer.otherwise = 'written';
    await node.passUntil(() => node.writer.segments.length === 1);
    expect(await answer).toBe('append-unconfirmed');
  });

  test('ends after 30 seconds also when the hour has ended in between', async () => {
    const node = new IngestFixture({ start: '2026-01-02T03:59:59.000Z' });
    node.ingest.start();
    await until(() => node.ingest.isReady);
    node.writer.otherwise = held().step;
    let outcome = '';
    void outcomeOf(node.append('1')).then((text) => {
      outcome = text;
    });
    await node.passUntil(() => outcome !== '', 500);
    expect(outcome).toBe('append-unconfirmed');
    expect(node.clock.monotonic()).toBeLessThanOrEqual(30_000);
    node.ingest.close();
  });

  test('ends when the node is closed', async () => {
    const node = new IngestFixture();
    node.writer.segmentSteps.push(held().step);
    const answer = outcomeOf(node.append('1'));
    await until(() => node.writer.segments.length === 1);
    node.ingest.close();
    expect(await answer).toBe('append-unconfirmed');
  });
});

describe('a wall clock that jumps', () => {
  test.each([
    ['a second forward', 1_000, 1],
    ['a second back', -1_000, 1],
    ['more than a second forward', 1_001, 2],
    ['more than a second back', -1_001, 2],
  ])('%s', async (_, jump, shards) => {
    const node = new IngestFixture({ paceMs: 0 });
    await node.append('1');
    node.clock.setNow(Date.parse(START) + jump);
    await node.append('2');
    expect(new Set(node.writer.segments.map(({ key }) => shardOf(key))).size).toBe(shards);
  });

  test('back by less than a second never makes an entry older than the one before', async () => {
    const node = new IngestFixture({ paceMs: 0 });
    await node.append('1');
    node.clock.setNow(Date.parse(START) - 900);
    expect((await node.append('2')).receipt.received).toBe(START);
  });

  test('back leaves receipts that hold: the new endorsement begins no later than its entries', async () => {
    const node = new IngestFixture({ paceMs: 0 });
    await node.append('1');
    node.clock.setNow('2026-01-02T03:01:00.000Z');
    const answer = await node.append('2');
    expect(answer.receipt.received).toBe('2026-01-02T03:01:00.000Z');
    expect(node.prove(answer, [event('2')]).first).toBe(0);
  });

  test('while a shard is being endorsed leaves that shard unused', async () => {
    const node = new IngestFixture();
    const put = held();
    node.writer.endorsementSteps.push(put.step);
    const answer = node.append('1');
    await until(() => node.writer.endorsements.length === 1);
    node.clock.setNow(Date.parse(START) + 2_000);
    put.end('written');
    await answer;
    const [unused, used] = node.writer.endorsements.map(({ key }) => shardOf(key));
    expect(node.writer.segments.map(({ key }) => shardOf(key))).toEqual([used]);
    expect(used).not.toBe(unused);
  });

  test('stops the attempts of the shard that it retires', async () => {
    const node = new IngestFixture();
    node.ingest.start();
    await until(() => node.ingest.isReady);
    node.writer.segmentSteps.push('unknown');
    const answer = node.append('1');
    await until(() => node.writer.segments.length === 1);
    node.clock.setNow(node.clock.now() + 2_000);
    const second = node.append('2');
    await node.passUntil(() => node.writer.segments.length === 2);
    await Promise.all([answer, second]);
    const [old, next] = node.writer.segments.map(({ key }) => shardOf(key));
    expect(next).not.toBe(old);
    node.ingest.close();
  });
});
