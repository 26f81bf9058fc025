import { setTimeout as sleep } from 'node:timers/promises';
import { GoogleAuth } from 'google-auth-library';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 100;
/** What an error says at most, of what was answered. */
const LARGEST_ERROR_BYTES = 16 * 1024;

/** What one request to an API of Google's consists of. */
export interface GoogleRequest {
  readonly method: 'GET' | 'POST';
  /** Begins with a slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Ends the request, credentials and answer included. */
  readonly signal: AbortSignal;
}

/** An answer that is no success. */
export class GoogleApiError extends Error {
  public override readonly name = 'GoogleApiError';

  public constructor(
    /** The HTTP status. */
    public readonly status: number,
    message: string,
    /**
     * Google's word for what is wrong, such as `quotaExceeded`.
     *
     * @default - Google gave none
     */
    public readonly reason?: string,
  ) {
    super(`${status} ${message}`);
  }
}

/**
 * Speaks to one of Google's APIs over HTTP, as the service account it runs as, or with the Application Default Credentials of who runs it.
 * https://cloud.google.com/docs/authentication/application-default-credentials
 *
 * Not Google's client libraries, of which only the part with the credentials is in use: theirs for storage cannot be told to give up, repeats on its own,
 * deletes what it has just written when a checksum differs, and ends the process when the body of an error breaks off.
 */
export class GoogleApi {
  private readonly auth?: GoogleAuth;

  /**
   * @param endpoint such as `https://storage.googleapis.com`. Only hosts below googleapis.com are shown credentials.
   */
  public constructor(private readonly endpoint: string) {
    const { protocol, hostname } = new URL(endpoint);
    if (protocol === 'https:' && hostname.endsWith('.googleapis.com')) this.auth = new GoogleAuth({ scopes: SCOPE });
  }

  /**
   * Asks once.
   *
   * @throws GoogleApiError when the answer is no success
   */
  public async send({ method, path, query, headers, body, signal }: GoogleRequest): Promise<Response> {
    const url = `${this.endpoint}${path}${query === undefined ? '' : `?${new URLSearchParams(query)}`}`;
    const credentials = await this.credentials(signal);
    const response = await fetch(url, {
      method,
      headers: { ...headers, ...credentials },
      redirect: 'error',
      signal,
      ...(body !== undefined && { body }),
    });
    if (!response.ok) throw await errorOf(response);
    return response;
  }

  /** Asks for JSON, up to four times where Google says that one should: a request that changes nothing. */
  public async ask<Answer>(request: GoogleRequest): Promise<Answer> {
    return (await (await this.sendAgain(request)).json()) as Answer;
  }

  /** As `send`, up to four times where Google says that one should: https://cloud.google.com/storage/docs/retry-strategy */
  public async sendAgain(request: GoogleRequest): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.send(request);
      } catch (error) {
        if (attempt === ATTEMPTS || request.signal.aborted || !isWorthRepeating(error)) throw error;
        await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()), undefined, { signal: request.signal });
      }
    }
  }

  private async credentials(signal: AbortSignal): Promise<Record<string, string>> {
    if (this.auth === undefined) return {};
    const token = await Promise.race([this.auth.getAccessToken(), rejection(signal)]);
    return { authorization: `Bearer ${token}` };
  }
}

/** Never resolves; rejects when the signal aborts. */
function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Everything but an answer is one that got lost. */
function isWorthRepeating(error: unknown): boolean {
  return !(error instanceof GoogleApiError) || [408, 429].includes(error.status) || error.status >= 500;
}

/** https://cloud.google.com/storage/docs/json_api/v1/status-codes; downloads are refused in plain text. */
async function errorOf(response: Response): Promise<GoogleApiError> {
  const text = await textOf(response).catch(() => '');
  try {
    const { message, errors } = (JSON.parse(text) as { error: ErrorBody }).error;
    return new GoogleApiError(response.status, message, errors?.[0]?.reason);
  } catch {
    return new GoogleApiError(response.status, text || response.statusText);
  }
}

interface ErrorBody {
  readonly message: string;
  readonly errors?: readonly { readonly reason?: string }[];
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LARGEST_ERROR_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, LARGEST_ERROR_BYTES);
}
