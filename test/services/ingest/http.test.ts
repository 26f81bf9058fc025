import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type AppendAnswer, encodeBody, openReceipt, splitJson, splitLines } from '../../../lib/record';
import { MAX_BODY_SIZE } from '../../../lib/services/ingest/config';
import { type IngestNode, startIngest } from '../../../lib/services/ingest/main';
import { CORPUS } from '../../corpus';
import { codeOf, send } from './http-client';
import { makeNodeFolder, type NodeFolder } from './node-fixture';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const NDJSON_TYPE = { 'Content-Type': 'application/x-ndjson' };

let folder: NodeFolder;
let node: IngestNode;

beforeAll(async () => {
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  folder = await makeNodeFolder();
  node = await startIngest(folder.settings);
});

afterAll(async () => {
  await node.stop();
  await folder.remove();
});

function prove(body: string, values: ReturnType<typeof splitJson>, idempotencyKey?: string): AppendAnswer {
  const answer: AppendAnswer = JSON.parse(body);
  const { received, writer } = answer.receipt;
  const { leaves } = encodeBody(values, { received: Date.parse(received), writer, idempotencyKey });
  openReceipt(answer.receipt, leaves, folder.admission);
  return answer;
}

describe('POST /v1/events', () => {
  test('appends a JSON value and answers with a receipt that holds', async () => {
    const body = '{"action":"login"}';
    const answer = await send(node.address, { headers: JSON_TYPE, body });
    expect(answer.status).toBe(200);
    expect(prove(answer.body, splitJson(body))).toMatchObject({ accepted: 1, rejected: [] });
  });

  test('appends the elements of an array', async () => {
    const body = '[{"a":1},{"a":2},3]';
    const answer = await send(node.address, { headers: JSON_TYPE, body });
    expect(prove(answer.body, splitJson(body)).accepted).toBe(3);
  });

  test('appends lines, and those that are not JSON as text', async () => {
    const body = '{"a":1}\nno JSON\n\n{"a":2}\r\n';
    const answer = await send(node.address, { headers: { ...NDJSON_TYPE, 'Idempotency-Key': 'k:1' }, body });
    expect(prove(answer.body, splitLines(body), 'k:1').accepted).toBe(3);
    expect(await folder.stored()).toContain('"no JSON"');
  });

  test('takes gzip', async () => {
    const body = '{"zipped":true}\n';
    const headers = { ...NDJSON_TYPE, 'Content-Encoding': 'gzip' };
    expect((await send(node.address, { headers, body: gzipSync(body) })).status).toBe(200);
    expect(await folder.stored()).toContain('{"zipped":true}');
  });

  test('takes a body in chunks', async () => {
    const headers = { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' };
    expect((await send(node.address, { headers, body: '{"chunked":true}' })).status).toBe(200);
  });

  test('is never cached', async () => {
    const { headers } = await send(node.address, { headers: JSON_TYPE, body: '1' });
    expect(headers['cache-control']).toBe('no-store');
  });

  test('keeps every value of the corpus as it is', async () => {
    const answers = await Promise.all(CORPUS.map(({ sent }) => send(node.address, { headers: JSON_TYPE, body: sent })));
    expect(answers.map(({ status }) => status)).toEqual(CORPUS.map(() => 200));
    expect(await folder.stored()).toEqual(expect.arrayContaining(CORPUS.map(({ stored }) => stored)));
  });

  test.each([
    'application/json',
    'Application/JSON; charset=UTF-8',
    'application/json;charset="utf-8"',
    'application/json; version=1',
    'application/x-ndjson',
    'application/jsonl',
    'application/stream+json',
  ])('understands %s', async (type) => {
    const answer = await send(node.address, { headers: { 'Content-Type': type }, body: '{"typed":1}' });
    expect(answer.status).toBe(200);
  });

  test.each([undefined, '', 'text/plain', 'application/json; charset=latin1', 'constructor', 'application/xml'])(
    'does not understand %s',
    async (type) => {
      const headers = type === undefined ? {} : { 'Content-Type': type };
      const answer = await send(node.address, { headers, body: '{}' });
      expect([answer.status, codeOf(answer)]).toEqual([415, 'content-type-unsupported']);
    },
  );

  test.each(['br', 'deflate', 'gzip, gzip', 'x-gzip'])('does not understand the encoding %s', async (encoding) => {
    const answer = await send(node.address, { headers: { ...JSON_TYPE, 'Content-Encoding': encoding }, body: '{}' });
    expect([answer.status, codeOf(answer)]).toEqual([415, 'content-encoding-unsupported']);
  });

  test.each(['', 'a b', 'ä', 'x'.repeat(129), '"quoted"'])('refuses the Idempotency-Key %p', async (key) => {
    const headers = { ...JSON_TYPE, 'Idempotency-Key': Buffer.from(key).toString('latin1') };
    const answer = await send(node.address, { headers, body: '{}' });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'idempotency-key-invalid']);
  });

  test('takes the longest Idempotency-Key', async () => {
    const headers = { ...JSON_TYPE, 'Idempotency-Key': `Az09._:-${'x'.repeat(120)}` };
    expect((await send(node.address, { headers, body: '{}' })).status).toBe(200);
  });

  const gzipped = gzipSync('{"never":"stored"}');
  test.each([
    ['bytes that are not UTF-8', JSON_TYPE, Buffer.from([0x22, 0xff, 0x22])],
    ['a byte order mark', JSON_TYPE, '\ufeff{"never":"stored"}'],
    ['a broken array', JSON_TYPE, '[{"never":"stored"},'],
    ['half a value', JSON_TYPE, '{"never":"stored"'],
    ['an array with a broken element', JSON_TYPE, '[{"never":"stored"},{]'],
    ['cut gzip', { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, gzipped.subarray(0, -4)],
    ['plain text called gzip', { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, '{"never":"stored"}'],
    [
      'gzip with something behind',
      { ...JSON_TYPE, 'Content-Encoding': 'gzip' },
      Buffer.concat([gzipped, Buffer.from('x')]),
    ],
  ])('refuses %s and stores nothing', async (_, headers, body) => {
    const answer = await send(node.address, { headers, body });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'body-malformed']);
    expect((await folder.stored()).filter((json) => json.includes('never'))).toEqual([]);
  });

  test.each([
    ['an empty array', JSON_TYPE, '[]'],
    ['an array of white space', JSON_TYPE, ' [ \n ] '],
    ['blank lines', NDJSON_TYPE, '\n \r\n\t\n'],
    ['no line', NDJSON_TYPE, ''],
  ])('refuses %s: no event', async (_, headers, body) => {
    const answer = await send(node.address, { headers, body });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'no-events']);
  });

  test('takes a body of exactly 4 MiB', async () => {
    const body = `"${'x'.repeat(MAX_BODY_SIZE - 2)}"`;
    const answer = await send(node.address, { headers: JSON_TYPE, body });
    expect(answer.status).toBe(200);
    expect(prove(answer.body, splitJson(body))).toMatchObject({
      accepted: 0,
      rejected: [{ i: 0, size: MAX_BODY_SIZE }],
    });
  });

  const over = Buffer.alloc(MAX_BODY_SIZE + 1, '1\n');
  test.each([
    ['announced', JSON_TYPE, over],
    ['in chunks', { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' }, over],
    ['after gunzip', { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, gzipSync(over)],
    ['after gunzip, by far', { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, gzipSync(Buffer.alloc(256 * 1024 * 1024))],
  ])('refuses a body over 4 MiB, %s', async (_, headers, body) => {
    const answer = await send(node.address, { headers, body });
    expect([answer.status, codeOf(answer)]).toEqual([413, 'body-too-large']);
  });

  test('refuses many small events that are too large together, before they cost much', async () => {
    const body = Buffer.alloc(MAX_BODY_SIZE, '1\n');
    const before = process.memoryUsage().rss;
    const answer = await send(node.address, { headers: NDJSON_TYPE, body });
    expect([answer.status, codeOf(answer)]).toEqual([413, 'too-many-events']);
    expect(process.memoryUsage().rss - before).toBeLessThan(120 * 1024 * 1024);
  });
});

describe('other requests', () => {
  test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s /v1/events is not allowed', async (method) => {
    const answer = await send(node.address, { method });
    expect([answer.status, codeOf(answer), answer.headers.allow]).toEqual([405, 'method-not-allowed', 'POST']);
  });

  test.each(['/', '/v1/events/', '/v1/event', '/v1//events', '/metrics'])('%s is not there', async (path) => {
    const answer = await send(node.address, { path });
    expect([answer.status, codeOf(answer)]).toEqual([404, 'not-found']);
  });

  test.each(['/healthz', '/readyz'])('GET %s says that all is well', async (path) => {
    expect((await send(node.address, { method: 'GET', path })).status).toBe(200);
  });

  test.each(['/healthz', '/readyz'])('POST %s is not allowed', async (path) => {
    expect((await send(node.address, { path })).status).toBe(405);
  });

  test('a client that leaves in the middle of its body leaves nothing behind', async () => {
    const socket = connect(node.address);
    socket.write(
      'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"left":',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    expect((await send(node.address, { headers: JSON_TYPE, body: '{}' })).status).toBe(200);
    expect((await folder.stored()).filter((json) => json.includes('left'))).toEqual([]);
  });
});
