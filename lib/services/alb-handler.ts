import type { Hono } from 'hono';
import { type ALBRequestContext, handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import { CANNOT_START, openOnce } from './open-once';
import type { Log } from './ports';

/** What an Application Load Balancer sends to a function. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html */
export interface AlbEvent {
  readonly httpMethod: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of `headers` where the target group has multi-value headers on; the same for the query. */
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[]>>;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
  readonly requestContext: ALBRequestContext;
}

/** What it wants back; at most 1 MB as JSON. */
export interface AlbAnswer {
  readonly statusCode: number;
  readonly headers?: Record<string, string>;
  readonly multiValueHeaders?: Record<string, readonly string[]>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** A function behind a load balancer. */
export type AlbHandler = (event: AlbEvent, context: LambdaContext) => Promise<AlbAnswer>;

/** Headers by which a request is believed, or taken apart: more than one value means that somebody in between can be deceived. */
const SINGLE_VALUED =
  /^(authorization|content-encoding|content-length|content-type|host|idempotency-key|x-amzn-mtls-.*|x-amzn-waf-.*|x-audit-.*)$/;

/** A function for a load balancer, out of an app. */
export function albHandler(app: Hono): AlbHandler {
  const handler = handle(app);
  return async (event, context) => {
    const headers = lowerCase(event);
    if (!Object.hasOwn(event.requestContext ?? {}, 'elb'))
      return refuse(event, 'a request of a load balancer is needed');
    if (!isReadable(event, headers)) return refuse(event, 'the request line, the host or a header is malformed');
    // A body that means nothing there must not keep the request from being answered.
    const bodiless = event.httpMethod === 'GET' || event.httpMethod === 'HEAD';
    const request = { ...event, ...headers, ...(bodiless && { body: null }) };
    return (await handler(request as unknown as LambdaEvent, context)) as AlbAnswer;
  };
}

/**
 * A function that opens its app when it is first called. While that fails it answers 503, and tries again with every request: if it threw, the load balancer
 * would answer 502.
 *
 * @param open may be called many times, never twice at once
 */
export function openingHandler(open: () => Promise<Hono>, report: Log): AlbHandler {
  const opened = openOnce(async () => albHandler(await open()));
  return async (event, context) => {
    try {
      return await (await opened())(event, context);
    } catch (error) {
      report('error', 'failed', { message: error instanceof Error ? error.message : String(error) });
      return answerError(event, 503, CANNOT_START);
    }
  };
}

type Headers = Pick<AlbEvent, 'headers' | 'multiValueHeaders'>;

/** The adapter looks for `host` and others in lower case. */
function lowerCase({ headers, multiValueHeaders }: AlbEvent): Headers {
  if (multiValueHeaders === undefined) return { headers: renamed(headers ?? {}) };
  return { multiValueHeaders: renamed(multiValueHeaders) };
}

function renamed<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function isReadable({ httpMethod, path }: AlbEvent, { headers, multiValueHeaders }: Headers): boolean {
  const host = headers?.host ?? multiValueHeaders?.host?.[0] ?? 'none';
  const isRepeated = Object.entries(multiValueHeaders ?? {}).some(
    ([name, values]) => values.length > 1 && SINGLE_VALUED.test(name),
  );
  return (
    !isRepeated &&
    /^[A-Z]{1,20}$/.test(httpMethod) &&
    /^[\w.:[\]-]+$/.test(host) &&
    URL.canParse(`https://${host}${path}`)
  );
}

function refuse(event: AlbEvent, message: string): AlbAnswer {
  return answerError(event, 400, { code: 'request-malformed', message });
}

function answerError(
  { multiValueHeaders }: AlbEvent,
  statusCode: number,
  error: { readonly code: string; readonly message: string },
): AlbAnswer {
  const headers = { 'content-type': 'application/json', ...(statusCode === 503 && { 'retry-after': '1' }) };
  const several = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [String(value)]]));
  const body = JSON.stringify({ error });
  return {
    statusCode,
    ...(multiValueHeaders === undefined ? { headers } : { multiValueHeaders: several }),
    body,
    isBase64Encoded: false,
  };
}
