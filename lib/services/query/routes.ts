import { type Context, Hono } from 'hono';
import { AuditLogError } from '../../policy/errors';
import type { Clock, EventPage, Log, QueryEngine } from '../ports';
import { AnswerSlots, answerBody } from './answer-slots';
import { parseSearch, type SearchRequest } from './parameters';
import { formatRegions } from './regions-header';

/** What the routes work with. */
export interface QueryDependencies {
  readonly engine: QueryEngine;
  readonly clock: Clock;
  readonly log: Log;
  /** Who sent a request, by its headers; `undefined` when nobody proves it. */
  readonly identify: (header: (name: string) => string | undefined) => Promise<string | undefined>;
  /** The log key's public half. */
  readonly logVkey: string;
  /**
   * Which regions of the jurisdiction are not searched.
   *
   * @default - none: all of them are, or there are no others
   */
  readonly unsearched?: Unsearched;
  /** Whether a search would be answered. */
  readonly isReady: () => boolean;
}

/** What searches of a region leave out. */
export interface Unsearched {
  /** The region that answers. */
  readonly by: string;
  /** The regions that it does not search. */
  readonly regions: readonly string[];
}

const BAD_REQUEST = new Set(['cursor-invalid', 'parameter-invalid', 'parameter-repeated', 'parameter-unknown']);
const TRY_AGAIN = new Set(['jurisdiction-unproved', 'search-busy', 'search-timeout', 'search-too-large']);
const PATHS = ['/healthz', '/readyz', '/v1/log.vkey', '/v1/events'];
const RETRY_AFTER_SECONDS = '2';
const PRIVATE = 'private, no-store';
/** The key of a log never changes: auditors pin it. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

/** The read side of the log over HTTP. */
export function createApp(dependencies: QueryDependencies): Hono {
  const app = new Hono();
  const slots = new AnswerSlots();
  app.use(async (c, next) => {
    await next();
    c.header('X-Content-Type-Options', 'nosniff');
  });
  app.get('/healthz', (c) => c.json({ status: 'up' }, 200, { 'Cache-Control': 'no-store' }));
  app.get('/readyz', (c) => {
    if (dependencies.isReady()) return c.json({ status: 'ready' }, 200, { 'Cache-Control': 'no-store' });
    return c.json({ status: 'not-ready' }, 503, { 'Cache-Control': 'no-store', 'Retry-After': RETRY_AFTER_SECONDS });
  });
  app.get('/v1/log.vkey', (c) => c.text(`${dependencies.logVkey}\n`, 200, { 'Cache-Control': IMMUTABLE }));
  app.get('/v1/events', async (c) => {
    const reader = readerOf(await dependencies.identify((name) => c.req.header(name)));
    const slot = slots.take();
    try {
      return await search(c, dependencies, reader, slot.release);
    } catch (error) {
      slot.release();
      throw error;
    }
  });
  for (const path of PATHS) {
    app.all(path, (c) => {
      c.header('Allow', 'GET, HEAD');
      return refuse(c, 405, 'method-not-allowed', 'this path is only read');
    });
  }
  app.notFound((c) => refuse(c, 404, 'not-found', 'there is nothing at this path'));
  app.onError((error, c) => answerError(c, error, dependencies.log));
  return app;
}

async function search(c: Context, dependencies: QueryDependencies, reader: string, release: () => void) {
  const { engine, clock, log } = dependencies;
  const start = clock.monotonic();
  const request = parseSearch(behindQuestionMark(c.req.url), clock.now());
  const line = { reader, parameters: request.names.join(' ') };
  let page: EventPage;
  try {
    page = await engine.search(request.query);
  } catch (error) {
    log('info', 'search', { ...line, outcome: codeOf(error) });
    throw error;
  }
  const milliseconds = Math.round(clock.monotonic() - start);
  log('info', 'search', { ...line, outcome: 'answered', results: page.events.length, milliseconds });
  const headers = pageHeaders(page, request, dependencies.unsearched);
  const lines = page.events.map(({ line }) => `${line}\n`).join('');
  if (c.req.method !== 'HEAD') return c.body(answerBody(Buffer.from(lines), release), 200, headers);
  release();
  return c.body(null, 200, headers);
}

function pageHeaders(
  page: EventPage,
  { cursorAt }: SearchRequest,
  unsearched: Unsearched | undefined,
): Record<string, string> {
  const { next, completeUntil, skipped } = page;
  const regions = page.regions ?? (unsearched && [{ region: unsearched.by, completeUntil }]);
  return {
    'Content-Type': 'application/x-ndjson',
    'Cache-Control': PRIVATE,
    'Audit-Complete-Until': new Date(completeUntil).toISOString(),
    ...(regions !== undefined && { 'Audit-Complete-Until-Regions': formatRegions(regions, unsearched?.regions) }),
    ...(next !== undefined && { 'Audit-Next-Cursor': cursorAt(next) }),
    ...(skipped !== undefined && skipped > 0 && { 'Audit-Skipped-Segments': String(skipped) }),
  };
}

function behindQuestionMark(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}

function readerOf(reader: string | undefined): string {
  if (reader !== undefined && reader !== '') return reader.slice(0, 256);
  throw new AuditLogError('reader-unidentified', {
    problem: 'nobody proves who reads',
    fix: 'send it to the public name of the log, with the certificate or token that the policy asks for',
  });
}

function codeOf(error: unknown): string {
  return error instanceof AuditLogError ? error.code : 'internal';
}

function answerError(c: Context, error: Error, log: Log): Response {
  const code = codeOf(error);
  if (BAD_REQUEST.has(code)) return refuse(c, 400, code, error.message);
  if (code === 'reader-unidentified') return refuse(c, 401, code, error.message);
  if (TRY_AGAIN.has(code)) return refuse(c, 503, code, error.message);
  // The message may hold parts of events or of what was searched for.
  log('error', 'search-failed', { code, error: error.name, at: framesOf(error) });
  return refuse(c, 503, code, 'the log cannot be searched now; try again later');
}

function framesOf({ stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.slice(0, 8).join('').trim();
}

function refuse(c: Context, status: 400 | 401 | 404 | 405 | 503, code: string, message: string): Response {
  if (status === 503) c.header('Retry-After', RETRY_AFTER_SECONDS);
  return c.json({ error: { code, message } }, status, { 'Cache-Control': PRIVATE });
}
