import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuditLogError } from '../../lib/policy/errors';

/** An answer of the log's edge. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** What to ask the log. */
export interface Question {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** Files that say whom to trust and who we are. */
export interface ClientFiles {
  /** The authority to trust (PEM); without it the system's authorities count. */
  readonly ca: string | undefined;
  /** PEM. */
  readonly cert?: string | undefined;
  /** PEM. */
  readonly key?: string | undefined;
  /** A bearer token (RFC 6750), read for each request, so that another may be put there while a command runs. */
  readonly token?: string | undefined;
}

/** Statuses after which the same request may succeed: too much at once, a lost node, an outage. */
const RETRYABLE = new Set([429, 502, 503, 504]);
const REQUEST_TIMEOUT_MS = 60_000;
const LONGEST_WAIT_MS = 10_000;
const MAX_ANSWER_SIZE = 64 * 1024 * 1024;

/** Talks to one log over TLS and repeats what may be repeated. */
export class HttpsClient {
  private readonly agent: Agent;
  private readonly url: URL;

  /**
   * @param url of the edge, such as `https://localhost:8443`
   * @param patience how long a request is repeated before it fails, in milliseconds
   * @throws url-malformed, tls-file-missing
   */
  public constructor(
    url: string,
    private readonly files: ClientFiles,
    private readonly patience = 120_000,
  ) {
    this.url = parseUrl(url);
    this.agent = new Agent({
      keepAlive: true,
      maxSockets: 4,
      ca: readPem(files.ca),
      cert: readPem(files.cert),
      key: readPem(files.key),
    });
  }

  /**
   * Asks until the answer is final.
   *
   * @param onRetry told of each repetition
   * @throws log-unreachable when there is no final answer within the patience
   * @throws token-file-unusable
   */
  public async ask(question: Question, onRetry: (reason: string) => void = () => {}): Promise<Answer> {
    const deadline = Date.now() + this.patience;
    for (let attempt = 0; ; attempt++) {
      const { answer, error } = await this.askOnce(question, authorization(this.files.token)).then(
        (given) => ({ answer: given, error: undefined }),
        (failure: NodeJS.ErrnoException) => ({ answer: undefined, error: failure }),
      );
      if (answer !== undefined && !RETRYABLE.has(answer.status)) {
        return answer;
      }
      const reason = error?.message || error?.code || `status ${answer?.status}`;
      const wait = Math.max(backoff(attempt), retryAfter(answer));
      if (Date.now() + wait > deadline || isHopeless(error)) {
        throw unreachable(this.url, reason);
      }
      onRetry(reason);
      await sleep(wait);
    }
  }

  /** Closes the connections. */
  public close(): void {
    this.agent.destroy();
  }

  private askOnce({ method, path, headers, body }: Question, proof: Readonly<Record<string, string>>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        new URL(path, this.url),
        {
          method,
          agent: this.agent,
          timeout: REQUEST_TIMEOUT_MS,
          headers: { ...headers, ...proof, 'content-length': body?.length ?? 0 },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          let size = 0;
          incoming.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > MAX_ANSWER_SIZE) {
              outgoing.destroy(new Error('an answer over 64 MiB'));
            }
            chunks.push(chunk);
          });
          incoming.on('error', reject);
          incoming.on('end', () =>
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
          );
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in 60 seconds')));
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

function backoff(attempt: number): number {
  return Math.min(LONGEST_WAIT_MS, 100 * 2 ** attempt) * (0.5 + Math.random() / 2);
}

/** What the answer asks for, in milliseconds, up to a minute. */
function retryAfter(answer: Answer | undefined): number {
  const seconds = Number(answer?.headers['retry-after']);
  return seconds > 0 ? Math.min(seconds, 60) * 1000 : 0;
}

/** Certificates that are not trusted now will not be trusted later. */
function isHopeless(error: NodeJS.ErrnoException | undefined): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/.test(error?.code ?? '');
}

function parseUrl(url: string): URL {
  if (URL.canParse(url) && new URL(url).protocol === 'https:') {
    return new URL(url);
  }
  throw new AuditLogError('url-malformed', {
    problem: "the log's address is not a URL",
    given: url,
    allowed: 'https://<host>[:<port>]',
    fix: 'give --url https://localhost:8443 or the address of your log',
  });
}

function readPem(file: string | undefined): Buffer | undefined {
  try {
    return file === undefined ? undefined : readFileSync(file);
  } catch {
    throw new AuditLogError('tls-file-missing', {
      problem: 'a certificate or key for TLS cannot be read',
      given: file,
      fix: 'for a local log start it with `audit-log up` first and give its folder by --data; else correct the path',
    });
  }
}

/** What stands in the file goes into one header and nowhere else, not even into an error. */
function authorization(file: string | undefined): Record<string, string> {
  if (file === undefined) return {};
  let token = '';
  try {
    token = readFileSync(file, 'utf8').trim();
  } catch {}
  if (/^[\w.~+/-]+=*$/.test(token)) return { authorization: `Bearer ${token}` };
  throw new AuditLogError('token-file-unusable', {
    problem: 'the file of --token cannot be read, or holds something else than one token',
    given: file,
    allowed: 'a file with one bearer token, such as a JWT, and nothing else',
    fix: 'put a token there that your identity provider issued for this log, or correct the path',
  });
}

function unreachable(url: URL, reason: string): AuditLogError {
  return new AuditLogError('log-unreachable', {
    problem: `the log at ${url.origin} gave no final answer (${reason})`,
    fix: 'see that it runs (`audit-log up`), then send the same again: entries with the same Idempotency-Key are shown once',
  });
}
