import { gunzip } from 'node:zlib';
import { Malformed } from './malformed';
import { TooLarge } from './too-large';

/**
 * Decompresses a gzip body, off the main thread. It stops at the limit: a gzip bomb costs no more memory than the limit.
 *
 * @param limit most bytes that may come out
 * @throws Malformed when it is not gzip, is cut, or goes on behind its end
 * @throws TooLarge
 */
export function gunzipWithin(body: Uint8Array, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(body, { maxOutputLength: limit, info: true }, (error, result) => {
      if (error !== null) {
        const full = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
        reject(full ? new TooLarge(`over ${limit} bytes after gunzip`) : new Malformed('the body is not whole gzip'));
        return;
      }
      const { buffer, engine } = result as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
      if (engine.bytesWritten === body.length) {
        resolve(buffer);
      } else {
        reject(new Malformed('the body goes on behind the end of its gzip'));
      }
    });
  });
}
