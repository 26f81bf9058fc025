import { gzipSync } from 'node:zlib';
import { type AlbAnswer, type AlbEvent, type AlbHandler, albHandler } from '../../../lib/services/alb-handler';
import { toEnv } from '../../../lib/services/ingest/config';
import { openNode, handler as ownHandler } from '../../../lib/services/ingest/lambda';
import type { OpenIngest } from '../../../lib/services/ingest/main';
import { albEvent, CONTEXT, multiValueEvent } from '../alb-event';
import { leafOf } from '../identity/leaf';
import { makeNodeFolder, type NodeFolder } from './node-fixture';

let folder: NodeFolder;
let node: OpenIngest;
let handler: AlbHandler;

beforeEach(async () => {
  folder = await makeNodeFolder();
  node = await openNode(toEnv(folder.settings));
  handler = albHandler(node.app);
});
afterEach(async () => {
  node.ingest.close();
  await folder.remove();
});

const call = (event: AlbEvent): Promise<AlbAnswer> => handler(event, CONTEXT);
const errorOf = ({ body }: AlbAnswer): string => (JSON.parse(body) as { error: { code: string } }).error.code;

it('stores an event before it answers with its receipt', async () => {
  const answer = await call(albEvent({ body: '{"action":"a","price":1.10}' }));
  expect(answer.statusCode).toBe(200);
  expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  expect(answer.isBase64Encoded).toBe(false);
  expect(JSON.parse(answer.body)).toMatchObject({ accepted: 1, receipt: { count: 1, writer: 'anonymous' } });
  expect(await folder.stored()).toEqual(['{"action":"a","price":1.10}']);
});

it('makes a segment of its own of each request, in one shard', async () => {
  const origins = [];
  for (const first of [0, 1, 2]) {
    const { receipt } = JSON.parse((await call(albEvent({ body: '{}' }))).body);
    expect(receipt.first).toBe(first);
    origins.push(receipt.origin);
  }
  expect(new Set(origins).size).toBe(1);
});

it('reads a body that the load balancer has put into base64', async () => {
  const body = gzipSync('{"n":1}\n{"n":2}\n').toString('base64');
  const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' };
  const answer = await call(albEvent({ headers, body, isBase64Encoded: true }));
  expect(JSON.parse(answer.body)).toMatchObject({ accepted: 2 });
  expect(await folder.stored()).toEqual(['{"n":1}', '{"n":2}']);
});

it('keeps text of other scripts byte for byte', async () => {
  await call(albEvent({ body: '{"actor":"مُحَمَّد 😀"}' }));
  expect(await folder.stored()).toEqual(['{"actor":"مُحَمَّد 😀"}']);
});

it('answers with multi-value headers where the target group has them on', async () => {
  const answer = await call(multiValueEvent({ body: '{}' }));
  expect(answer.statusCode).toBe(200);
  expect(answer.headers).toBeUndefined();
  expect(answer.multiValueHeaders).toMatchObject({ 'cache-control': ['no-store'] });
});

it('answers a health check, which has no host', async () => {
  const event = albEvent({ httpMethod: 'GET', path: '/healthz' });
  const healthCheck = { ...event, headers: { 'user-agent': 'ELB-HealthChecker/2.0' }, queryStringParameters: {} };
  expect((await call(healthCheck)).statusCode).toBe(200);
});

it('is ready once something was stored, and only for a while', async () => {
  const readiness = albEvent({ httpMethod: 'GET', path: '/readyz' });
  await call(albEvent({ body: '{}' }));
  expect((await call(readiness)).statusCode).toBe(200);
});

it('reads header names in any case', async () => {
  const { headers: { 'content-type': _, ...headers } = {}, ...event } = albEvent({ body: '{}' });
  const answer = await call({ ...event, headers: { ...headers, 'Content-Type': 'application/json', Host: 'x' } });
  expect(answer.statusCode).toBe(200);
});

it.each([
  ['a wrong path', { path: '/v2/events', body: '{}' }, 404, 'not-found'],
  ['GET, also with a body', { httpMethod: 'GET', body: '{}' }, 405, 'method-not-allowed'],
  ['no body', { body: '' }, 400, 'body-malformed'],
  ['a body that is null', { body: null }, 400, 'body-malformed'],
  ['a body that is no JSON', { body: '{' }, 400, 'body-malformed'],
  ['a malformed host', { headers: { host: 'a b' }, body: '{}' }, 400, 'request-malformed'],
  ['a host with a path', { headers: { host: 'a/b?' }, body: '{}' }, 400, 'request-malformed'],
  ['a malformed method', { httpMethod: 'po st', body: '{}' }, 400, 'request-malformed'],
])('refuses %s', async (_, change, status, code) => {
  const answer = await call(albEvent(change));
  expect([answer.statusCode, errorOf(answer)]).toEqual([status, code]);
  expect(await folder.stored()).toEqual([]);
});

it('refuses an event that no load balancer sent', async () => {
  const answer = await call({ ...albEvent({ body: '{}' }), requestContext: {} as AlbEvent['requestContext'] });
  expect([answer.statusCode, errorOf(answer)]).toEqual([400, 'request-malformed']);
});

describe('behind a load balancer that verifies client certificates', () => {
  const LEAF = 'x-amzn-mtls-clientcert-leaf';
  let leaf: string;

  beforeEach(async () => {
    leaf = await leafOf('CN=agent', ['spiffe://acme/agent']);
    node.ingest.close();
    node = await openNode({ ...toEnv(folder.settings), AUDIT_WRITER_SOURCE: 'alb-mtls' });
    handler = albHandler(node.app);
  });

  it('the writer is who the certificate names, whatever other headers say', async () => {
    const headers = { [LEAF]: leaf, 'x-audit-writer': 'mtls:root', authorization: 'Bearer x' };
    const answer = await call(albEvent({ headers, body: '{}' }));
    expect(JSON.parse(answer.body).receipt.writer).toBe('mtls:spiffe://acme/agent');
  });

  it('nobody is believed without one', async () => {
    const answer = await call(albEvent({ headers: { 'x-audit-writer': 'mtls:root' }, body: '{}' }));
    expect([answer.statusCode, errorOf(answer)]).toEqual([401, 'writer-unverified']);
  });

  it('a request with two is refused', async () => {
    const answer = await call(multiValueEvent({ multiValueHeaders: { [LEAF]: [leaf, leaf] }, body: '{}' }));
    expect([answer.statusCode, errorOf(answer)]).toEqual([400, 'request-malformed']);
  });
});

it('while it cannot start it answers 503, and tries again', async () => {
  const before = { ...process.env };
  try {
    const answer = await ownHandler(albEvent({ body: '{}' }), CONTEXT);
    expect([answer.statusCode, answer.headers?.['retry-after'], errorOf(answer)]).toEqual([503, '1', 'internal']);
    Object.assign(process.env, toEnv(folder.settings));
    expect((await ownHandler(albEvent({ body: '{}' }), CONTEXT)).statusCode).toBe(200);
  } finally {
    process.env = before;
  }
});
