import { request as httpsRequest } from 'node:https';
import type { HttpsAnswer, HttpsRequest, SendHttps } from './https';

/** More than an answer to a canary or a token has. What is larger is not read on: the status has said it. */
const MOST_BYTES = 64 * 1024;

/**
 * Sends over TLS.
 *
 * @param ca authorities in PEM that prove names of servers; left out, the public ones
 */
export function httpsClient(ca?: string): SendHttps {
  return async (request) => {
    const signal = AbortSignal.timeout(request.timeoutMs);
    try {
      return await send(request, signal, ca);
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  };
}

function send(
  { url, host, method, headers, body, certificate }: HttpsRequest,
  signal: AbortSignal,
  ca: string | undefined,
): Promise<HttpsAnswer> {
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(url, {
      method,
      headers: { ...headers, ...(host !== undefined && { host }) },
      ...(host !== undefined && { servername: host }),
      signal,
      // A connection of its own: what is kept alive would not notice that a name leads elsewhere, or that nobody gets in any more.
      agent: false,
      // The address that is let in is one of IPv4.
      family: 4,
      minVersion: 'TLSv1.2',
      // Said, so that no variable of the environment turns it off.
      rejectUnauthorized: true,
      ...(ca !== undefined && { ca }),
      ...(certificate && { cert: certificate.certificate, key: certificate.privateKey }),
    });
    sent.once('error', reject);
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const finish = (): void => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) });
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk.subarray(0, MOST_BYTES - length));
        length += chunk.length;
        if (length < MOST_BYTES) return;
        finish();
        response.destroy();
      });
      response.once('end', finish);
      response.once('error', reject);
    });
    sent.end(body);
  });
}
