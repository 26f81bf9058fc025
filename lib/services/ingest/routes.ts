import { type Context, Hono } from 'hono';
import { AuditLogError } from '../../policy/errors';
import { type BodyValue, decodeBody, gunzipWithin, TooLarge } from '../../record';
import type { Log } from '../ports';
import { type AppendRequest, bodyTooLarge, type Identify, readHeaders, verifiedWriter } from './append-request';
import { MAX_BODY_SIZE } from './config';
import { answerTo } from './error-answer';
import type { Ingest } from './ingest';
import type { MemoryBudget } from './memory-budget';

/** What a request in progress costs in memory besides its body, in bytes: connection, headers, answer. */
const REQUEST_COST = 8 * 1024;

/** The methods of each path, for who uses another. */
const METHODS = { '/v1/events': 'POST', '/healthz': 'GET, HEAD', '/readyz': 'GET, HEAD' };

/**
 * Reads the body of a request, and never holds more of it than the limit.
 *
 * @throws body-too-large, body-timeout, body-incomplete
 */
export type ReadBody = (context: Context, limit: number) => Promise<Uint8Array>;

/** What the routes of an ingest node need. */
export interface IngestRoutesParts {
  readonly ingest: Ingest;
  readonly budget: MemoryBudget;
  readonly identify: Identify;
  readonly readBody: ReadBody;
  readonly report: Log;
}

/** The HTTP interface of an ingest node. */
export function createApp(parts: IngestRoutesParts): Hono {
  const app = new Hono();
  app.get('/healthz', (context) => context.json({ status: 'up' }));
  app.get('/readyz', (context) =>
    parts.ingest.isReady
      ? context.json({ status: 'ready' })
      : context.json({ status: 'not-ready' }, 503, { 'Retry-After': '1' }),
  );
  app.post('/v1/events', (context) => append(context, parts));
  for (const [path, methods] of Object.entries(METHODS)) {
    app.all(path, (context) => refuseMethod(context, methods));
  }
  app.notFound(() => {
    throw new AuditLogError('not-found', { problem: 'nothing is here', fix: 'append with POST /v1/events' });
  });
  app.onError((error, context) => {
    const { status, headers, body } = answerTo(error, parts.report);
    return context.json(body, status, headers);
  });
  return app;
}

async function append(context: Context, parts: IngestRoutesParts): Promise<Response> {
  parts.ingest.refuseWhenDraining();
  const header = (name: string): string | undefined => context.req.header(name);
  const writer = verifiedWriter(await parts.identify(header));
  const request = readHeaders(header);
  const giveBack = parts.budget.reserve(REQUEST_COST + request.size);
  let answer: ReturnType<Ingest['append']>;
  try {
    const values = request.split(decodeBody(await readBody(context, request, parts)));
    requireEvent(values);
    // Encodes before it first waits: from here on nobody needs the body.
    answer = parts.ingest.append(values, writer, request.idempotencyKey);
  } finally {
    giveBack();
  }
  return context.json(await answer, 200, { 'Cache-Control': 'no-store' });
}

async function readBody(context: Context, { isGzip }: AppendRequest, parts: IngestRoutesParts): Promise<Uint8Array> {
  const body = await parts.readBody(context, MAX_BODY_SIZE);
  if (!isGzip) {
    return body;
  }
  const giveBack = parts.budget.reserve(MAX_BODY_SIZE);
  try {
    return await gunzipWithin(body, MAX_BODY_SIZE);
  } catch (error) {
    throw error instanceof TooLarge ? bodyTooLarge() : error;
  } finally {
    giveBack();
  }
}

function requireEvent(values: readonly BodyValue[]): void {
  if (values.length === 0) {
    throw new AuditLogError('no-events', {
      problem: 'the request has no event',
      allowed: 'a JSON value, an array of them, or one a line',
      fix: 'send at least one',
    });
  }
}

function refuseMethod(context: Context, allowed: string): never {
  context.header('Allow', allowed);
  throw new AuditLogError('method-not-allowed', {
    problem: 'the path does not know this method',
    given: context.req.method,
    allowed,
    fix: 'use one of those',
  });
}
