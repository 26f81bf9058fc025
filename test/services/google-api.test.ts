import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GoogleApi } from '../../lib/services/google-api';

let token: () => Promise<string>;
let scopes: unknown[];

jest.mock('google-auth-library', () => ({
  GoogleAuth: class {
    public constructor(options: { scopes: unknown }) {
      scopes.push(options.scopes);
    }
    public getAccessToken(): Promise<string> {
      return token();
    }
  },
}));

const realFetch = globalThis.fetch;
let sent: { url: string; headers: Record<string, string> }[];
let answers: (() => Response)[];

beforeEach(() => {
  token = async () => 'secret';
  scopes = [];
  sent = [];
  answers = [];
  globalThis.fetch = (async (url: string, { headers }: { headers: Record<string, string> }) => {
    sent.push({ url, headers });
    return answers.shift()?.() ?? Response.json({});
  }) as typeof fetch;
});
afterEach(() => {
  globalThis.fetch = realFetch;
});

const get = (signal = AbortSignal.timeout(5_000)) => ({ method: 'GET', path: '/v1/x', signal }) as const;
const refusal = (status: number, body: unknown = {}) => Response.json(body, { status });

describe('credentials', () => {
  it.each(['https://storage.googleapis.com', 'https://cloudkms.europe-west3.rep.googleapis.com'])(
    'are shown to %s',
    async (endpoint) => {
      await new GoogleApi(endpoint).send(get());
      expect(sent).toMatchObject([{ url: `${endpoint}/v1/x`, headers: { authorization: 'Bearer secret' } }]);
    },
  );

  it.each([
    'https://storage.example.com',
    'https://googleapis.com.example.com',
    'https://notgoogleapis.com',
    'http://storage.googleapis.com',
    'http://127.0.0.1:1',
  ])('are neither fetched nor shown to %s', async (endpoint) => {
    await new GoogleApi(endpoint).send(get());
    expect(sent[0]?.headers).toEqual({});
    expect(scopes).toEqual([]);
  });

  it('that do not come in time end the request', async () => {
    token = () => new Promise(() => {});
    const asked = new GoogleApi('https://storage.googleapis.com').send(get(AbortSignal.timeout(20)));
    await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(sent).toEqual([]);
  });

  it('that cannot be had end the request', async () => {
    token = async () => Promise.reject(new Error('no service account'));
    await expect(new GoogleApi('https://storage.googleapis.com').send(get())).rejects.toThrow('no service account');
  });
});

describe('an answer that is no success', () => {
  const api = () => new GoogleApi('http://127.0.0.1:1');

  it("carries Google's words", async () => {
    answers = [() => refusal(403, { error: { message: 'not you', errors: [{ reason: 'forbidden' }] } })];
    await expect(api().send(get())).rejects.toMatchObject({ status: 403, reason: 'forbidden', message: '403 not you' });
  });

  it('carries plain text', async () => {
    answers = [() => new Response('No such object', { status: 404 })];
    await expect(api().send(get())).rejects.toMatchObject({ status: 404, message: '404 No such object' });
  });

  it('is read up to 16 KiB', async () => {
    answers = [() => new Response('x'.repeat(1_000_000), { status: 500 })];
    await expect(api().send(get())).rejects.toMatchObject({ message: `500 ${'x'.repeat(16 * 1024)}` });
  });

  it.each([408, 429, 500, 502, 503, 504])('%i is asked again', async (status) => {
    answers = [() => refusal(status)];
    await api().ask(get());
    expect(sent).toHaveLength(2);
  });

  it.each([400, 401, 403, 404, 409, 412, 416])('%i is not', async (status) => {
    answers = [() => refusal(status)];
    await expect(api().ask(get())).rejects.toMatchObject({ status });
    expect(sent).toHaveLength(1);
  });

  it('is asked four times at most', async () => {
    answers = Array.from({ length: 9 }, () => () => refusal(503));
    await expect(api().ask(get())).rejects.toMatchObject({ status: 503 });
    expect(sent).toHaveLength(4);
  });

  it('is not asked again when time is over', async () => {
    answers = Array.from({ length: 9 }, () => () => refusal(503));
    await expect(api().ask(get(AbortSignal.timeout(60)))).rejects.toThrow();
    expect(sent.length).toBeLessThan(4);
  });
});

describe('over a real connection', () => {
  let server: Server;
  let endpoint: string;

  beforeEach(async () => {
    globalThis.fetch = realFetch;
    server = createServer((_, outgoing) => outgoing.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('nobody is sent elsewhere', async () => {
    await expect(new GoogleApi(endpoint).send(get())).rejects.toThrow();
  });
});
