import type { LambdaContext } from 'hono/aws-lambda';
import type { AlbEvent } from '../../lib/services/alb-handler';

/** A payload as an Application Load Balancer sends it: header names in lower case, its own headers behind the client's. */
export function albEvent(change: Partial<AlbEvent> = {}): AlbEvent {
  const { headers, ...rest } = change;
  return {
    requestContext: {
      elb: {
        targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/ingest/0123456789abcdef',
      },
    },
    httpMethod: 'POST',
    path: '/v1/events',
    queryStringParameters: {},
    headers: {
      accept: '*/*',
      'content-type': 'application/json',
      host: 'ingest.example.com',
      'user-agent': 'curl/8.5.0',
      'x-amzn-trace-id': 'Root=1-5c536348-3d683b8b04734faae651f476',
      'x-forwarded-for': '72.12.164.125',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...headers,
    },
    body: '',
    isBase64Encoded: false,
    ...rest,
  };
}

/** The same with multi-value headers on. */
export function multiValueEvent(change: Partial<AlbEvent> = {}): AlbEvent {
  const { headers = {}, queryStringParameters = {}, ...rest } = albEvent(change);
  return {
    multiValueHeaders: each(headers),
    multiValueQueryStringParameters: each(queryStringParameters),
    ...rest,
    ...(change.multiValueHeaders && { multiValueHeaders: { ...each(headers), ...change.multiValueHeaders } }),
  };
}

function each(values: Readonly<Record<string, string>>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));
}

/** What Lambda gives besides the event; nothing of it is used. */
export const CONTEXT = {} as LambdaContext;
